import Support
import Testing
import Wire

extension Scenario {
    // MARK: kill -9 of the node

    /// Two players, one paused and one that plays, come back to where they were.
    static func survivesTheDeathOfTheNode(_ node: any NodeUnderTest) async throws {
        let scenario = try await began(on: node)
        let running = Bot(scenario.lavadeck, guild: 2)
        try await running.join(node)
        try await running.play(node.tracks.long, and: #""position":60000"#)
        try await scenario.bot.play(node.tracks.long, and: #""position":12000"#)
        try await scenario.bot.patch(#"{"volume":40,"filters":\#(filters),"paused":true}"#)
        try await scenario.events.next("playerPause")
        try await scenario.events.next("playerPositionUpdate") {
            $0["guildId"]?.string == running.guild
        }
        let places = try await (place(of: scenario.bot), place(of: running))
        let begun = ContinuousClock.now

        try await node.kill()
        try await scenario.seeTheNodeFail()
        try await node.start()
        try await scenario.seeTheNodeReturn(players: 2)
        try await scenario.expectPaused(at: places.0)
        try await scenario.expectRunning(running, from: places.1, since: begun)
    }

    private static func place(of bot: Bot) async throws -> Int64 {
        try #require(try await bot.player()["position"]?.int64)
    }

    private func seeTheNodeFail() async throws {
        let lost = try await events.next("nodeDisconnect")
        #expect(lost["node"]?.string == "main")
        #expect(lost["players"]?.int64 == 2)
        var delays: [Double] = []
        for attempt in 1...3 {
            let event = try await events.next("nodeReconnecting")
            #expect(event["attempt"]?.int64 == Int64(attempt))
            delays.append(try #require(event["delay"]?.double))
        }
        #expect(delays == delays.sorted() && delays[0] < delays[1] && delays[1] < delays[2])
    }

    private func seeTheNodeReturn(players: Int64) async throws {
        try await events.next("nodeConnect", within: .seconds(60))
        let ready = try await events.next("nodeReady")
        #expect(ready["data"]?["resumed"]?.bool == false)
        let restored = try await events.next("playersRestored")
        #expect(restored["count"]?.int64 == players)
        let metrics = try await lavadeck.client().get("/v1/metrics")
        #expect(metrics["total_disconnects"]?.int64 == 1)
        #expect(metrics["total_reconnects"]?.int64 == 1)
        #expect(metrics["players_restored"]?.int64 == players)
        #expect(metrics["success_rate"]?.double == 100)
    }

    /// The node itself has the paused player with all that it had; a node tells the place of a
    /// paused player wrongly (`lavalink-v4.md` §16, item 30), so it is let go on to see it.
    private func expectPaused(at place: Int64) async throws {
        let session = try await lavadeck.session()
        let found = try #require(try await node.player(bot.guild, session: session))
        #expect(found["track"]?["info"]?["identifier"]?.string == node.tracks.long)
        #expect(found["volume"]?.int64 == 40)
        #expect(found["paused"]?.bool == true)
        expectFilters(found)
        let shown = try #require(try await bot.player()["position"]?.int64)
        #expect(abs(shown - place) <= 100)

        try await bot.patch(#"{"paused":false}"#)
        let since = ContinuousClock.now
        let heard = try await events.next("playerPositionUpdate") { event in
            event["guildId"]?.string == bot.guild && (event["state"]?["position"]?.int64 ?? 0) > 0
        }
        let position = try #require(heard["state"]?["position"]?.int64)
        #expect((place - 1_500...place + 1_500 + since.elapsedMilliseconds).contains(position))
    }

    private func expectRunning(
        _ running: Bot,
        from place: Int64,
        since begun: ContinuousClock.Instant
    ) async throws {
        let session = try await lavadeck.session()
        // Until its first frame a node says 0.
        let found = try await eventually("a place of the running player") {
            let found = try await node.player(running.guild, session: session)
            return (found?["state"]?["position"]?.int64 ?? 0) > 0 ? found : nil
        }
        #expect(found["track"]?["info"]?["identifier"]?.string == node.tracks.long)
        #expect(found["paused"]?.bool == false)
        let shown = try #require(try await running.player()["position"]?.int64)
        let position = try #require(found["state"]?["position"]?.int64)
        #expect(abs(position - shown) <= 1_500)
        #expect((place - 1_500...place + 1_500 + begun.elapsedMilliseconds).contains(position))
    }

    // MARK: Lost connections

    /// First the WebSocket alone breaks, then Lavadeck dies: the node keeps playing, and nothing
    /// is sent again.
    static func resumes(on node: any NodeUnderTest) async throws {
        let scenario = try await began(on: node)
        try await scenario.bot.play(node.tracks.long)
        try await scenario.events.next("trackStart")
        try await scenario.bot.enqueue(node.tracks.short)
        try await scenario.bot.patch(#"{"volume":40,"filters":\#(filters)}"#)
        try await scenario.events.next("playerPositionUpdate")
        try await scenario.resumeAfterADrop()
        try await scenario.resumeAfterOurDeath()
    }

    private func resumeAfterADrop() async throws {
        let session = try await lavadeck.session()
        let patches = await node.patches()
        let drill = try await lavadeck.client().post("/v1/nodes/main/simulate-failure")
        #expect(drill.status == 202)
        #expect(drill["affectedPlayers"]?.int64 == 1)
        let lost = try await events.next("nodeDisconnect")
        #expect(lost["code"]?.int64 == 1006)
        let ready = try await events.next("nodeReady")
        #expect(ready["data"]?["resumed"]?.bool == true)
        #expect(ready["data"]?["sessionId"]?.string == session)
        try await expectUntouched(patches, lavadeck, events)
    }

    private func resumeAfterOurDeath() async throws {
        let session = try await lavadeck.session()
        let patches = await node.patches()
        try await lavadeck.kill()
        try await lavadeck.start()
        let events = try await lavadeck.eventsFromTheBeginning()
        let ready = try await events.next("nodeReady")
        #expect(ready["data"]?["resumed"]?.bool == true)
        #expect(ready["data"]?["sessionId"]?.string == session)
        try await expectUntouched(patches, lavadeck, events)
    }

    /// The music went on, the queue is there, and the node was told nothing anew.
    private func expectUntouched(
        _ patches: [String]?,
        _ lavadeck: LavadeckProcess,
        _ events: EventStream
    ) async throws {
        let bot = Bot(lavadeck)
        let update = try await events.next("playerPositionUpdate")
        let session = try await lavadeck.session()
        let found = try #require(try await node.player(bot.guild, session: session))
        let player = try await bot.player()
        #expect(found["track"]?["info"]?["identifier"]?.string == node.tracks.long)
        #expect(found["volume"]?.int64 == 40)
        expectFilters(found)
        let position = try #require(found["state"]?["position"]?.int64)
        let shown = try #require(player["position"]?.int64)
        #expect(abs(position - shown) <= 1_500)
        #expect((update["state"]?["position"]?.int64 ?? 0) > 0)
        #expect(player["state"]?.string == "playing")
        #expect(player["volume"]?.int64 == 40)
        #expect(try await bot.queue() == node.tracks.short)
        let patchesNow = await node.patches()
        #expect(patchesNow == patches)
        let told = events.names.filter { $0 == "playersRestored" || $0 == "trackEnd" }
        #expect(told.isEmpty, "\(events.heard.map(\.description).joined(separator: "\n"))")
    }
}
