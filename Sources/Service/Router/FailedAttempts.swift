package import Control

/// How often each address showed a wrong token lately, so that guessing is told to slow down.
package struct FailedAttempts: Sendable {
    /// Wrong tokens of one address in one window; above, the answer is 429.
    package static let limit = 10
    package static let window: Duration = .seconds(60)
    /// Addresses that are remembered; when there are more, all are forgotten.
    static let addresses = 4_096

    private var counts: [String: Int] = [:]
    private var windowEnd = Instant.start

    package init() {}

    /// Notes one, and says how many seconds to wait when it was one too many.
    package mutating func note(_ address: String, now: Instant) -> Int? {
        if now >= windowEnd || counts.count >= Self.addresses {
            counts.removeAll(keepingCapacity: true)
            windowEnd = now.advanced(by: Self.window)
        }
        counts[address, default: 0] += 1
        guard counts[address, default: 0] > Self.limit else { return nil }
        return Int(now.seconds(to: windowEnd).rounded(.up))
    }
}
