import Support
import Testing
import Wire

/// What must work on any Lavalink, simulated or real, step by step.
struct Scenario: Sendable {
    let node: any NodeUnderTest
    let lavadeck: LavadeckProcess
    let events: EventStream
    let bot: Bot

    /// A service with this node, and a bot whose player has voice data.
    static func began(on node: any NodeUnderTest) async throws -> Scenario {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
        let events = try await lavadeck.eventsFromTheBeginning()
        let bot = Bot(lavadeck)
        let scenario = Scenario(node: node, lavadeck: lavadeck, events: events, bot: bot)
        try await scenario.seeTheNode()
        try await bot.join(node)
        try await events.next("playerCreate")
        return scenario
    }

    private func seeTheNode() async throws {
        try await events.next("nodeConnect") { $0["node"]?.string == "main" }
        let ready = try await events.next("nodeReady")
        #expect(ready["data"]?["sessionId"]?.string?.isEmpty == false)
        #expect(ready["data"]?["resumed"]?.bool == false)
        let session = try await lavadeck.session()
        #expect(session == ready["data"]?["sessionId"]?.string)
    }

    // MARK: Playing

    static func plays(on node: any NodeUnderTest) async throws {
        let scenario = try await began(on: node)
        try await scenario.playAndHear()
        try await scenario.queueAndSkip()
        try await scenario.command()
        #expect(try await scenario.lavadeck.stop() == .exit(0))
        try await scenario.events.next("shutdown")
    }

    private func playAndHear() async throws {
        try await bot.play(node.tracks.long)
        let start = try await events.next("trackStart")
        #expect(start["guildId"]?.string == bot.guild)
        #expect(start["track"]?["info"]?["identifier"]?.string == node.tracks.long)
        let playing = try await bot.player()
        #expect(playing["state"]?.string == "playing")
        #expect(playing["current"]?["info"]?["identifier"]?.string == node.tracks.long)
        let connected = try await events.next("playerPositionUpdate") {
            ($0["state"]?["position"]?.int64 ?? 0) > 0
        }
        #expect(connected["state"]?["connected"]?.bool == true)
    }

    /// Three tracks behind the long one, each reached by a skip.
    private func queueAndSkip() async throws {
        try await bot.enqueue(node.tracks.short)
        #expect(try await bot.queue() == node.tracks.short)
        for (place, track) in node.tracks.short.enumerated() {
            try await bot.post("skip")
            try await events.next("trackSkip")
            let start = try await events.next("trackStart")
            #expect(start["track"]?["info"]?["identifier"]?.string == track)
            #expect(try await bot.queue() == Array(node.tracks.short[(place + 1)...]))
        }
        let last = try #require(node.tracks.short.last)
        let session = try await lavadeck.session()
        let found = try await node.player(bot.guild, session: session)
        #expect(found?["track"]?["info"]?["identifier"]?.string == last)
        try await bot.post("skip")
        try await events.next("queueEnd")
        #expect(try await bot.player()["state"]?.string == "idle")
        #expect(try await node.player(bot.guild, session: session)?["track"]?.isNull == true)
    }

    /// Volume, filters, position and pause, as the node has them.
    private func command() async throws {
        try await bot.play(node.tracks.long)
        try await events.next("trackStart")
        let begun = ContinuousClock.now
        try await bot.patch(#"{"volume":40,"filters":\#(Self.filters),"position":30000}"#)
        try await events.next("playerVolumeChange") { $0["volume"]?.int64 == 40 }
        try await events.next("playerSeek") { $0["position"]?.int64 == 30_000 }
        let session = try await lavadeck.session()
        let found = try #require(try await node.player(bot.guild, session: session))
        #expect(found["volume"]?.int64 == 40)
        expectFilters(found)
        let position = try #require(found["state"]?["position"]?.int64)
        #expect((29_500...31_500 + begun.elapsedMilliseconds).contains(position))
        let before = try #require(try await bot.player()["position"]?.int64)
        #expect((29_500...31_500 + begun.elapsedMilliseconds).contains(before))

        try await bot.patch(#"{"paused":true}"#)
        try await events.next("playerPause")
        #expect(try await node.player(bot.guild, session: session)?["paused"]?.bool == true)
        #expect(try await bot.player()["paused"]?.bool == true)
        try await bot.patch(#"{"paused":false}"#)
        try await events.next("playerResume")
        #expect(try await node.player(bot.guild, session: session)?["paused"]?.bool == false)
    }

    static let filters = #"{"equalizer":[{"band":1,"gain":0.25}],"tremolo":{"depth":0.5}}"#

    func expectFilters(
        _ found: JSONValue,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let filters = found["filters"]
        let band = filters?["equalizer"]?.elements.first { ($0["gain"]?.double ?? 0) != 0 }
        #expect(band?["band"]?.int64 == 1, sourceLocation: sourceLocation)
        #expect(band?["gain"]?.double == 0.25, sourceLocation: sourceLocation)
        #expect(filters?["tremolo"]?["depth"]?.double == 0.5, sourceLocation: sourceLocation)
    }
}
