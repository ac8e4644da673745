import Support
import Testing
import Wire

@Suite("The stream of events")
struct StreamTests {
    /// Makes a player with its volume changed so many times: one event more than that.
    private func act(_ lavadeck: LavadeckProcess, guild: Int, changes: Int) async throws {
        let bot = Bot(lavadeck, guild: guild)
        #expect(try await bot.client.put(bot.path, "{}").status < 300)
        for volume in 1...changes { try await bot.patch(#"{"volume":\#(guild * 100 + volume)}"#) }
    }

    @Test("replays exactly what was missed", .timeLimit(.minutes(2)))
    func replay() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let witness = try await lavadeck.events()
        let first = try await lavadeck.events()
        try await act(lavadeck, guild: 1, changes: 3)
        let last = try await first.next("playerVolumeChange") { $0["volume"]?.int64 == 103 }
        // While nobody listens on the first stream:
        try await act(lavadeck, guild: 2, changes: 5)
        let second = try await lavadeck.events(lastEventID: last.id)
        try await act(lavadeck, guild: 3, changes: 2)
        for stream in [second, witness] {
            try await stream.next("playerVolumeChange") { $0["volume"]?.int64 == 302 }
        }
        let whole = witness.heard.filter { $0.name != "bookmark" }.map(\.description)
        let before = first.heard.filter { $0.name != "bookmark" }
        let known = before.prefix { $0.id != last.id }.map(\.description) + [last.description]
        let missed = second.heard.filter { $0.name != "bookmark" }.map(\.description)
        #expect(known + missed == whole)
        #expect(whole.count == 4 + 6 + 3)
    }

    @Test("says reset for an id that it does not know", .timeLimit(.minutes(2)))
    func reset() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        try await act(lavadeck, guild: 1, changes: 3)
        let now = try await lavadeck.events()
        let mark = try await now.next("bookmark")
        let epoch = mark.id.split(separator: "-")[0]
        for id in ["0-1", "garbage", "\(epoch)-99", "\(epoch)-", "0-18446744073709551616"] {
            let stream = try await lavadeck.events(lastEventID: id)
            let reset = try await stream.next("reset")
            #expect(reset.id == mark.id, "where the stream is")
            #expect(stream.names == ["reset"], "\(id)")
        }
        // An id of a former life is not known either.
        try await lavadeck.kill()
        try await lavadeck.start()
        try await lavadeck.events(lastEventID: mark.id).next("reset")
    }

    @Test("is filtered by guild and by type", .timeLimit(.minutes(2)))
    func filters() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let guild = Bot(lavadeck, guild: 1).guild
        let byGuild = try await lavadeck.events("guildId=\(guild)")
        let byType = try await lavadeck.events("types=playerCreate,playerDestroy")
        let byBoth = try await lavadeck.events("guildId=\(guild)&types=playerVolumeChange")
        try await act(lavadeck, guild: 2, changes: 2)
        try await act(lavadeck, guild: 1, changes: 2)
        for stream in [byGuild, byBoth] {
            try await stream.next("playerVolumeChange") { $0["volume"]?.int64 == 102 }
        }
        for _ in 0..<2 { try await byType.next("playerCreate") }
        #expect(
            byGuild.names == [
                "bookmark", "playerCreate", "playerVolumeChange", "playerVolumeChange",
            ]
        )
        #expect(byType.names == ["bookmark", "playerCreate", "playerCreate"])
        #expect(byBoth.names == ["bookmark", "playerVolumeChange", "playerVolumeChange"])
    }

    @Test("shows that it lives, and is read by anybody's reader", .timeLimit(.minutes(2)))
    func heartbeat() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let stream = try await lavadeck.events()
        #expect(stream.retryMilliseconds == nil || stream.retryMilliseconds == 2_000)
        try await stream.comment(within: .seconds(20))
        #expect(stream.retryMilliseconds == 2_000)
        #expect(stream.names == ["bookmark"])
    }

    @Test("has ids that only grow, in the order of what happened", .timeLimit(.minutes(2)))
    func order() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let stream = try await lavadeck.events()
        try await act(lavadeck, guild: 1, changes: 20)
        try await stream.next("playerVolumeChange") { $0["volume"]?.int64 == 120 }
        let numbers = stream.heard.dropFirst().compactMap { event in
            event.id.split(separator: "-").last.flatMap { Int($0) }
        }
        #expect(numbers == Array(1...21))
        let volumes = stream.heard.compactMap { $0["volume"]?.int64 }
        #expect(volumes == (101...120).map(Int64.init))
    }
}
