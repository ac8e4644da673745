package import Runtime
import Control
import Wire

/// `GET /metrics`, and where its numbers come from.
@Loop package final class MetricsEndpoint {
    private let planes: ControlPlanes
    private let hub: EventHub
    private let lag = LoopLag()
    /// Both are made after the routes, of which this is one.
    package weak var frontEnd: FrontEnd?
    package weak var listener: Listener?

    package init(planes: ControlPlanes, hub: EventHub) {
        self.planes = planes
        self.hub = hub
        lag.start()
    }

    package var routes: [Route] {
        [
            Route(
                .get,
                "/metrics",
                "scrapeMetrics",
                .immediate { [self] context in
                    Response(
                        status: 200,
                        headers: [
                            ("Content-Type", PrometheusText.contentType),
                            ("Cache-Control", "no-store"),
                        ],
                        body: MetricsPage.render(snapshot(for: context))
                    )
                }
            )
        ]
    }

    /// The program's own numbers, and those of the bots that the bearer may see.
    private func snapshot(for context: Context) -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        snapshot.loopLag = lag.histogram
        snapshot.process = ProcessUsage.current
        snapshot.events.subscribers = hub.subscriberCount
        snapshot.events.published = hub.published
        snapshot.events.dropped = hub.dropped
        snapshot.events.windowEvents = hub.window.count
        snapshot.events.windowBytes = hub.window.bytes
        if let frontEnd {
            snapshot.requests = frontEnd.metrics
            snapshot.waiting = frontEnd.waiting
        }
        if let listener {
            snapshot.connections = listener.connectionCount
            snapshot.listener = listener.counters
        }
        snapshot.bots = planes.planes(for: context).map { plane in
            MetricsSnapshot.Bot(
                fleet: plane.fleet,
                storeLag: plane.storeLag,
                isStoreFailing: plane.storeFailure != nil
            )
        }
        return snapshot
    }
}
