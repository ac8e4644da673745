import Lavalink

/// The players for which something happens at a moment; few, so a scan of them is cheap.
struct Alarms: Sendable {
    private var moments: [GuildID: Instant] = [:]
    private(set) var earliest: Instant?

    /// Sets a player's moment, or takes it away.
    mutating func set(_ guild: GuildID, _ moment: Instant?) {
        let before = moments[guild]
        guard before != moment else { return }
        moments[guild] = moment
        if let moment, earliest.map({ moment <= $0 }) ?? true {
            earliest = moment
        } else if before == earliest {
            earliest = moments.values.min()
        }
    }

    /// The players whose moment has come, by their ids.
    func due(at now: Instant) -> [GuildID] {
        guard let earliest, earliest <= now else { return [] }
        return moments.filter { $0.value <= now }.map(\.key).sorted { $0.rawValue < $1.rawValue }
    }
}

/// Voice data that came before the player it is for.
struct EarlyVoice: Sendable {
    /// Guilds remembered; the oldest goes first.
    static let limit = 10_000
    private var parts: [GuildID: VoiceParts] = [:]
    private var order: [GuildID] = []

    mutating func take(_ guild: GuildID) -> VoiceParts? { parts.removeValue(forKey: guild) }

    mutating func change(_ guild: GuildID, _ body: (inout VoiceParts) -> Void) {
        if parts[guild] == nil {
            order.append(guild)
            if order.count > Self.limit { forgetOldest() }
        }
        body(&parts[guild, default: VoiceParts()])
    }

    mutating func forget(_ guild: GuildID) { parts[guild] = nil }

    private mutating func forgetOldest() {
        // Half at once: the array is moved seldom.
        for guild in order.prefix(Self.limit / 2) { parts[guild] = nil }
        order.removeFirst(Self.limit / 2)
    }
}
