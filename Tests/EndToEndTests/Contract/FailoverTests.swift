import SimulatedNode
import Support
import Testing
import Wire

@Suite("Two nodes")
struct FailoverTests {
    /// A service on both, with a player that plays; the node that has it comes first.
    private func began(
        _ first: NodeHere,
        _ second: NodeHere
    ) async throws -> (bot: Bot, events: EventStream, home: NodeHere, other: NodeHere) {
        var configuration = TestConfiguration(first, second)
        configuration.nodes[1].name = "spare"
        let lavadeck = try await LavadeckProcess.running(configuration)
        let events = try await lavadeck.eventsFromTheBeginning()
        for _ in 0..<2 { try await events.next("nodeReady") }
        let bot = Bot(lavadeck)
        try await bot.join(first)
        try await bot.play(first.tracks.long, and: #""position":30000,"volume":60"#)
        try await events.next("playerPositionUpdate") {
            ($0["state"]?["position"]?.int64 ?? 0) > 30_000
        }
        let name = try await bot.player()["node"]?.string
        return name == "main" ? (bot, events, first, second) : (bot, events, second, first)
    }

    private func session(on name: String, _ bot: Bot) async throws -> String {
        let node = try await bot.client.get("/v1/nodes/\(name)")
        return try #require(node["sessionId"]?.string)
    }

    @Test("stand in for each other at once when a process is gone", .timeLimit(.minutes(2)))
    func movesAtOnce() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { first in
            try await withNode(try await NodeHere.startedQuickly()) { second in
                let (bot, events, home, other) = try await began(first, second)
                let place = try #require(try await bot.player()["position"]?.int64)
                let begun = ContinuousClock.now
                await home.kill()
                let move = try await events.next("playerMove", within: .seconds(10))
                try await events.next("playersRestored")
                let name = try #require(move["to"]?.string)
                #expect(move["from"]?.string != name && move["guildId"]?.string == bot.guild)
                let session = try await session(on: name, bot)
                let found = try #require(try await other.player(bot.guild, session: session))
                #expect(found["track"]?["info"]?["identifier"]?.string == home.tracks.long)
                #expect(found["volume"]?.int64 == 60)
                let now = try #require(try await bot.player()["position"]?.int64)
                #expect((place...place + 1_500 + begun.elapsedMilliseconds).contains(now))

                // The node that comes back has no copy of the player.
                try await home.start()
                try await events.next("nodeReady")
                #expect(await home.node.guilds.isEmpty)
                #expect(try await bot.player()["node"]?.string == name)
            }
        }
    }

    @Test("do not move what is resumed in time", .timeLimit(.minutes(2)))
    func resumes() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { first in
            try await withNode(try await NodeHere.startedQuickly()) { second in
                let (bot, events, home, _) = try await began(first, second)
                let before = await home.patches()
                await home.node.drop()
                let ready = try await events.next("nodeReady")
                #expect(ready["data"]?["resumed"]?.bool == true)
                try await events.next("playerPositionUpdate")
                let after = await home.patches()
                #expect(after == before)
                #expect(!events.names.contains("playerMove"))
                #expect(try await bot.player()["state"]?.string == "playing")
            }
        }
    }
}
