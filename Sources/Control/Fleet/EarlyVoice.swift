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

    /// The bot's voice state; without a channel it left, and nothing of before counts.
    mutating func state(of guild: GuildID, channel: ChannelID?, session: String) {
        guard let channel else { return entries[guild] = nil }
        change(guild) {
            $0.channelId = channel
            $0.sessionId = session
        }
    }

    mutating func server(of guild: GuildID, token: String, endpoint: String?) {
        change(guild) {
            $0.token = token
            $0.endpoint = endpoint
        }
    }

    private mutating func change(_ guild: GuildID, _ body: (inout VoiceParts) -> Void) {
        if entries[guild] == nil, entries.count >= limit { forgetOldest() }
        body(&entries[guild, default: Entry(number: nextNumber)].parts)
        nextNumber += 1
    }

    private mutating func forgetOldest() {
        let numbers = entries.values.map(\.number).sorted()
        let oldestKept = numbers[numbers.count / 2]
        entries = entries.filter { $0.value.number > oldestKept }
    }
}
