import Lavalink
import Runtime
import SimulatedNode
import Support
import Testing
import Wire

@Suite("A node that starts")
struct StartTests {
    private static func restarted(_ settings: NodeSettings) -> Bench {
        var bench = Bench(settings, connected: false)
        bench.take(bench.node.terminate(gracefully: false, now: bench.time))
        bench.clear()
        bench.take(bench.node.start(now: bench.time))
        return bench
    }

    private static func refusals(_ bench: Bench) -> Int {
        bench.outputs.count { if case .refuseConnection = $0 { true } else { false } }
    }

    private static func listens(_ bench: Bench) -> Bool {
        bench.outputs.contains { if case .listen = $0 { true } else { false } }
    }

    @Test("refuses connections until the start is over")
    func refuses() {
        var settings = NodeSettings()
        settings.startTime = 8_000
        var bench = Self.restarted(settings)
        #expect(bench.connect() == nil)
        let ticket = bench.send(.get, "/version")
        #expect(bench.answers[ticket] == nil && Self.refusals(bench) == 1)
        #expect(!Self.listens(bench) && !bench.node.isListening(at: .milliseconds(7_999)))
        bench.advance(to: 8_000)
        #expect(Self.listens(bench) && bench.node.isListening(at: bench.time))
        #expect(bench.connect() == "false")
    }

    @Test("listens at once without a start time, and no more once it ended")
    func atOnce() {
        var bench = Self.restarted(NodeSettings())
        #expect(Self.listens(bench))
        bench.take(bench.node.terminate(gracefully: true, now: bench.time))
        #expect(bench.connect() == nil)
        _ = bench.send(.get, "/version")
        #expect(Self.refusals(bench) == 1)
    }

    @Test("does not listen when it ends while it starts")
    func endsBefore() {
        var settings = NodeSettings()
        settings.startTime = 8_000
        var bench = Self.restarted(settings)
        bench.advance(to: 4_000)
        bench.take(bench.node.terminate(gracefully: false, now: bench.time))
        bench.advance(to: 20_000)
        #expect(!Self.listens(bench))
    }

    @Test("takes long for its first track, and for that alone")
    func firstTrack() {
        var settings = NodeSettings()
        settings.firstTrackTime = 1_500
        var bench = Bench(settings)
        let first = bench.send(.patch, bench.player, body: #"{"volume":5}"#)
        #expect(bench.answers[first]?.status == 200)
        let body = #"{"track":{"encoded":"\#(Bench.track)"}}"#
        let second = bench.send(.patch, bench.player, body: body)
        bench.advance(by: 1_499)
        #expect(bench.answers[second] == nil)
        bench.advance(by: 1)
        #expect(bench.answers[second]?.status == 200)
        let third = bench.send(.patch, bench.player, body: body)
        #expect(bench.answers[third]?.status == 200)
    }

    @Test("says nothing but zeros of its load at first, then its load")
    func firstStats() {
        var bench = Bench(connected: false)
        bench.node.script.load.systemLoad = 0.4
        bench.node.script.load.frames = .init(sent: 3_000, nulled: 0, deficit: 0)
        bench.connect()
        bench.advance(to: 60_000)
        let stats = bench.messages.filter { $0.contains("uptime") }.map { Bench.json($0) }
        #expect(stats.map { $0["cpu"]?["systemLoad"]?.double } == [0, 0.4])
        #expect(stats.map { $0["cpu"]?["lavalinkLoad"]?.double } == [0, 0.01])
        #expect(stats.map { $0["frameStats"]?["sent"]?.int64 } == [nil, 3_000])
    }

    @Test("says a load of one moment: no two are alike, and none is far off")
    func moments() {
        var bench = Bench()
        bench.node.script.load.systemLoad = 0.3
        bench.node.script.load.swing = 0.2
        bench.advance(to: 60_000 * 40)
        let loads = bench.messages.filter { $0.contains("uptime") }
            .compactMap { Bench.json($0)["cpu"]?["systemLoad"]?.double }
        #expect(loads.count == 40 && Set(loads).count > 30)
        #expect(loads.allSatisfy { (0.1...0.5).contains($0) })
    }

    @Loop @Test("has its port refuse until the start is over")
    func port() async throws {
        var settings = NodeSettings()
        settings.startTime = 300
        let node = SimulatedNode(settings: settings)
        let (ports, continuation) = AsyncStream.makeStream(of: UInt16.self)
        node.onListening = { result in
            if case .success(let port) = result { continuation.yield(port) }
        }
        try node.start()
        let client = NodeClient(port: node.port)
        #expect(await client.connect()?.hasPrefix("opened") != true)
        var heard = ports.makeAsyncIterator()
        #expect(await heard.next() == node.port)
        #expect(await client.openSession() == "opened false 4")
        await node.kill()
    }
}
