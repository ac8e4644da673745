import Lavalink

/// The players that a node must get back, and how many it has.
struct ReturningPlayers: Sendable {
    private var awaited: Set<GuildID> = []
    private var returned = 0

    mutating func await(_ guilds: some Sequence<GuildID>) {
        awaited = Set(guilds)
        returned = 0
    }

    mutating func add(_ guild: GuildID) { awaited.insert(guild) }

    mutating func removeAll() {
        awaited = []
        returned = 0
    }

    /// A player is back, or does not come.
    ///
    /// - Returns: nil when it was not awaited; else how many are back, once none is awaited.
    mutating func finish(_ guild: GuildID, isBack: Bool) -> (total: Int?, isBack: Bool)? {
        guard awaited.remove(guild) != nil else { return nil }
        if isBack { returned += 1 }
        guard awaited.isEmpty else { return (nil, isBack) }
        defer { returned = 0 }
        return (returned, isBack)
    }
}
