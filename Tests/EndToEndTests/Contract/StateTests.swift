import SimulatedNode
import Support
import Testing
import Wire

@Suite("The saved state")
struct StateTests {
    /// Numbered tracks that need no node to be loaded.
    static func tracks(_ count: Int) -> (identifiers: [String], body: String) {
        let identifiers = (1...count).map { "tone-60s/\($0)" }
        let tracks = identifiers.map {
            #"{"encoded":"\#(Catalogue.encoded($0))"}"#
        }
        return (identifiers, #"{"tracks":[\#(tracks.joined(separator: ","))]}"#)
    }

    @Test("is as old as stateSaveInterval at most", .timeLimit(.minutes(2)))
    func interval() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (before, after) = try await placesAroundDeath(of: node, interval: 0.5)
            // An interval, and the time that a busy machine takes to write.
            #expect(after >= before - 1_500, "\(before) then \(after)")
        }
    }

    /// A place that is newer would show that the interval is not what decides.
    @Test("is no younger than the last saving", .timeLimit(.minutes(2)))
    func longInterval() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (before, after) = try await placesAroundDeath(of: node, interval: 3_600)
            #expect(after <= before - 2_000, "\(before) then \(after)")
        }
    }

    /// The player's place before SIGKILL of Lavadeck and its node, and after it alone came back.
    private func placesAroundDeath(
        of node: NodeHere,
        interval: Double
    ) async throws -> (before: Int64, after: Int64) {
        var configuration = TestConfiguration(node)
        configuration.stateSaveInterval = interval
        let lavadeck = try await LavadeckProcess.running(configuration)
        let events = try await lavadeck.eventsFromTheBeginning()
        try await events.next("nodeReady")
        let bot = Bot(lavadeck)
        try await bot.join(node)
        try await bot.play(node.tracks.long)
        try await events.next("playerPositionUpdate") {
            ($0["state"]?["position"]?.int64 ?? 0) >= 4_000
        }
        let before = try #require(try await bot.player()["position"]?.int64)
        try await lavadeck.kill()
        await node.kill()
        try await lavadeck.start()
        let after = try #require(try await Bot(lavadeck).player()["position"]?.int64)
        return (before, after)
    }

    @Test("keeps queues longer than 100, and filters", .timeLimit(.minutes(2)))
    func whole() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            try await bot.play(node.tracks.long)
            let (identifiers, body) = Self.tracks(250)
            #expect(try await bot.client.post(bot.path + "/queue", body).status == 201)
            try await bot.patch(#"{"filters":\#(Scenario.filters),"loop":"queue","volume":55}"#)
            try await lavadeck.kill()
            try await lavadeck.start()
            let again = Bot(lavadeck)
            let queue = try await again.client.get(again.path + "/queue?limit=1000")
            let found = queue["entries"]?.elements.map { $0["info"]?["identifier"]?.string }
            #expect(found == identifiers)
            let player = try await again.player()
            #expect(player["filters"]?["tremolo"]?["depth"]?.double == 0.5)
            #expect(player["loop"]?.string == "queue")
            #expect(player["volume"]?.int64 == 55)
        }
    }

    @Test("of one player goes out and comes back as it was", .timeLimit(.minutes(2)))
    func onePlayer() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            try await bot.play(node.tracks.long, and: #""position":45000"#)
            let (identifiers, body) = Self.tracks(120)
            _ = try await bot.client.post(bot.path + "/queue", body)
            try await bot.patch(
                #"{"filters":\#(Scenario.filters),"loop":"track","volume":55,"paused":true}"#
            )
            let place = try #require(try await bot.player()["position"]?.int64)
            let backup = try await bot.client.get(bot.path + "/state")
            expectContract(backup, bot.guild, queued: 120)
            #expect(place >= 45_000 && backup["position"]?.int64 == place, "it is paused")
            #expect(try await bot.client.delete(bot.path).status == 204)
            #expect(try await bot.client.get(bot.path).status == 404)

            let restored = try await bot.client.put(bot.path + "/state", backup.text)
            #expect(restored.status == 201, "\(restored.text)")
            try await events.next("voiceReconnectRequired") { event in
                event["channelId"]?.string == Bot.channel
            }
            try await bot.giveVoice(node)
            #expect(try await bot.player()["position"]?.int64 == place)
            try await expectRestored(bot, on: node, lavadeck, identifiers)
        }
    }

    private func expectContract(_ state: HTTPClient.Answer, _ guild: String, queued: Int) {
        #expect(state.status == 200)
        #expect(state["guildId"]?.string == guild)
        #expect(state["voiceChannel"]?.string == Bot.channel)
        #expect(state["textChannel"]?.isNull == true)
        #expect(state["queue"]?.elements.count == queued)
        #expect(state["queue"]?.elements.allSatisfy { $0.string != nil } == true)
        #expect(state["current"]?.string != nil)
        #expect(state["volume"]?.int64 == 55)
        #expect(state["paused"]?.bool == true)
        #expect(state["loop"]?.string == "track")
    }

    private func expectRestored(
        _ bot: Bot,
        on node: NodeHere,
        _ lavadeck: LavadeckProcess,
        _ identifiers: [String]
    ) async throws {
        let player = try await bot.player()
        #expect(player["paused"]?.bool == true)
        #expect(player["loop"]?.string == "track")
        let queue = try await bot.client.get(bot.path + "/queue?limit=1000")
        let found = queue["entries"]?.elements.compactMap { $0["info"]?["identifier"]?.string }
        #expect(found == identifiers)
        let session = try await lavadeck.session()
        let there = try #require(try await node.player(bot.guild, session: session))
        #expect(there["track"]?["info"]?["identifier"]?.string == node.tracks.long)
        #expect(there["volume"]?.int64 == 55)
        #expect(there["paused"]?.bool == true)
        #expect(there["filters"]?["tremolo"]?["depth"]?.double == 0.5)
    }
}

