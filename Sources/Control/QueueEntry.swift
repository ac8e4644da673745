package import Lavalink

/// A track that waits in a queue, or plays.
package struct QueueEntry: Sendable, Equatable {
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

/// What happens when a track ends.
package enum LoopMode: String, Sendable, CaseIterable {
    case none
    case track
    case queue
}
