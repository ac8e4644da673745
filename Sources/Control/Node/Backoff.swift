/// How long the next attempt to reach a node waits.
///
/// Attempt *n* waits `base * 2^(n-1)`, never more than the ceiling, spread by a factor from 0.75 to
/// 1.25 so that many do not return in the same second, and capped again. With the contract's
/// defaults: about 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 s.
package struct Backoff: Sendable, Equatable {
    package var base: Duration
    package var ceiling: Duration

    package init(base: Duration, ceiling: Duration) {
        self.base = base
        self.ceiling = ceiling
    }

    /// - Parameters:
    ///   - attempt: which attempt this is, from 1.
    ///   - resumable: how long a session is kept, while one may still be resumed: no wait is then
    ///     longer than a sixth of it, or a node that is back soon would be met too late.
    ///   - generator: where the spread comes from.
    /// - Returns: the wait before that attempt.
    package func delay(
        attempt: Int,
        resumable: Duration?,
        using generator: inout Generator
    ) -> Duration {
        // 2^40 times any base is over any ceiling; the shift stays in range.
        let doubled = base.inSeconds * Double(UInt64(1) << UInt64(min(max(attempt, 1) - 1, 40)))
        let spread = Double.random(in: 0.75...1.25, using: &generator)
        var seconds = min(min(doubled, ceiling.inSeconds) * spread, ceiling.inSeconds)
        if let resumable { seconds = min(seconds, resumable.inSeconds / 6) }
        return .nanoseconds(Int64(seconds * 1e9))
    }
}
