package import Lavalink
import Wire

/// What waits in a queue: a track, or what is still to be loaded.
package struct QueueEntry: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case track(Track)
        /// What a node is asked to load once it is the entry's turn; apart, so that an entry with a
        /// track, as most are, has no room for it.
        indirect case identifier(String)
    }

    package var id: EntryID
    package var content: Content
    /// Who asked for it, in the words of the bot.
    package var requester: String?

    package init(id: EntryID, content: Content, requester: String? = nil) {
        self.id = id
        self.content = content
        self.requester = requester
    }

    package init(_ entry: TrackEntry) {
        self.init(id: entry.id, content: .track(entry.track), requester: entry.requester)
    }

    /// The entry with its track; nil so long as that is still to be loaded.
    package var resolved: TrackEntry? {
        switch content {
        case .track(let track): TrackEntry(id: id, track: track, requester: requester)
        case .identifier: nil
        }
    }
}

/// An entry whose track is known: what plays, and what events are about.
package struct TrackEntry: Sendable, Equatable {
    package var id: EntryID
    package var track: Track
    /// Who asked for it, in the words of the bot.
    package var requester: String?

    package init(id: EntryID, track: Track, requester: String? = nil) {
        self.id = id
        self.track = track
        self.requester = requester
    }
}

extension QueueEntry {
    /// A length of a year or more means that it is not known (`lavalink-v4.md` §9.2), and counts 0.
    private static let longestCounted: Int64 = 365 * 86_400_000

    /// The milliseconds that count for the length of a queue; 0 when they are not known.
    package var countedLength: Int64 {
        switch content {
        case .track(let track):
            let length = track.length
            return track.isStream || !(0..<Self.longestCounted).contains(length) ? 0 : length
        case .identifier: return 0
        }
    }

    /// Bytes that it is kept in, as the limit of a queue counts them.
    package var bytes: Int {
        let content =
            switch content {
            case .track(let track): track.byteCount
            case .identifier(let identifier): identifier.utf8.count
            }
        return content + (requester?.utf8.count ?? 0)
    }
}
