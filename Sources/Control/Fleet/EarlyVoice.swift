import Lavalink

/// Voice data that came before the player it is for.
struct EarlyVoice: Sendable {
    private struct Entry: Sendable {
        var number: UInt64
        var parts = VoiceParts()
    }

    /// Guilds remembered; above, the oldest half is forgotten at once.
    let limit: Int
    private var entries: [GuildID: Entry] = [:]
    private var nextNumber: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.count }

    mutating func take(_ guild: GuildID) -> VoiceParts? {
        entries.removeValue(forKey: guild)?.parts
    }

    mutating func change(_ guild: GuildID, _ body: (inout VoiceParts) -> Void) {
        if entries[guild] == nil, entries.count >= limit { forgetOldest() }
        body(&entries[guild, default: Entry(number: nextNumber)].parts)
        nextNumber += 1
    }

    mutating func forget(_ guild: GuildID) { entries[guild] = nil }

    private mutating func forgetOldest() {
        let numbers = entries.values.map(\.number).sorted()
        let oldestKept = numbers[numbers.count / 2]
        entries = entries.filter { $0.value.number > oldestKept }
    }
}
