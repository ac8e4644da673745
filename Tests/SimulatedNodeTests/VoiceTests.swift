import SimulatedNode
import Testing
import Wire

@Suite("Voice of a player")
struct VoiceTests {
    /// Complete voice data, of which one part may be other: `token=b`.
    static func data(_ change: String = "") -> String {
        let other = change.split(separator: "=")
        let members = ["token", "endpoint", "sessionId", "channelId"].map { name in
            let usual = name == "channelId" ? "9" : name
            let value = other.first.map(String.init) == name ? String(other[1]) : usual
            return "\"\(name)\":\"\(value)\""
        }
        return "{\"voice\":{" + members.joined(separator: ",") + "}}"
    }

    @Test("is connected in the answer, with ping 0, and ready a little later")
    func connects() {
        var bench = Bench()
        let answer = bench.patch(Self.data())
        #expect(answer.json["state"]?["connected"]?.bool == true)
        #expect(answer.json["state"]?["ping"]?.int64 == 0)
        #expect(answer.json["voice"]?["channelId"]?.string == "9")
        bench.advance(by: 10)
        #expect(bench.story == ["update 0"])
        bench.advance(by: 6_000)
        #expect(bench.read().json["state"]?["ping"]?.int64 == 12)
    }

    @Test("of the same data is left alone")
    func same() {
        var bench = Bench()
        bench.patch(Self.data())
        bench.advance(by: 100)
        bench.clear()
        #expect(bench.patch(Self.data()).status == 200)
        #expect(bench.story.isEmpty)
    }

    @Test(
        "of any other value drops the old connection first",
        arguments: ["token=a", "endpoint=a", "sessionId=a", "channelId=7"]
    )
    func changed(part: String) {
        var bench = Bench()
        bench.patch(Self.data())
        bench.play()
        bench.advance(by: 1_000)
        bench.clear()
        #expect(bench.patch(Self.data(part)).json["state"]?["connected"]?.bool == true)
        bench.advance(by: 10)
        #expect(bench.story == ["closed 1000 false", "update 1340 gone", "update 1340"])
    }

    @Test(
        "that the server closes is told at once, and the track runs on",
        arguments: [
            1000, 4004, 4006, 4011, 4014, 4017, 4021, 4022,
        ]
    )
    func closed(code: Int) {
        var bench = PlaybackTests.playing("tone", length: 60_000)
        bench.advance(by: 1_000)
        bench.clear()
        bench.closeVoice(code)
        #expect(bench.story == ["closed \(code) true", "update 1360 gone"])
        bench.advance(by: 1_000)
        #expect(bench.read().position == 2_360)
        bench.clear()
        bench.patch(#"{"voice":\#(Bench.voice)}"#)
        bench.advance(by: 10)
        #expect(bench.story == ["update 2360"])
    }

    @Test("that the node mends by itself is not seen", arguments: [1001, 1006, 4000, 4009, 4015])
    func mended(code: Int) {
        var bench = PlaybackTests.playing("tone", length: 60_000)
        bench.clear()
        bench.closeVoice(code)
        #expect(bench.story.isEmpty)
    }

    @Test("ends with the player: end, close, update, in this order")
    func destroyed() {
        var bench = PlaybackTests.playing("tone", length: 60_000)
        bench.advance(by: 1_000)
        bench.clear()
        let ticket = bench.send(.delete, bench.player)
        #expect(bench.answers[ticket]?.status == 204)
        #expect(bench.story == ["end stopped 1360", "closed 1000 false", "update 0 gone"])
        #expect(bench.read().status == 404)
        #expect(bench.ask(.delete, bench.player)?.status == 204)
        #expect(bench.story.count == 3)
    }

    @Test("that refuses the identity closes after the PATCH, and no audio is pulled")
    func refused() {
        var bench = Bench()
        bench.node.script.voice = [VoiceRule(.identifyRefused(code: 4006, reason: "no"))]
        let body = #"{"voice":\#(Bench.voice),"track":{"encoded":"\#(Bench.track)"}}"#
        #expect(bench.patch(body).json["state"]?["connected"]?.bool == true)
        bench.advance(by: 3_000)
        #expect(
            bench.story == ["start 0", "update 0", "update 0", "closed 4006 true", "update 0 gone"]
        )
        #expect(bench.read().position == 0)
    }

    @Test("that is silent is connected without sound, until cleanup")
    func silent() {
        var bench = Bench()
        bench.node.script.voice = [VoiceRule(endpoint: "voice.example", .silent)]
        bench.connectVoice()
        bench.play()
        bench.advance(by: 5_000)
        let state = bench.read().json["state"]
        #expect(state?["connected"]?.bool == true)
        #expect(state?["ping"]?.int64 == 0)
        #expect(state?["position"]?.int64 == 0)
        bench.advance(by: 70_000)
        #expect(bench.events.last == "end cleanup 0")
    }

    @Test("that refuses the WebSocket is 500, and the player is there")
    func upgradeRefused() {
        var bench = Bench()
        bench.node.script.voice = [VoiceRule(times: 1, .upgradeRefused)]
        let answer = bench.patch(Self.data())
        #expect(answer.status == 500)
        #expect(answer.message == "Failed to connect to voice server")
        #expect(bench.read().json["state"]?["connected"]?.bool == false)
        #expect(bench.patch(Self.data()).status == 200)
    }

    @Test("that cannot be reached never answers, nor do those behind it, until the player goes")
    func unreachable() {
        var bench = Bench()
        bench.node.script.voice = [VoiceRule(times: 1, .unreachable)]
        #expect(bench.patch(Self.data()).status == nil)
        #expect(bench.patch(Self.data()).status == nil)
        #expect(bench.patch(#"{"volume":5}"#).status == 200)
        #expect(bench.ask(.delete, bench.player)?.status == 204)
        #expect(bench.patch(Self.data()).status == 200)
    }

    @Test("of a channel that is no number is 500, after the old connection was dropped")
    func notANumber() {
        var bench = Bench()
        bench.connectVoice()
        #expect(bench.patch(Self.data("channelId=abc")).status == 500)
        #expect(bench.story == ["closed 1000 false", "update 0 gone"])
    }

    @Test("given twice at once is connected once, then again")
    func queued() {
        var bench = Bench()
        let first = bench.send(.patch, bench.player, body: Self.data())
        let second = bench.send(.patch, bench.player, body: Self.data("token=b"))
        #expect(bench.answers.isEmpty)
        bench.advance(by: 100)
        #expect(bench.answers[first]?.status == 200)
        #expect(bench.answers[second]?.status == 200)
        #expect(bench.read().json["voice"]?["token"]?.string == "b")
    }
}

extension Bench {
    mutating func closeVoice(_ code: Int) {
        let guild = Int64(Self.guild) ?? 0
        take(node.closeVoice(of: guild, code: code, reason: "by request", now: time))
    }
}
