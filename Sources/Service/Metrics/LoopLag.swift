import Control
package import Runtime
package import Wire

/// Measures how late the loop runs what is due: what blocks it, delays everything.
@Loop package final class LoopLag {
    /// Seconds.
    package nonisolated static let bounds = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5]
    private static let interval: Duration = .seconds(1)

    package private(set) var histogram = Histogram(bounds: bounds)
    private let timer = LoopTimer()

    package init() {}

    package func start() {
        let due = ControlPlane.monotonicNow().advanced(by: Self.interval)
        timer.schedule(after: Self.interval) { [weak self] in
            guard let self else { return }
            let lag = due.seconds(to: ControlPlane.monotonicNow())
            histogram.observe(max(0, lag))
            start()
        }
    }

    package func stop() { timer.cancel() }
}
