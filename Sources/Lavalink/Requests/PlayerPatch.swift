package import Wire

/// The body of a change to a player; what is nil stays as it is (lavalink-v4.md §7.2).
package struct PlayerPatch: Hashable, Sendable {
    package enum TrackPatch: Hashable, Sendable {
        /// Replaces the current track; unpauses unless `paused` is given as well.
        case play(encoded: String, userData: RawJSON?)
        case stop
        /// Replaces the user data of the current track.
        case userData(RawJSON)
    }

    package var track: TrackPatch?
    /// Milliseconds.
    package var position: Int64?
    /// Milliseconds, greater than 0; cannot be taken back from a running track.
    package var endTime: Int64?
    /// Percent, 0 to 1000.
    package var volume: Int?
    package var paused: Bool?
    /// The whole set, see `Filters`; `{}` turns all off.
    package var filters: RawJSON?
    package var voice: VoiceState?

    package init(
        track: TrackPatch? = nil,
        position: Int64? = nil,
        endTime: Int64? = nil,
        volume: Int? = nil,
        paused: Bool? = nil,
        filters: RawJSON? = nil,
        voice: VoiceState? = nil
    ) {
        self.track = track
        self.position = position
        self.endTime = endTime
        self.volume = volume
        self.paused = paused
        self.filters = filters
        self.voice = voice
    }

    /// Whether it changes nothing; sent all the same, it creates an idle player.
    package var isEmpty: Bool { self == PlayerPatch() }

    package var body: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            if let track { json.member("track") { json in track.writeMembers(into: &json) } }
            if let position { json.member("position", position) }
            if let endTime { json.member("endTime", endTime) }
            if let volume { json.member("volume", volume) }
            if let paused { json.member("paused", paused) }
            if let filters { json.member("filters", filters) }
            if let voice {
                json.key("voice")
                voice.write(into: &json)
            }
        }
    }
}

extension PlayerPatch.TrackPatch {
    fileprivate func writeMembers(into json: inout JSONWriter) {
        switch self {
        case .play(let encoded, let userData):
            json.member("encoded", encoded)
            if let userData { json.member("userData", userData) }
        case .stop:
            json.nullMember("encoded")
        case .userData(let userData):
            json.member("userData", userData)
        }
    }
}