@Suite("All saved states")
struct AllStatesTests {
    @Test("are saved, listed and cleared, and live players play on", .timeLimit(.minutes(2)))
    func saveAndClear() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bots = [1, 2, 3].map { Bot(lavadeck, guild: $0) }
            for bot in bots { try await bot.join(node) }
            try await bots[0].play(node.tracks.long)
            let client = lavadeck.client()
            #expect(try await client.post("/v1/state/save")["saved"]?.int64 == 3)
            let list = try await client.get("/v1/state")
            #expect(list["players"]?.elements.map { $0["guildId"]?.string } == bots.map(\.guild))
            #expect(try await client.delete("/v1/state")["cleared"]?.int64 == 3)
            #expect(try await bots[0].player()["state"]?.string == "playing")
            try await lavadeck.kill()
            try await lavadeck.start()
            let players = try await lavadeck.client().get("/v1/players")
            #expect(players["players"]?.elements.isEmpty == true)
        }
    }

    @Test("come back without touching players that are live", .timeLimit(.minutes(2)))
    func restore() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            // Nothing comes back by itself, so that there is something to restore.
            configuration.enableReconnect = false
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let lost = Bot(lavadeck, guild: 1)
            try await lost.join(node)
            let begun = ContinuousClock.now
            try await lost.play(node.tracks.long, and: #""position":30000,"volume":60"#)
            let mute = try await lavadeck.client().put(Bot(lavadeck, guild: 2).path, "{}")
            #expect(mute.status == 201)
            await node.kill()
            try await events.next("nodeDisconnect")
            try await node.start()
            _ = try await lavadeck.client().post("/v1/nodes/main/connect")
            try await events.next("nodeReady")
            let live = Bot(lavadeck, guild: 3)
            try await live.join(node)
            try await live.play(node.tracks.long)
            let told = await node.patches()?.filter { $0.hasPrefix("0003") }

            let job = try await finishedRestore(lavadeck)
            #expect(job["restored"]?.int64 == 1)
            let failed = job["failed"]?.elements ?? []
            #expect(failed.map { $0["guildId"]?.string } == [Bot(lavadeck, guild: 2).guild])
            #expect(failed.first?["reason"]?.string?.isEmpty == false)
            let toldNow = await node.patches()?.filter { $0.hasPrefix("0003") }
            #expect(toldNow == told, "a live player was touched")
            let session = try await lavadeck.session()
            let found = try #require(try await node.player(lost.guild, session: session))
            #expect(found["track"]?["info"]?["identifier"]?.string == node.tracks.long)
            #expect(found["volume"]?.int64 == 60)
            let place = try #require(try await lost.player()["position"]?.int64)
            #expect((30_000...31_500 + begun.elapsedMilliseconds).contains(place))
        }
    }

    private func finishedRestore(_ lavadeck: LavadeckProcess) async throws -> HTTPClient.Answer {
        let client = lavadeck.client()
        let begun = try await client.post("/v1/state/restore")
        #expect(begun.status == 202)
        let id = try #require(begun["id"]?.string)
        #expect(begun.headers["Location"] == "/v1/state/restore/\(id)")
        return try await eventually("the end of the restore") {
            let job = try await client.get("/v1/state/restore/\(id)")
            return job["done"]?.bool == true ? job : nil
        }
    }
}
