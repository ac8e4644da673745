package import Control
import Lavalink
package import Runtime
package import Storage
import Wire

/// The service, put together: wiring is a list, from what everything needs to what faces the world.
@Loop package final class Application {
    package let planes: ControlPlanes
    package let events: EventHub
    package let router: Router
    package let log: Log
    private let configuration: Configuration
    private let store: any Store
    private let client: CurlClient
    private let health: HealthEndpoints
    private let metrics: MetricsEndpoint
    private let frontEnd: FrontEnd
    private var listener: Listener?
    private let trim = LoopTimer()

    /// Everything but the door.
    ///
    /// The store comes opened and `saved` loaded, since both block; `caFile` names certificates
    /// (PEM) that nodes may have instead of those of the system.
    package init(
        configuration: Configuration,
        store: any Store,
        saved: [BotName: SavedBot],
        log: Log,
        caFile: String? = nil
    ) {
        self.configuration = configuration
        self.store = store
        self.log = log
        let client = CurlClient(caFile: caFile)
        self.client = client
        var limits = EventHub.Limits()
        limits.subscribers = configuration.subscribers
        let events = EventHub(epoch: Self.newEpoch(), limits: limits)
        self.events = events
        let planes = ControlPlanes(
            configuration.bots.map { bot in
                Self.plane(
                    of: bot,
                    configuration,
                    store,
                    saved[bot.name] ?? SavedBot(),
                    client,
                    caFile
                ) { event, bot in
                    log.record(event, of: bot)
                    events.publish(ServerEvent(event, at: .now, bot: bot))
                }
            }
        )
        self.planes = planes
        health = HealthEndpoints(planes: planes, store: store)
        metrics = MetricsEndpoint(planes: planes, hub: events)
        let clock = WallClock(wall: .now, moment: ControlPlane.monotonicNow())
        router = Router(
            health.routes + PlayerEndpoints(planes: planes).routes
                + QueueEndpoints(planes: planes).routes
                + VoiceEndpoints(planes: planes).routes
                + TrackEndpoints(planes: planes).routes
                + StateEndpoints(planes: planes).routes
                + NodeEndpoints(planes: planes, clock: clock, drills: configuration.drills)
                .routes
                + metrics.routes + [events.route()]
        )
        frontEnd = FrontEnd(
            router: router,
            authorization: Authorization(configuration.tokens),
            bots: BotDirectory(configuration),
            log: log
        )
        metrics.frontEnd = frontEnd
    }

    /// A run of the program, as the ids of its events name it: random, so that no other run has it.
    private static func newEpoch() -> String {
        String(UInt32.random(in: .min ... .max), radix: 16)
    }

    private static func plane(
        of bot: ConfiguredBot,
        _ configuration: Configuration,
        _ store: any Store,
        _ saved: SavedBot,
        _ client: CurlClient,
        _ caFile: String?,
        publish: @escaping @Loop (FleetEvent, BotName) -> Void
    ) -> ControlPlane {
        let fleet = Fleet(
            bot: bot.name,
            user: bot.userId,
            nodes: configuration.nodes.map {
                NodeSettings(
                    name: $0.name,
                    address: "\($0.host):\($0.port)",
                    region: $0.region
                )
            },
            options: configuration.options,
            saved: saved,
            seed: UInt64.random(in: .min ... .max)
        )
        var addresses: [NodeName: NodeConnections.Address] = [:]
        for node in configuration.nodes {
            addresses[node.name] = NodeConnections.Address(
                host: node.host,
                port: node.port,
                password: node.auth,
                tls: node.ssl
            )
        }
        let connections = NodeConnections(
            user: bot.userId,
            addresses: addresses,
            client: client,
            caFile: caFile
        )
        return ControlPlane(
            fleet: fleet,
            connections: connections,
            store: store,
            publish: publish
        )
    }

    /// The port that is listened on, once started.
    package var port: UInt16? { listener?.port }

    /// Opens the door, and goes to the nodes.
    package func start() throws(ListenerError) {
        let frontEnd = frontEnd
        let listener = try Listener(
            address: configuration.listen.address,
            port: configuration.listen.port,
            options: listenerOptions(),
            errorResponse: { status, detail in
                Problem(status: status, detail: detail).response()
            },
            handler: { exchange in frontEnd.handle(exchange) }
        )
        self.listener = listener
        metrics.listener = listener
        for notice in configuration.notices {
            log.warning("incomplete configuration", ["what": LogValue(notice)])
        }
        log.info(
            "listening",
            [
                "address": LogValue("\(listener.address):\(listener.port)"),
                "version": LogValue(Version.text),
            ]
        )
        for plane in planes.all {
            plane.onStoreChange = { [weak self] failure, bot in self?.note(failure, of: bot) }
            plane.start()
        }
        trim.schedule(after: Self.timeToSettle) { Heap.trim() }
    }

    /// When what a start takes and does not keep is given back: by then the sessions are resumed.
    private static let timeToSettle: Duration = .seconds(10)

    private func listenerOptions() -> ListenerOptions {
        var options = ListenerOptions()
        options.connections = configuration.connections
        if !configuration.listen.isLoopback {
            options.connectionsPerAddress = configuration.connectionsPerAddress
        }
        let most = DescriptorLimit.connections(of: DescriptorLimit.raise())
        if most < options.connections {
            log.warning(
                "file descriptor limit reduces connections",
                ["connections": LogValue(most), "wanted": LogValue(options.connections)]
            )
            options.connections = most
        }
        return options
    }

    private func note(_ failure: StorageError?, of bot: BotName) {
        let bot = LogValue.text(bot.text)
        guard let failure else { return log.info("database writable again", ["bot": bot]) }
        log.error("database write failed", ["bot": bot, "error": .text(failure.description)])
    }

    /// How long requests under way may take to end.
    private static let grace: Duration = .seconds(8)
    /// Commands that wait for a node are answered so long before that: they could wait for ever.
    private static let lastWord: Duration = .seconds(2)

    /// Ends in the reverse order; sessions on the nodes stay, so that no track is interrupted.
    package func stop() async {
        guard let listener else { return }
        self.listener = nil
        log.info("shutting down")
        health.isStopping = true
        listener.stop()
        trim.cancel()
        events.shutdown()
        let timer = LoopTimer()
        timer.schedule(after: Self.grace - Self.lastWord) { self.stopPlanes() }
        await listener.shutdown(within: Self.grace)
        timer.cancel()
        stopPlanes()
        client.shutdown()
        store.close()
        log.info("stopped")
    }

    private func stopPlanes() {
        for plane in planes.all { plane.stop() }
    }
}
