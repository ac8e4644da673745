import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("A node of an older version")
struct PersonaTests {
    private static func bench(_ version: String) -> Bench {
        var settings = NodeSettings()
        settings.version = version
        return Bench(settings)
    }

    private static let withoutChannel = #"{"voice":{"token":"t","endpoint":"e","sessionId":"s"}}"#

    @Test(
        "needs and tells the channel since 4.2 alone",
        arguments: [
            ("4.2.2", 400), ("4.2.0", 400), ("4.1.2", 200), ("4.0.0", 200),
        ]
    )
    func channel(version: String, status: Int) {
        var bench = Self.bench(version)
        #expect(bench.patch(Self.withoutChannel).status == status)
        let voice = bench.patch("{}").json["voice"]
        #expect((voice?["channelId"] != nil) == (status == 400))
    }

    @Test("tells what it was sent of voice when that is not enough")
    func partialVoice() {
        var bench = Self.bench("4.1.0")
        let answer = bench.patch(#"{"voice":{"token":"t","endpoint":" ","sessionId":"s"}}"#)
        #expect(answer.message?.hasPrefix("Partial Lavalink voice state") == true)
        #expect(answer.message?.contains("token=t") == true)
    }

    @Test(
        "has stack traces since 4.1",
        arguments: [("4.2.2", true), ("4.1.0", true), ("4.0.8", false)]
    )
    func traces(version: String, has: Bool) {
        var bench = Self.bench(version)
        bench.connectVoice()
        bench.play(Catalogue.track("fail-9s", length: 9_000).encoded())
        bench.advance(by: 100)
        let exception = bench.messages.first { $0.contains("TrackException") }
        #expect(exception?.contains("causeStackTrace") == has)
    }

    @Test(
        "says its sources' own words before 4.0.8",
        arguments: [
            ("4.0.8", 400, "fault"), ("4.0.7", 500, "common"),
        ]
    )
    func failures(version: String, status: Int, severity: String) {
        var bench = Self.bench(version)
        #expect(bench.patch(#"{"track":{"identifier":"error:why"}}"#).status == status)
        let ticket = bench.send(.get, "/v4/loadtracks", query: "identifier=error:why")
        let data = Answer(bench.answers[ticket]).json["data"]
        #expect(data?["severity"]?.string == severity)
        #expect((data?["message"]?.string == "why") == (status == 500))
    }

    @Test(
        "drops its sockets at the end before 4.0.8",
        arguments: [("4.0.8", true), ("4.0.7", false)]
    )
    func ends(version: String, orderly: Bool) {
        var bench = Self.bench(version)
        bench.take(bench.node.terminate(gracefully: true, now: bench.time))
        let isClosed = bench.outputs.contains { if case .close = $0 { true } else { false } }
        #expect(isClosed == orderly)
    }

    @Test(
        "of 4.0.1 leaves out empty objects, and no other does",
        arguments: [
            ("4.0.0", true), ("4.0.1", false), ("4.0.2", true),
        ]
    )
    func emptyObjects(version: String, has: Bool) {
        var bench = Self.bench(version)
        let track = bench.patch(#"{"track":{"encoded":"\#(Bench.track)"}}"#).json["track"]
        #expect((track?["userData"] != nil) == has)
        #expect(track?["pluginInfo"] != nil)  // not empty: a probe
    }

    @Test("ignores seeks while paused, in 4.0.0", arguments: [("4.0.0", 1_000), ("4.0.1", 50_000)])
    func seeks(version: String, place: Int64) {
        var bench = Self.bench(version)
        bench.connectVoice()
        bench.play()
        bench.patch(#"{"paused":true,"position":50000}"#)
        bench.patch(#"{"paused":false}"#)
        bench.advance(by: 1_000)
        #expect(abs((bench.read().position ?? 0) - place) < 1_500)
    }

    @Test("mends fewer voice closes before 4.1.2", arguments: [("4.1.2", true), ("4.1.1", false)])
    func mends(version: String, silently: Bool) {
        var bench = Self.bench(version)
        bench.connectVoice()
        bench.closeVoice(4_009)
        #expect(bench.story.isEmpty == silently)
    }
}
