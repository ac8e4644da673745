package import Lavalink
package import Wire

/// Which playing of which entry a node's track is, carried in the track's user data beside the
/// caller's own members, and taken out again before anybody sees it.
package struct PlayMark: Sendable, Equatable {
    /// The member of the user data that is ours; a caller may not have one of that name.
    package static let member = "lavadeck"

    package var play: PlayID
    package var entry: EntryID

    package init(play: PlayID, entry: EntryID) {
        self.play = play
        self.entry = entry
    }

    /// Reads the mark of a track that a node reported; nil when the track is none of ours.
    package init?(of track: Track) {
        guard let text = track.userData.value["lavadeck"]?.string else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let play = PlayID(String(parts[0])),
            let entry = EntryID(String(parts[1]))
        else { return nil }
        self.init(play: play, entry: entry)
    }

    /// The caller's object with the mark as its first member; the caller's bytes stay as they are.
    package func added(to userData: RawJSON) -> RawJSON {
        var json = JSONWriter()
        json.object { json in
            json.member("lavadeck", "\(play):\(entry)")
            for (key, value) in userData.value.members {
                json.key(named: key.string ?? "")
                json.value(value.raw)
            }
        }
        return json.raw
    }
}
