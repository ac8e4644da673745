import SimulatedNode
import Support
import Testing
import Wire

@Suite("The options of reconnecting")
struct ReconnectingTests {
    @Test("make delays grow with jitter up to maxReconnectDelay", .timeLimit(.minutes(2)))
    func delays() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.baseReconnectDelay = 0.1
            configuration.maxReconnectDelay = 0.5
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            await node.script { $0.refuseHandshakes(6) }
            await node.node.drop()
            for attempt in 1...6 {
                let event = try await events.next("nodeReconnecting")
                #expect(event["attempt"]?.int64 == Int64(attempt))
                let delay = try #require(event["delay"]?.double)
                let base = min(0.1 * Double(1 << (attempt - 1)), 0.5)
                #expect(delay >= base * 0.75 && delay <= min(base * 1.25, 0.5))
                // What comes of an attempt comes when its delay is over.
                let next = try await events.next("nodeError") { $0["node"]?.string == "main" }
                let waited = try milliseconds(from: event, to: next)
                #expect(
                    waited >= Int64(delay * 1_000) - 2 && waited <= Int64(delay * 1_000) + 5_000
                )
            }
            try await events.next("nodeReady")
        }
    }

    @Test(
        "give up after maxReconnectAttempts, until somebody says connect",
        .timeLimit(.minutes(2))
    )
    func exhausted() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.infiniteReconnect = false
            configuration.maxReconnectAttempts = 2
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            await node.kill()
            let end = try await events.next("nodeReconnectExhausted")
            #expect(end["node"]?.string == "main" && end["attempts"]?.int64 == 2)
            #expect(events.names.count { $0 == "nodeReconnecting" } == 2)
            let client = lavadeck.client()
            let health = try await client.get("/v1/health")
            #expect(health["nodes"]?["main"]?["reconnecting"]?.bool == false)
            #expect(health["status"]?.string == "down")
            #expect(try await client.get("/v1/nodes/main")["state"]?.string == "exhausted")

            try await node.start()
            #expect(try await client.post("/v1/nodes/main/connect").status == 202)
            try await events.next("nodeReady")
        }
    }

    @Test("do nothing by themselves when enableReconnect is off", .timeLimit(.minutes(2)))
    func off() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.enableReconnect = false
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            try await bot.play(node.tracks.long)
            await node.kill()
            try await events.next("nodeDisconnect")
            let client = lavadeck.client()
            #expect(try await client.get("/v1/nodes/main")["state"]?.string == "disabled")
            try await node.start()
            _ = try await client.post("/v1/nodes/main/connect")
            try await events.next("nodeReady")
            #expect(!events.names.contains("nodeReconnecting"))
            #expect(!events.names.contains("playersRestored"))
            let session = try await lavadeck.session()
            let found = try await node.player(bot.guild, session: session)
            #expect(found == nil, "nobody asked for it")
        }
    }

    @Test("never give up unless they say so", .timeLimit(.minutes(2)))
    func infinite() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.maxReconnectAttempts = 1
            configuration.baseReconnectDelay = 0.02
            configuration.maxReconnectDelay = 0.04
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            await node.kill()
            try await events.next("nodeReconnecting") { $0["attempt"]?.int64 == 10 }
            try await node.start()
            try await events.next("nodeReady")
            #expect(!events.names.contains("nodeReconnectExhausted"))
        }
    }

    private func milliseconds(from: EventStream.Event, to: EventStream.Event) throws -> Int64 {
        func time(_ event: EventStream.Event) throws -> Int64 {
            let text = try #require(event["at"]?.string)
            let parts = text.dropLast().split { "T:.".contains($0) }.map { Int64($0) ?? 0 }
            try #require(parts.count == 5)
            return ((parts[1] * 60 + parts[2]) * 60 + parts[3]) * 1_000 + parts[4]
        }
        // Over midnight it is another day.
        return (try time(to) - (try time(from)) + 86_400_000) % 86_400_000
    }
}
