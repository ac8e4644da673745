import Control
import Lavalink
@testable import Service
import Testing
import Wire

@Suite("The metrics")
struct MetricsTests {
    private func page(_ snapshot: MetricsSnapshot) -> String {
        String(decoding: MetricsPage.render(snapshot), as: UTF8.self)
    }

    /// A fleet of two nodes to which nothing has happened.
    private func fleet(_ name: String = "radio") throws -> Fleet {
        let nodes = ["main", "other"].map {
            NodeSettings(name: NodeName($0), address: "\($0):2333")
        }
        return Fleet(
            bot: BotName(name),
            user: try #require(UserID("7")),
            nodes: nodes,
            options: Options(),
            saved: SavedBot(),
            seed: 1
        )
    }

    private func full() throws -> MetricsSnapshot {
        var snapshot = MetricsSnapshot()
        snapshot.process = ProcessUsage.current
        snapshot.requests.record(route: "/livez", method: .get, status: 200, seconds: 0.003)
        snapshot.requests.record(route: "/livez", method: .get, status: 204, seconds: 20)
        snapshot.requests.record(route: "/v1/x", method: .post, status: 503, seconds: 0.1)
        snapshot.events.dropped = [.overflow: 2]
        snapshot.bots = [.init(fleet: try fleet(), storeLag: .milliseconds(1_500))]
        return snapshot
    }

    @Test("are all written, under the names of the catalog and no other")
    func catalog() throws {
        let families = page(try full()).split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }
            .compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }
        #expect(Set(families) == Set(MetricCatalog.all.map(\.name)))
        #expect(families.count == MetricCatalog.all.count)
    }

    @Test("have names and help that are one of their kind")
    func names() {
        let all = MetricCatalog.all
        #expect(Set(all.map(\.name)).count == all.count)
        for metric in all {
            #expect(metric.name.hasPrefix("lavadeck_") || metric.name.hasPrefix("process_"))
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix("."), "\(metric.name)")
        }
    }

    @Test("count requests by template, method and class of status")
    func requests() throws {
        let text = page(try full())
        #expect(
            text.contains(
                """
                lavadeck_http_requests_total{route="/livez",method="GET",status="2xx"} 2
                lavadeck_http_requests_total{route="/v1/x",method="POST",status="5xx"} 1
                """
            )
        )
        let bucket = "lavadeck_http_request_duration_seconds_bucket{route=\"/livez\",le="
        #expect(text.contains(bucket + "\"0.0025\"} 0"))
        #expect(text.contains(bucket + "\"0.005\"} 1"))
        #expect(text.contains(bucket + "\"+Inf\"} 2"))
    }

    @Test("tell of each node by bot and name, and of players by state")
    func nodes() throws {
        let text = page(try full())
        #expect(text.contains("lavadeck_node_up{bot=\"radio\",node=\"main\"} 0\n"))
        #expect(text.contains("lavadeck_node_up{bot=\"radio\",node=\"other\"} 0\n"))
        #expect(!text.contains("lavadeck_node_latency_seconds{"))
        #expect(text.contains("lavadeck_players{bot=\"radio\",state=\"playing\"} 0\n"))
        #expect(text.contains("lavadeck_store_lag_seconds{bot=\"radio\"} 1.5\n"))
        #expect(text.contains("lavadeck_sse_dropped_total{reason=\"overflow\"} 2\n"))
        #expect(text.contains("lavadeck_sse_dropped_total{reason=\"stalled\"} 0\n"))
    }

    @Test("have at most 40 series for a node, and none for a guild")
    func cardinality() throws {
        let text = page(try full())
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.contains("node=\"main\"") } <= 40)
        #expect(!text.contains("guild"))
    }

    @Test("tell what the process uses")
    func process() throws {
        let usage = try #require(ProcessUsage.current)
        #expect(usage.residentBytes > 1_000_000)
        #expect(usage.virtualBytes > usage.residentBytes)
        #expect(usage.openDescriptors > 2)
        #expect(usage.threads >= 1)
        let now = Double(Timestamp.now.milliseconds) / 1_000
        #expect(usage.startTime < now + 2 && usage.startTime > now - 3_600)
    }

    @Test("read the kernel's line whatever the program is called")
    func stat() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 7 0 1000 8192 3 99"
        let usage = ProcessUsage(
            stat: line,
            bootTime: 100,
            openDescriptors: 5,
            ticksPerSecond: 100,
            pageSize: 4_096
        )
        #expect(usage?.cpuSeconds == 3)
        #expect(usage?.threads == 7)
        #expect(usage?.startTime == 110)
        #expect(usage?.virtualBytes == 8_192)
        #expect(usage?.residentBytes == 12_288)
        #expect(ProcessUsage(stat: "42 (x) S 1", bootTime: 0, openDescriptors: 0) == nil)
        #expect(ProcessUsage(stat: "", bootTime: 0, openDescriptors: 0) == nil)
    }

    @Test("are the same for the same moment")
    func stable() throws {
        let snapshot = try full()
        #expect(page(snapshot) == page(snapshot))
    }
}
