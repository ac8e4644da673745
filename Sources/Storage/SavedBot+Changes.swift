package import Control
import Lavalink

extension SavedBot {
    /// What a change means, without any file: the database must come to the same.
    package mutating func apply(_ change: StoreChange) {
        switch change {
        case .player(let player): self[player.guild].player = player
        case .position(let guild, let milliseconds, let reported):
            guard let index = index(of: guild) else { return }
            players[index].player.position = milliseconds
            players[index].player.reportedPosition = reported
        case .removePlayer(let guild): players.removeAll { $0.player.guild == guild }
        case .entries(let guild, let entries): self[guild].put(entries)
        case .ranks(let guild, let ranks):
            if let index = index(of: guild) { players[index].setRanks(ranks) }
        case .removeEntries(let guild, let ids):
            if let index = index(of: guild) {
                players[index].queue.removeAll { ids.contains($0.entry.id) }
            }
        case .removeAllEntries(let guild):
            if let index = index(of: guild) { players[index].queue = [] }
        case .session(let node, let session): sessions[node] = session
        case .removeAllPlayers: players = []
        }
    }

    private func index(of guild: GuildID) -> Int? {
        players.firstIndex { $0.player.guild == guild }
    }

    /// The player; made where it belongs among the others when there is none.
    private subscript(guild: GuildID) -> SavedPlayer {
        get {
            index(of: guild).map { players[$0] } ?? SavedPlayer(player: PlayerRecord(guild: guild))
        }
        set {
            if let index = index(of: guild) {
                players[index] = newValue
            } else {
                let index = players.firstIndex { $0.player.guild > guild } ?? players.endIndex
                players.insert(newValue, at: index)
            }
        }
    }
}

extension SavedPlayer {
    fileprivate mutating func put(_ entries: [RankedEntry]) {
        var indices: [EntryID: Int] = [:]
        for (index, ranked) in queue.enumerated() { indices[ranked.entry.id] = index }
        for entry in entries {
            if let index = indices[entry.entry.id] {
                queue[index] = entry
            } else {
                indices[entry.entry.id] = queue.count
                queue.append(entry)
            }
        }
        queue.sort { $0.entryRank.isBefore($1.entryRank) }
    }

    fileprivate mutating func setRanks(_ ranks: [EntryRank]) {
        let new = Dictionary(ranks.map { ($0.entry, $0.rank) }) { $1 }
        for index in queue.indices {
            queue[index].rank = new[queue[index].entry.id] ?? queue[index].rank
        }
        queue.sort { $0.entryRank.isBefore($1.entryRank) }
    }
}
