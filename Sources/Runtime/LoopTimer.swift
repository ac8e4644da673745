import Dispatch

/// Calls back once on the loop, unless it is scheduled again or cancelled before.
@Loop package final class LoopTimer {
    private let source: any DispatchSourceTimer
    private var body: (@Loop () -> Void)?

    package init() {
        source = DispatchSource.makeTimerSource(queue: Loop.queue)
        source.setEventHandler { [weak self] in Loop.assumeIsolated { self?.fire() } }
        source.schedule(deadline: .distantFuture)
        source.resume()  // releasing a source that was never resumed kills the process
    }

    /// Calls `body` after `delay`, instead of what was scheduled before.
    package func schedule(after delay: Duration, _ body: @escaping @Loop () -> Void) {
        self.body = body
        let nanoseconds = Int(max(0, delay.wholeNanoseconds))
        source.schedule(deadline: .now() + .nanoseconds(nanoseconds), leeway: .milliseconds(1))
    }

    package func cancel() {
        body = nil
        source.schedule(deadline: .distantFuture)
    }

    private func fire() {
        let due = body
        body = nil
        due?()
    }
}
