package import Control
package import Runtime
package import Wire

/// Everything that a scrape tells, taken at one moment.
package struct MetricsSnapshot: Sendable {
    package struct Events: Sendable {
        package var subscribers = 0
        package var published = 0
        package var dropped: [EventHub.DropReason: Int] = [:]
        package var windowEvents = 0
        package var windowBytes = 0

        package init() {}
    }

    package struct Bot: Sendable {
        package var fleet: Fleet
        package var storeLag: Duration
        package var isStoreFailing: Bool

        package init(fleet: Fleet, storeLag: Duration = .zero, isStoreFailing: Bool = false) {
            self.fleet = fleet
            self.storeLag = storeLag
            self.isStoreFailing = isStoreFailing
        }
    }

    package var loopLag = Histogram(bounds: LoopLag.bounds)
    package var process: ProcessUsage?
    package var requests = RequestMetrics()
    package var waiting = 0
    package var connections = 0
    package var listener = Listener.Counters()
    package var events = Events()
    package var bots: [Bot] = []

    package init() {}
}
