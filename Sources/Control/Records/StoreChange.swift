package import Lavalink

/// One change of what is kept of a bot; they are applied in order, many in one transaction.
package enum StoreChange: Sendable, Equatable {
    /// The row of a player, new or changed, without its queue.
    case player(PlayerRecord)
    /// The position in the music alone, and the node's count there; nothing when there is no such
    /// player.
    case position(GuildID, milliseconds: Int64, reported: Int64)
    /// A player and its queue are gone.
    case removePlayer(GuildID)
    /// Entries that are new, or changed.
    case entries(GuildID, [RankedEntry])
    /// New ranks of entries that are kept already; nothing for those that are not.
    case ranks(GuildID, [EntryRank])
    case removeEntries(GuildID, [EntryID])
    case removeAllEntries(GuildID)
    /// The session on a node; nil when there is none any more.
    case session(NodeName, String?)
    /// Every player of the bot is gone; its sessions stay.
    case removeAllPlayers
}
