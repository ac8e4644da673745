package import Wire

/// A player as a node reports it (lavalink-v4.md §9.3).
package struct NodePlayer: Hashable, Sendable, NodeValue {
    package var guildId: GuildID
    package var track: Track?
    /// Percent, 0 to 1000.
    package var volume: Int
    package var paused: Bool
    package var state: PlayerState
    package var voice: VoiceState
    /// As it came; see `Filters.matches(reported:)`.
    package var filters: RawJSON

    package init(
        guildId: GuildID,
        track: Track?,
        volume: Int,
        paused: Bool,
        state: PlayerState,
        voice: VoiceState,
        filters: RawJSON
    ) {
        self.guildId = guildId
        self.track = track
        self.volume = volume
        self.paused = paused
        self.state = state
        self.voice = voice
        self.filters = filters
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        guildId = try GuildID(memberOf: value, at: pointer)
        track =
            if let track = value.present("track") {
                try Track(passing: track, at: pointer + "/track")
            } else {
                nil
            }
        volume = value.count("volume") ?? 100
        paused = value.flag("paused") ?? false
        state = try PlayerState(value.required("state", at: pointer), at: pointer + "/state")
        voice =
            if let voice = value.present("voice") {
                try VoiceState(voice, at: pointer + "/voice")
            } else {
                .none
            }
        filters = value.rawObject("filters")
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("guildId", guildId.description)
            json.key("track")
            if let track { track.write(into: &json) } else { json.null() }
            json.member("volume", volume)
            json.member("paused", paused)
            json.key("state")
            state.write(into: &json)
            json.key("voice")
            voice.write(into: &json)
            json.member("filters", filters)
        }
    }
}

extension GuildID {
    /// Reads the member `guildId` of a message or a player.
    init(memberOf value: JSONValue, at pointer: String = "") throws(JSONFault) {
        let text = try value.requiredUTF8("guildId", at: pointer)
        guard let guild = GuildID(utf8: text) else {
            throw JSONFault(
                pointer: pointer + "/guildId",
                detail: "must be a decimal number",
                location: value["guildId"]?.location
            )
        }
        self = guild
    }
}
