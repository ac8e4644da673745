/// What must come out between `ready` and the first word about a player.
struct Settlement: Sendable, Equatable {
    struct Steps: OptionSet, Sendable {
        let rawValue: UInt8

        /// The session is set to be resumed.
        static let resuming = Steps(rawValue: 1)
        static let info = Steps(rawValue: 2)
        /// The players are read, and compared with what is wanted.
        static let players = Steps(rawValue: 4)
        /// Orphaned sessions are silenced.
        static let orphans = Steps(rawValue: 8)
        static let all: [Steps] = [.resuming, .info, .players, .orphans]
    }

    enum Failure: Equatable {
        /// The step is tried again at `retryAt`.
        case retried
        /// The step is left out after too many attempts.
        case leftOut
        /// Without the players nothing can be done: the connection is made anew.
        case fatal
    }

    private var inFlight: Steps
    private var failed: Steps = []
    private(set) var retryAt: Instant?
    private var attempts = 0

    init(_ steps: Steps) { inFlight = steps }

    var isDone: Bool { inFlight.isEmpty && failed.isEmpty }

    func isOpen(_ step: Steps) -> Bool { inFlight.contains(step) || failed.contains(step) }

    mutating func succeeded(_ step: Steps) {
        inFlight.remove(step)
        failed.remove(step)
    }

    /// A step failed for reasons that may pass.
    mutating func failed(_ step: Steps, _ limits: Limits, now: Instant) -> Failure {
        attempts += 1
        retryAt = now.advanced(by: limits.retryDelay)
        if attempts > limits.settleAttempts {
            guard !isOpen(.players) else { return .fatal }
            succeeded(step)
            return .leftOut
        }
        if inFlight.remove(step) != nil { failed.insert(step) }
        return .retried
    }

    /// The steps that are due to be tried again.
    mutating func retry(now: Instant) -> Steps {
        guard let at = retryAt, now >= at else { return [] }
        retryAt = nil
        defer { failed = [] }
        inFlight.formUnion(failed)
        return failed
    }

    var invariant: Bool { inFlight.isDisjoint(with: failed) && (failed.isEmpty || retryAt != nil) }
}
