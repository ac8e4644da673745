package import Lavalink

/// What a bot asks of a player's queue.
package enum QueueCommand: Sendable {
    /// Before the entry at an index, or at the end.
    case add([NewEntry], at: Int?)
}

/// A track to be added to a queue.
package struct NewEntry: Sendable {
    package var track: Track
    package var requester: String?

    package init(track: Track, requester: String? = nil) {
        self.track = track
        self.requester = requester
    }
}
