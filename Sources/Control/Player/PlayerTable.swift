package import Lavalink

/// The players of a fleet, by their guilds, and the guilds in order.
///
/// A player is looked at and changed where it lies: a copy of one costs more than what is mostly
/// asked of it.
package struct PlayerTable: Sendable {
    private var rows: ContiguousArray<Player> = []
    private var indices: [GuildID: Int] = [:]
    /// Every guild with a player, by its id.
    package private(set) var guilds: [GuildID] = []

    init() {}

    package var count: Int { rows.count }

    package func contains(_ guild: GuildID) -> Bool { indices[guild] != nil }

    /// A copy of a player.
    package subscript(_ guild: GuildID) -> Player? { indices[guild].map { rows[$0] } }

    /// Asks something of a player where it lies; nil when there is no such player.
    func look<Result>(at guild: GuildID, _ question: (borrowing Player) -> Result) -> Result? {
        guard let index = indices[guild] else { return nil }
        return question(rows[index])
    }

    /// Changes a player where it lies; nil when there is no such player.
    mutating func update<Result>(
        _ guild: GuildID,
        _ body: (inout Player) -> Result
    ) -> Result? {
        indices[guild].map { body(&rows[$0]) }
    }

    /// Adds a player of a guild that has none.
    mutating func add(_ player: Player) {
        precondition(indices[player.guild] == nil, "a guild has one player")
        indices[player.guild] = rows.count
        rows.append(player)
        guilds.insert(player.guild, at: index(behind: player.guild))
    }

    mutating func remove(_ guild: GuildID) -> Player? {
        guard let index = indices.removeValue(forKey: guild) else { return nil }
        guilds.remove(at: self.index(behind: guild) - 1)
        rows.swapAt(index, rows.count - 1)
        if index < rows.count - 1 { indices[rows[index].guild] = index }
        return rows.removeLast()
    }

    /// The guilds with a player behind one, in order.
    package func guilds(after last: GuildID?) -> ArraySlice<GuildID> {
        guilds[(last.map { index(behind: $0) } ?? 0)...]
    }

    private func index(behind guild: GuildID) -> Int {
        var (low, high) = (0, guilds.count)
        while low < high {
            let middle = (low + high) / 2
            if guilds[middle] <= guild { low = middle + 1 } else { high = middle }
        }
        return low
    }

    var invariant: Bool { indices.count == rows.count && guilds.count == rows.count }
}

extension PlayerTable: Sequence {
    package func makeIterator() -> some IteratorProtocol<Player> { rows.makeIterator() }
}
