import SimulatedNode
import Support
import Testing
import Wire

@Suite("What is told of nodes")
struct StatusTests {
    @Test("has every name of the contract, and no other type", .timeLimit(.minutes(2)))
    func shapes() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeStats")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            let session = try await lavadeck.session()
            try await expectStatus(of: node, session, lavadeck.client())
            try await expectHealth(session, lavadeck.client())
            try await expectMetrics(lavadeck.client())
        }
    }

    private func expectStatus(
        of node: NodeHere,
        _ session: String,
        _ client: HTTPClient
    ) async throws {
        let list = try await client.get("/v1/nodes")
        let status = try #require(list["nodes"]?.elements.first)
        #expect(status["name"]?.string == "main")
        #expect(status["host"]?.string == "127.0.0.1:\(node.port)")
        #expect(status["available"]?.bool == true)
        #expect(status["connected"]?.bool == true)
        #expect(status["sessionId"]?.string == session)
        #expect(status["players"]?.int64 == 1)
        #expect(status["stats"]?["cpu"]?["cores"]?.int64 == 2)
        #expect(status["stats"]?["memory"]?["used"]?.int64 != nil)
        #expect(status["stats"]?["players"]?.int64 != nil)
        #expect(status["version"]?.string == "4.2.2")
        #expect(status["state"]?.string == "ready")
        #expect(status["wish"]?.string == "active")
        let breaker = status["circuitBreaker"]
        #expect(breaker?["failures"]?.int64 == 0)
        #expect(breaker?["threshold"]?.int64 == 5)
        #expect(breaker?["open_until"]?.isNull == true)
        let one = try await client.get("/v1/nodes/main")
        #expect(one.json.members.map(\.key.string) == status.members.map(\.key.string))
    }

    private func expectHealth(_ session: String, _ client: HTTPClient) async throws {
        let health = try await client.get("/v1/health")
        #expect(health["status"]?.string == "ok")
        let main = health["nodes"]?["main"]
        #expect(main?["connected"]?.bool == true)
        #expect(main?["session_id"]?.string == session)
        #expect(main?["players"]?.int64 == 1)
        #expect(main?["reconnecting"]?.bool == false)
        #expect(main?["reconnect_attempts"]?.int64 == 0)
        #expect(main?["stats"]?["uptime"]?.int64 != nil)
    }

    private func expectMetrics(_ client: HTTPClient) async throws {
        let metrics = try await client.get("/v1/metrics")
        for name: StaticString in [
            "total_disconnects", "total_reconnects", "failed_reconnects", "players_restored",
        ] {
            #expect(metrics[name]?.int64 == 0, "\(name)")
        }
        #expect(metrics["last_disconnect"]?.isNull == true)
        #expect(metrics["success_rate"]?.double == 0)
        #expect(metrics["nodes"]?["main"]?["total_disconnects"]?.int64 == 0)
        let page = try await client.get("/metrics")
        #expect(page.headers["Content-Type"]?.hasPrefix("text/plain") == true)
        #expect(page.text.contains("# TYPE lavadeck_"))
    }

    @Test("follows what happens: disconnects, reconnects, their rate", .timeLimit(.minutes(2)))
    func follows() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.maxReconnectDelay = 0.1
            let lavadeck = try await LavadeckProcess.running(configuration)
            let client = lavadeck.client()
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            await node.node.drop()
            try await events.next("nodeReady")
            var metrics = try await client.get("/v1/metrics")
            #expect(metrics["total_disconnects"]?.int64 == 1)
            #expect(metrics["total_reconnects"]?.int64 == 1)
            #expect(metrics["success_rate"]?.double == 100)
            #expect(metrics["last_disconnect"]?.string?.hasSuffix("Z") == true)

            await node.kill()
            try await events.next("nodeReconnecting") { $0["attempt"]?.int64 == 5 }
            metrics = try await client.get("/v1/metrics")
            #expect(metrics["total_disconnects"]?.int64 == 2)
            #expect(metrics["total_reconnects"]?.int64 == 1)
            #expect((metrics["failed_reconnects"]?.int64 ?? 0) >= 3)
            #expect(metrics["success_rate"]?.double == 50)
            let health = try await client.get("/v1/health")
            let main = health["nodes"]?["main"]
            #expect(health["status"]?.string == "down")
            #expect(main?["connected"]?.bool == false)
            #expect(main?["reconnecting"]?.bool == true)
            #expect((main?["reconnect_attempts"]?.int64 ?? 0) >= 5)
        }
    }

    @Test("shows an open circuit breaker, and when it closes", .timeLimit(.minutes(2)))
    func breaker() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.baseReconnectDelay = 0.02
            configuration.maxReconnectDelay = 0.05
            await node.kill()
            let lavadeck = try await LavadeckProcess.running(configuration)
            let status = try await eventually("an open breaker") {
                let status = try await lavadeck.client().get("/v1/nodes/main")
                return status["circuitBreaker"]?["open_until"]?.string == nil ? nil : status
            }
            #expect((status["circuitBreaker"]?["failures"]?.int64 ?? 0) >= 5)
            #expect(status["available"]?.bool == false)
            #expect(status["connected"]?.bool == false)
            #expect(status["sessionId"]?.isNull == true)
        }
    }
}
