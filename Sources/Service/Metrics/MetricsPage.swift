import Control
import Lavalink
import Runtime
import Wire

/// The page that Prometheus reads, made of a snapshot.
struct MetricsPage {
    private var text = PrometheusText()
    private let snapshot: MetricsSnapshot

    static func render(_ snapshot: MetricsSnapshot) -> [UInt8] {
        var page = MetricsPage(snapshot)
        page.writeProgram()
        page.writeRequests()
        page.writeEvents()
        page.writeNodes()
        page.writeNodeStats()
        page.writePlayers()
        return page.text.bytes
    }

    private init(_ snapshot: MetricsSnapshot) { self.snapshot = snapshot }

    private mutating func begin(_ metric: Metric) {
        text.family(metric.name, metric.kind, help: metric.help)
    }

    private mutating func write(_ metric: Metric, _ value: Double) {
        begin(metric)
        text.sample(value)
    }

    private mutating func write(_ metric: Metric, _ value: Int) { write(metric, Double(value)) }

    // MARK: The program

    private mutating func writeProgram() {
        begin(MetricCatalog.buildInfo)
        text.sample(1, [("version", Version.text)])
        begin(MetricCatalog.loopLag)
        text.sample(snapshot.loopLag)
        guard let process = snapshot.process else { return }
        write(MetricCatalog.cpuSeconds, process.cpuSeconds)
        write(MetricCatalog.residentMemory, process.residentBytes)
        write(MetricCatalog.virtualMemory, process.virtualBytes)
        write(MetricCatalog.startTime, process.startTime)
        write(MetricCatalog.openDescriptors, process.openDescriptors)
        write(MetricCatalog.mostDescriptors, process.mostDescriptors)
        write(MetricCatalog.threads, process.threads)
    }

    private mutating func writeRequests() {
        begin(MetricCatalog.httpRequests)
        let counts = snapshot.requests.counts.sorted { left, right in
            (left.key.route, left.key.method.rawValue, left.key.statusClass)
                < (right.key.route, right.key.method.rawValue, right.key.statusClass)
        }
        for (key, count) in counts {
            text.sample(
                count,
                [
                    ("route", key.route), ("method", key.method.rawValue),
                    ("status", "\(key.statusClass)xx"),
                ]
            )
        }
        begin(MetricCatalog.httpDuration)
        for (route, histogram) in snapshot.requests.durations.sorted(by: { $0.key < $1.key }) {
            text.sample(histogram, [("route", route)])
        }
        write(MetricCatalog.httpWaiting, snapshot.waiting)
        write(MetricCatalog.httpConnections, snapshot.connections)
        write(MetricCatalog.httpAccepted, snapshot.listener.accepted)
        begin(MetricCatalog.httpRefused)
        let counters = snapshot.listener
        text.sample(counters.malformed, [("reason", "malformed")])
        text.sample(counters.timedOut, [("reason", "timeout")])
        text.sample(counters.overloaded, [("reason", "overload")])
        text.sample(counters.exhausted, [("reason", "descriptors")])
    }

    private mutating func writeEvents() {
        let events = snapshot.events
        write(MetricCatalog.sseSubscribers, events.subscribers)
        write(MetricCatalog.sseEvents, events.published)
        begin(MetricCatalog.sseDropped)
        for reason in EventHub.DropReason.allCases {
            text.sample(events.dropped[reason] ?? 0, [("reason", reason.rawValue)])
        }
        write(MetricCatalog.sseWindowEvents, events.windowEvents)
        write(MetricCatalog.sseWindowBytes, events.windowBytes)
    }

    // MARK: Nodes

    /// One family of all nodes; a node without a value has no sample.
    private mutating func writeNodes(_ metric: Metric, _ value: (Node) -> Double?) {
        begin(metric)
        for bot in snapshot.bots {
            for node in bot.fleet.nodes {
                guard let value = value(node) else { continue }
                text.sample(value, [("bot", bot.fleet.bot.text), ("node", node.name.text)])
            }
        }
    }

    private mutating func writeNodes() {
        writeNodes(MetricCatalog.nodeUp) { node in node.isAvailable ? 1 : 0 }
        writeNodes(MetricCatalog.nodePlayers) { Double($0.occupancy.players) }
        writeNodes(MetricCatalog.nodeLatency) { node in node.link.latency?.inSeconds }
        writeNodes(MetricCatalog.nodeFailures) { node in Double(node.link.failures) }
        writeNodes(MetricCatalog.nodeBreakerOpen) { node in node.breaker.isClosed ? 0 : 1 }
        writeNodes(MetricCatalog.nodeDisconnects) { node in Double(node.metrics.disconnects) }
        writeNodes(MetricCatalog.nodeReconnects) { node in Double(node.metrics.reconnects) }
        writeNodes(MetricCatalog.nodeFailedReconnects) { node in
            Double(node.metrics.failedReconnects)
        }
        writeNodes(MetricCatalog.nodeRestored) { node in Double(node.metrics.playersRestored) }
    }

    private mutating func writeNodeStats() {
        writeNodes(MetricCatalog.statsPlayers) { node in (node.stats?.players).map(Double.init) }
        writeNodes(MetricCatalog.statsPlaying) { node in
            (node.stats?.playingPlayers).map(Double.init)
        }
        writeNodes(MetricCatalog.statsUptime) { node in
            (node.stats?.uptime).map { Double($0) / 1_000 }
        }
        writeNodes(MetricCatalog.statsMemoryUsed) { node in
            (node.stats?.memory.used).map(Double.init)
        }
        writeNodes(MetricCatalog.statsMemoryReservable) { node in
            (node.stats?.memory.reservable).map(Double.init)
        }
        writeNodes(MetricCatalog.statsSystemLoad) { node in node.stats?.cpu.systemLoad }
        writeNodes(MetricCatalog.statsLavalinkLoad) { node in node.stats?.cpu.lavalinkLoad }
        writeFrames()
    }

    private mutating func writeFrames() {
        begin(MetricCatalog.statsFrames)
        for bot in snapshot.bots {
            for node in bot.fleet.nodes {
                guard let frames = node.stats?.frameStats else { continue }
                let labels = [("bot", bot.fleet.bot.text), ("node", node.name.text)]
                text.sample(frames.sent, labels + [("kind", "sent")])
                text.sample(frames.nulled, labels + [("kind", "nulled")])
                text.sample(frames.deficit, labels + [("kind", "deficit")])
            }
        }
    }

    // MARK: Players and the store

    private mutating func writePlayers() {
        begin(MetricCatalog.playerCount)
        for bot in snapshot.bots {
            for state in Player.Condition.allCases {
                text.sample(
                    bot.fleet.counts[state],
                    [("bot", bot.fleet.bot.text), ("state", state.rawValue)]
                )
            }
        }
        writeBots(MetricCatalog.queueEntries) { Double($0.fleet.counts.queued) }
        writeBots(MetricCatalog.storeLag) { $0.storeLag.inSeconds }
        writeBots(MetricCatalog.storeFailing) { $0.isStoreFailing ? 1 : 0 }
    }

    private mutating func writeBots(_ metric: Metric, _ value: (MetricsSnapshot.Bot) -> Double) {
        begin(metric)
        for bot in snapshot.bots { text.sample(value(bot), [("bot", bot.fleet.bot.text)]) }
    }
}
