package import Lavalink
package import Wire

/// What is kept of a player, apart from its queue, which has rows of its own.
package struct PlayerRecord: Sendable, Equatable {
    package var guild: GuildID
    /// The node that it plays on, or last played on.
    package var node: NodeName?
    package var voiceChannel: ChannelID?
    package var textChannel: ChannelID?
    package var voice: VoiceParts
    package var current: CurrentRecord?
    /// The position in the music of the current track, in milliseconds.
    package var position: Int64
    /// What the node's own count of milliseconds was at that position (`lavalink-v4.md` §19);
    /// `notConfirmed` so long as no node said that it has the track.
    package var reportedPosition: Int64
    package var volume: Int
    package var paused: Bool
    package var filters: RawJSON
    package var loop: LoopMode
    package var autoplay: Bool
    /// What was acknowledged but not yet told to the node, of what the node keeps by itself
    /// otherwise: `position` and `endTime`.
    package var unconfirmed: Difference
    /// Whether the bot has left its voice channel, so that the player is about to end.
    package var hasLeft: Bool

    package static let notConfirmed: Int64 = -1

    package init(guild: GuildID) {
        self.guild = guild
        voice = VoiceParts()
        position = 0
        reportedPosition = 0
        volume = 100
        paused = false
        filters = .emptyObject
        loop = .none
        autoplay = false
        unconfirmed = []
        hasLeft = false
    }
}

/// The track that plays: the entry, and which playing of it this is.
package struct CurrentRecord: Sendable, Equatable {
    package var entry: TrackEntry
    package var play: PlayID
    /// Where it is to end, in milliseconds of music; nil for its own end.
    package var endTime: Int64?

    package init(entry: TrackEntry, play: PlayID, endTime: Int64? = nil) {
        self.entry = entry
        self.play = play
        self.endTime = endTime
    }
}

/// The four values that a node needs for voice, as far as the bot has brought them.
package struct VoiceParts: Sendable, Equatable {
    package var token: String?
    package var endpoint: String?
    package var sessionId: String?
    package var channelId: ChannelID?

    package init(
        token: String? = nil,
        endpoint: String? = nil,
        sessionId: String? = nil,
        channelId: ChannelID? = nil
    ) {
        self.token = token
        self.endpoint = endpoint
        self.sessionId = sessionId
        self.channelId = channelId
    }
}

/// An entry and its rank: a queue is its entries by rising rank.
///
/// Ranks leave gaps, so that adding or moving one entry writes one row.
package struct RankedEntry: Sendable, Equatable {
    package var rank: Int64
    package var entry: QueueEntry

    package init(rank: Int64, entry: QueueEntry) {
        self.rank = rank
        self.entry = entry
    }

    package var entryRank: EntryRank { EntryRank(entry: entry.id, rank: rank) }
}

/// Where an entry stands in its queue, without what it is.
package struct EntryRank: Sendable, Equatable {
    package var entry: EntryID
    package var rank: Int64

    package init(entry: EntryID, rank: Int64) {
        self.entry = entry
        self.rank = rank
    }

    /// The order of a queue: by rank, and by id where a file has the same rank twice.
    package func isBefore(_ other: EntryRank) -> Bool {
        (rank, entry.rawValue) < (other.rank, other.entry.rawValue)
    }
}

/// What a bot had when the program stopped.
package struct SavedBot: Sendable, Equatable {
    /// The sessions on the nodes, which may still be alive.
    package var sessions: [NodeName: String] = [:]
    package var players: [SavedPlayer] = []

    package init() {}
}

package struct SavedPlayer: Sendable, Equatable {
    package var player: PlayerRecord
    /// By rising rank.
    package var queue: [RankedEntry]

    package init(player: PlayerRecord, queue: [RankedEntry] = []) {
        self.player = player
        self.queue = queue
    }
}
