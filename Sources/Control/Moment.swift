/// What every decision goes by: what time it is, and the limits.
package struct Moment: Sendable {
    package var now: Instant
    package let limits: Limits

    package init(_ now: Instant, _ limits: Limits) {
        self.now = now
        self.limits = limits
    }

    /// The moment that comes after so long.
    func after(_ wait: Duration) -> Instant { now.advanced(by: wait) }
}
