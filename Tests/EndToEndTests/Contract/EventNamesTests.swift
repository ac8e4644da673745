import Support
import Testing
import Wire

@Suite("The events of the contract")
struct EventNamesTests {
    @Test("are all pushed, with their members", .timeLimit(.minutes(2)))
    func nine() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.infiniteReconnect = false
            // Enough that a slow machine has the node back in time.
            configuration.maxReconnectAttempts = 20
            configuration.maxReconnectDelay = 0.3
            let lavadeck = try await LavadeckProcess.running(configuration)
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            try await bot.play(node.tracks.long)
            try await events.next("playerPositionUpdate") { $0["state"]?["position"]?.int64 != 0 }
            await node.kill()
            try await events.next("nodeReconnecting")
            try await node.start()
            try await events.next("playersRestored")
            await node.kill()
            try await events.next("nodeReconnectExhausted")
            expectAll(events.heard, guild: bot.guild)
        }
    }

    private func expectAll(_ heard: [EventStream.Event], guild: String) {
        let byName = Dictionary(grouping: heard, by: \.name)
        for (name, isWhole) in Self.contract {
            let event = byName[name]?.first
            #expect(event != nil, "\(name) was not pushed")
            guard let event else { continue }
            #expect(event["type"]?.string == name)
            #expect(event["at"]?.string?.hasSuffix("Z") == true)
            #expect(event["node"]?.string == "main", "\(event)")
            #expect(isWhole(event), "\(event)")
        }
        let update = byName["playerPositionUpdate"]?.first
        #expect(update?["guildId"]?.string == guild)
    }

    private static let contract: [(String, @Sendable (EventStream.Event) -> Bool)] = [
        ("nodeConnect", { _ in true }),
        ("nodeDisconnect", { $0["code"]?.int64 != nil && $0["players"]?.int64 == 1 }),
        (
            "nodeReconnecting",
            { ($0["attempt"]?.int64 ?? 0) > 0 && ($0["delay"]?.double ?? 0) > 0 }
        ),
        ("nodeReconnectExhausted", { $0["attempts"]?.int64 == 20 }),
        ("nodeReady", { $0["data"]?["sessionId"]?.string != nil }),
        ("nodeStats", { $0["stats"]?["players"]?.int64 != nil }),
        ("nodeError", { $0["error"]?.string?.isEmpty == false }),
        ("playersRestored", { $0["count"]?.int64 == 1 }),
        (
            "playerPositionUpdate",
            { $0["state"]?["position"]?.int64 != nil && $0["state"]?["connected"]?.bool == true }
        ),
    ]

    @Test("tell a player's life", .timeLimit(.minutes(2)))
    func playersLife() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let bot = Bot(lavadeck)
            let events = try await lavadeck.eventsFromTheBeginning("guildId=\(bot.guild)")
            try await bot.join(node)
            try await bot.play("tone-1s")
            try await events.next("trackEnd") { $0["reason"]?.string == "finished" }
            try await bot.play("fail-30s")
            try await events.next("trackError")
            try await bot.play(node.tracks.long)
            try await bot.post("pause")
            try await bot.post("resume")
            try await bot.post("seek", #"{"position":20000}"#)
            try await bot.patch(#"{"volume":70,"filters":{"rotation":{"rotationHz":0.2}}}"#)
            try await bot.post("stop")
            let gone = try await bot.client.delete(bot.path)
            #expect(gone.status == 204)
            try await events.next("playerDestroy") { $0["reason"]?.string == "requested" }
            let expected = [
                "playerCreate", "playerVoiceUpdate", "playerConnect", "trackStart", "trackEnd",
                "queueEnd", "trackError", "playerPause", "playerResume", "playerSeek",
                "playerVolumeChange", "playerFiltersChange", "playerStop", "playerDestroy",
            ]
            #expect(expected.filter { !events.names.contains($0) } == [])
            #expect(events.heard.dropFirst(2).allSatisfy { $0["guildId"]?.string == bot.guild })
        }
    }
}
