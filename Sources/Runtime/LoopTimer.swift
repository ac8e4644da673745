/// Calls back once on the loop, unless it is scheduled again or cancelled before.
///
/// One that goes away does not call back.
@Loop package final class LoopTimer {
    /// When it is due, by the monotonic clock in nanoseconds; nil while it is not scheduled.
    private(set) var deadline: Int64?
    /// Whether the loop's list has it, scheduled or not.
    fileprivate var isListed = false
    private var body: (@Loop () -> Void)?

    package init() {}

    /// Calls `body` after `delay`, and at most about a millisecond later, instead of what was
    /// scheduled before.
    package func schedule(after delay: Duration, _ body: @escaping @Loop () -> Void) {
        self.body = body
        let due = MonotonicClock.nanoseconds() + max(0, delay.wholeNanoseconds)
        deadline = due
        EventLoop.shared.timers.note(self, dueAt: due)
    }

    package func cancel() {
        body = nil
        deadline = nil
    }

    /// Calls back, if it is still due: another timer's call may have changed that.
    func fire(at now: Int64) {
        guard let deadline, deadline <= now else { return }
        let due = body
        body = nil
        self.deadline = nil
        due?()
    }
}

/// The timers that are scheduled, and a time before which none is due.
@Loop struct LoopTimers {
    private struct Reference {
        weak var timer: LoopTimer?
    }

    private var references: [Reference] = []
    /// In nanoseconds, a bound: a timer that is scheduled again may be due later than this.
    private(set) var earliest = Int64.max

    mutating func note(_ timer: LoopTimer, dueAt due: Int64) {
        if !timer.isListed {
            timer.isListed = true
            references.append(Reference(timer: timer))
        }
        earliest = min(earliest, due)
    }

    /// Takes out the timers that are due, in the order in which they are.
    mutating func take(dueAt now: Int64) -> [LoopTimer] {
        guard now >= earliest else { return [] }
        var due: [LoopTimer] = []
        earliest = .max
        var kept = 0
        for index in references.indices {
            guard let timer = references[index].timer else { continue }
            if let deadline = timer.deadline, deadline > now {
                earliest = min(earliest, deadline)
                if kept < index { references.swapAt(kept, index) }
                kept += 1
            } else {
                timer.isListed = false
                if timer.deadline != nil { due.append(timer) }
            }
        }
        references.removeLast(references.count - kept)
        if due.count > 1 { due.sort { ($0.deadline ?? 0) < ($1.deadline ?? 0) } }
        return due
    }
}
