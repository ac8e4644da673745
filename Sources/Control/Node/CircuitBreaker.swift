/// Keeps requests from a node that fails, and lets one probe through once it was open long enough.
package struct CircuitBreaker: Sendable, Equatable {
    package enum State: Sendable, Equatable {
        case closed(failures: Int)
        case open(until: Instant)
        case probing
    }

    package private(set) var state = State.closed(failures: 0)
    /// Failures in a row that open it.
    package let threshold: Int
    /// How long it stays open.
    package let openDuration: Duration

    package init(threshold: Int = 5, openDuration: Duration = .seconds(60)) {
        self.threshold = threshold
        self.openDuration = openDuration
    }

    /// The contract's `failures`: those in a row so far.
    package var failures: Int {
        switch state {
        case .closed(let failures): failures
        case .open, .probing: threshold
        }
    }

    package var openUntil: Instant? {
        switch state {
        case .open(let until): until
        case .closed, .probing: nil
        }
    }

    package var isClosed: Bool {
        switch state {
        case .closed: true
        case .open, .probing: false
        }
    }

    /// Whether a request may go out now, without counting one as sent.
    package func admits(at now: Instant) -> Bool {
        switch state {
        case .closed: true
        case .probing: false
        case .open(let until): now >= until
        }
    }

    /// Lets a request out: the first one after `openDuration` is the probe, and the only one.
    package mutating func admit(at now: Instant) -> Bool {
        switch state {
        case .closed: return true
        case .probing: return false
        case .open(let until):
            guard now >= until else { return false }
            state = .probing
            return true
        }
    }

    package mutating func record(success: Bool, at now: Instant) {
        switch (state, success) {
        case (_, true): state = .closed(failures: 0)
        case (.probing, false): state = .open(until: now.advanced(by: openDuration))
        case (.open, false): break
        case (.closed(let failures), false) where failures + 1 >= threshold:
            state = .open(until: now.advanced(by: openDuration))
        case (.closed(let failures), false): state = .closed(failures: failures + 1)
        }
    }
}
