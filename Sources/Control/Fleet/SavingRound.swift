import Lavalink

/// When positions in the music are saved: every player once in an interval, many of them
/// spread over it, so that no moment is long.
struct SavingRound: Sendable {
    /// When the next of them are saved; nil when nothing is saved by itself.
    private(set) var nextAt: Instant?
    /// The guild behind which it goes on; nil at the beginning of a round.
    private(set) var last: GuildID?
    private var interval: Duration = .zero
    private var roundEndsAt = Instant.start

    mutating func start(_ interval: Duration, now: Instant) {
        self.interval = interval
        roundEndsAt = now.advanced(by: interval)
        nextAt = roundEndsAt
    }

    /// Some were saved, up to a guild.
    mutating func saved(
        upTo guild: GuildID?,
        isLast: Bool,
        of count: Int,
        _ limits: Limits,
        now: Instant
    ) {
        if last == nil { roundEndsAt = now.advanced(by: interval) }
        guard !isLast else {
            last = nil
            nextAt = roundEndsAt
            return
        }
        last = guild
        let parts = (count + limits.positionsAtOnce - 1) / limits.positionsAtOnce
        nextAt = now.advanced(by: interval / max(parts, 1))
    }
}
