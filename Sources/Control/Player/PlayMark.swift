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
        guard let text = track.userDataText(of: "lavadeck")?.utf8,
            let colon = text.firstIndex(of: UInt8(ascii: ":")),
            let play = Self.number(text[..<colon])
        else { return nil }
        let name = text[text.index(after: colon)...]
        guard name.first == UInt8(ascii: "e"), let entry = Self.number(name.dropFirst()) else {
            return nil
        }
        self.init(play: PlayID(play), entry: EntryID(entry))
    }

    /// Sixteen hexadecimal digits at most.
    private static func number(_ digits: Substring.UTF8View) -> UInt64? {
        guard (1...16).contains(digits.count) else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard let value = digit.hexValue else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }

    /// The caller's object with the mark as its first member; the caller's bytes stay as they are.
    package func added(to userData: RawJSON) -> RawJSON {
        var json = JSONWriter()
        json.object { json in
            json.member("lavadeck", "\(play):\(entry)")
            guard !userData.isEmptyObject else { return }
            for (key, value) in userData.value.members {
                json.key(named: key.string ?? "")
                json.value(value.raw)
            }
        }
        return json.raw
    }
}
