import SimulatedNode
import Testing
import Wire

@Suite("A handshake")
struct HandshakeTests {
    private struct Result: Equatable {
        var status: Int
        var resumed: String?
    }

    private static func shake(
        _ node: inout NodeModel,
        _ changes: [String: String?],
        method: Wire.Method = .get
    ) -> (status: Int, headers: [(name: String, value: String)], outputs: [NodeOutput]) {
        let request = Bench.handshake(changes, method: method)
        let (outcome, outputs) = node.handshake(request, now: .zero)
        switch outcome {
        case .upgrade(_, let headers): return (101, headers, outputs)
        case .refuse(let response): return (response.status, response.headers, outputs)
        case .stall, .refuseConnection: return (0, [], outputs)
        }
    }

    @Test(
        "is decided in the order of checks",
        arguments: [
            (["Authorization": nil], 401), (["Authorization": "Youshallnotpass"], 401),
            (["Authorization": "Bearer youshallnotpass", "User-Id": nil], 401),
            (["User-Id": nil], 400), (["User-Id": ""], 400), (["User-Id": "0"], 400),
            (["Origin": "https://localhost:2333"], 403), (["Origin": "http://localhost:2333"], 101),
            (["Upgrade": nil], 400), (["Upgrade": "h2c"], 400), (["Connection": "keep-alive"], 400),
            (["Sec-WebSocket-Version": "8"], 426), (["Sec-WebSocket-Key": nil], 400),
            ([:], 101), (["Client-Name": nil], 101), (["User-Id": "-5"], 101),
            (["User-Id": "abc"], 101), (["Session-Id": "unknown"], 101),
        ] as [([String: String?], Int)]
    )
    func order(changes: [String: String?], status: Int) {
        var node = NodeModel()
        let answer = Self.shake(&node, changes)
        #expect(answer.status == status)
        #expect(answer.headers.contains { $0.name == "Lavalink-Api-Version" && $0.value == "4" })
        let hasResumed = answer.headers.contains { $0.name == "Session-Resumed" }
        let isEarly = status == 401 || changes.keys.contains("User-Id") && status == 400
        #expect(hasResumed == !isEarly)
    }

    @Test("by another method is 405")
    func method() {
        var node = NodeModel()
        #expect(Self.shake(&node, [:], method: .post).status == 405)
    }

    @Test("with a user id that is no number opens, and closes with 1011 before any ready")
    func badUser() {
        var node = NodeModel()
        let outputs = Self.shake(&node, ["User-Id": "99999999999999999999"]).outputs
        #expect(outputs.count == 1)
        guard case .close(_, 1011, "") = outputs.first else {
            Issue.record("not closed: \(outputs)")
            return
        }
        #expect(node.sessionIDs.isEmpty)
    }

    @Test("opens a session with 16 letters, ready first and stats after it")
    func opens() {
        let bench = Bench(connected: false)
        var connected = bench
        #expect(connected.connect() == "false")
        #expect(connected.session.count == 16)
        #expect(connected.session.allSatisfy { $0.isASCII && ($0.isNumber || $0.isLowercase) })
        #expect(
            connected.messages.map { $0.prefix(14) } == [#"{"op":"ready","#, #"{"op":"stats","#]
        )
    }

    @Test("can have its stats first")
    func statsFirst() {
        var bench = Bench(connected: false)
        bench.node.script.statsBeforeReady = true
        bench.connect()
        #expect(bench.messages.map { $0.prefix(14) } == [#"{"op":"stats","#, #"{"op":"ready","#])
    }

    @Test("gives the same ids for the same seed, and others for another")
    func seeds() {
        func ids(_ seed: UInt64) -> [String] {
            var node = NodeModel(seed: seed)
            for _ in 0..<3 { _ = node.handshake(Bench.handshake(), now: .zero) }
            return node.sessionIDs
        }
        #expect(ids(7) == ids(7))
        #expect(Set(ids(7) + ids(8)).count == 6)
    }

    @Test("suffers what the script has for it, one after the other")
    func faults() {
        var bench = Bench(connected: false)
        bench.node.script.handshakes = [.refuse(status: 502), .stall, .silentAfterUpgrade]
        #expect(bench.connect() == nil)
        #expect(bench.connect() == nil)
        #expect(bench.connect() == "false")
        #expect(bench.messages.isEmpty)
        #expect(bench.connect() == "false")
        #expect(bench.story == ["ready false"])
    }

    @Test("that fails after it named a paused session leaves that session without a timer")
    func cancelsTimer() {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable(timeout: 10)
        bench.lose()
        #expect(bench.connect(["Session-Id": id, "Upgrade": nil]) == nil)
        bench.advance(by: 60_000)
        #expect(bench.connect(["Session-Id": id]) == "true")
    }
}
