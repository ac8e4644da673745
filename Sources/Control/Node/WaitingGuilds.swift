import Lavalink

/// Guilds that wait for their turn, first come first served; each stands in it once.
struct WaitingGuilds: Sendable {
    private var order: [GuildID] = []
    /// Those before this index have had their turn.
    private var head = 0
    private var members: Set<GuildID> = []

    var isEmpty: Bool { members.isEmpty }
    var count: Int { members.count }
    var first: GuildID? { isEmpty ? nil : order[head] }
    var guilds: ArraySlice<GuildID> { order[head...] }

    mutating func append(_ guild: GuildID) {
        if members.insert(guild).inserted { order.append(guild) }
    }

    mutating func removeFirst() {
        guard !isEmpty else { return }
        members.remove(order[head])
        head += 1
        if head == order.count || head > 64 && head * 2 > order.count {
            order.removeFirst(head)
            head = 0
        }
    }

    mutating func removeAll() {
        order.removeAll()
        head = 0
        members.removeAll()
    }

    var invariant: Bool { order.count - head == members.count && Set(guilds) == members }
}
