/// What went wrong lately: two windows, of which the older is dropped.
struct FailureWindow: Sendable {
    let length: Duration
    private var recent = Placement.Failures()
    private var older = Placement.Failures()
    private var since = Instant.start

    init(length: Duration) { self.length = length }

    mutating func record(now: Instant, _ change: (inout Placement.Failures) -> Void) {
        turn(now)
        change(&recent)
    }

    func failures(at now: Instant) -> Placement.Failures {
        var copy = self
        copy.turn(now)
        var sum = copy.recent
        sum.loads += copy.older.loads
        sum.failedLoads += copy.older.failedLoads
        sum.stuck += copy.older.stuck
        sum.exceptions += copy.older.exceptions
        return sum
    }

    private mutating func turn(_ now: Instant) {
        let age = since.duration(to: now)
        guard age >= length else { return }
        older = age >= length * 2 ? Placement.Failures() : recent
        recent = Placement.Failures()
        since = now
    }
}
