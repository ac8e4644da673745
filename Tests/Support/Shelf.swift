package import Control
package import Lavalink

/// A store as a value: what is left after changes were applied in order.
package struct Shelf {
    private var sessions: [NodeName: String] = [:]
    private var players: [GuildID: PlayerRecord] = [:]
    private var queues: [GuildID: [EntryID: RankedEntry]] = [:]

    package init(_ changes: [StoreChange] = []) {
        for change in changes { apply(change) }
    }

    package mutating func apply(_ change: StoreChange) {
        switch change {
        case .player(let record): players[record.guild] = record
        case .position(let guild, let place, let reported):
            players[guild]?.position = place
            players[guild]?.reportedPosition = reported
        case .removePlayer(let guild):
            players[guild] = nil
            queues[guild] = nil
        case .entries(let guild, let rows):
            for row in rows { queues[guild, default: [:]][row.entry.id] = row }
        case .ranks(let guild, let ranks):
            for rank in ranks { queues[guild]?[rank.entry]?.rank = rank.rank }
        case .removeEntries(let guild, let ids):
            for id in ids { queues[guild]?[id] = nil }
        case .removeAllEntries(let guild): queues[guild] = nil
        case .session(let node, let session): sessions[node] = session
        case .removeAllPlayers:
            players = [:]
            queues = [:]
        }
    }

    package var count: Int { players.count }

    package func record(of guild: GuildID) -> PlayerRecord? { players[guild] }

    /// The ids of a queue, in its order.
    package func entries(of guild: GuildID) -> [EntryID] {
        (queues[guild] ?? [:]).values.sorted { $0.rank < $1.rank }.map(\.entry.id)
    }

    package var bot: SavedBot {
        var bot = SavedBot()
        bot.sessions = sessions
        bot.players = players.values.sorted { $0.guild < $1.guild }.map { record in
            SavedPlayer(
                player: record,
                queue: (queues[record.guild] ?? [:]).values.sorted { $0.rank < $1.rank }
            )
        }
        return bot
    }
}
