import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("A node that is looked into")
struct InspectionTests {
    private static let guild = Int64(Bench.guild) ?? 0

    private static func look(_ bench: Bench) -> PlayerSnapshot? {
        bench.node.snapshot(of: guild, in: bench.session, now: bench.time)
    }

    @Test("shows where in the music a player is, wherever its own count is")
    func place() {
        var bench = Bench()
        bench.connectVoice()
        bench.patch(#"{"filters":{"timescale":{"speed":2}}}"#)
        bench.play()
        bench.advance(by: 10_000)
        let player = Self.look(bench)
        let place = player?.track?.position ?? 0
        #expect(abs(place - 20_000) < 1_000)
        #expect(player?.playbackRate == 2)
        #expect(player?.filters.description.contains(#""speed":2"#) == true)
        #expect(player?.track?.identifier == "tone-120s")
        #expect((bench.read().position ?? 0) < 11_000)
    }

    @Test("changes nothing by being looked into")
    func pure() {
        var (looked, other) = (Bench(), Bench())
        for step in 1...50 {
            if step == 1 {
                looked.connectVoice()
                looked.play()
                other.connectVoice()
                other.play()
            }
            looked.advance(by: 333)
            other.advance(by: 333)
            _ = looked.node.snapshot(of: Self.guild, in: looked.session, now: looked.time)
        }
        #expect(looked.messages == other.messages)
    }

    @Test("shows which players are heard: with voice, unpaused, and with frames")
    func audible() {
        var bench = Bench()
        func heard() -> [Int64] { bench.node.sessionSnapshots.first?.audible ?? [] }
        bench.play(Catalogue.track("stick-30s-at-5s", length: 30_000).encoded())
        #expect(heard() == [])
        bench.connectVoice()
        #expect(heard() == [Self.guild])
        bench.patch(#"{"paused":true}"#)
        #expect(heard() == [] && Self.look(bench)?.paused == true)
        bench.patch(#"{"paused":false}"#)
        bench.advance(by: 6_000)
        #expect(heard() == [] && Self.look(bench)?.track?.isStarved == true)
        bench.play()
        #expect(heard() == [Self.guild])
        bench.take(bench.node.closeVoice(of: Self.guild, code: 4014, now: bench.time))
        #expect(heard() == [] && Self.look(bench)?.isConnected == false)
        #expect(Self.look(bench)?.track?.isPulled == true)
    }

    @Test("shows whose sessions there are, paused ones too")
    func sessions() {
        var bench = Bench()
        bench.makeResumable()
        bench.play()
        bench.lose()
        bench.connect(["User-Id": "7"])
        let sessions = bench.node.sessionSnapshots
        #expect(sessions.map(\.user) == ["170939974227591168", "7"])
        #expect(sessions.map(\.isConnected) == [false, true])
        #expect(sessions.map(\.guilds) == [[Self.guild], []])
    }

    @Test("sends as many events twice as it is told, and no updates")
    func twice() {
        var bench = Bench()
        bench.connectVoice()
        bench.node.script.repeatedEvents = 2
        bench.play()
        bench.patch(#"{"track":{"encoded":null}}"#)
        bench.play()
        let twice = ["start 0", "start 0", "end stopped 0", "end stopped 0"]
        #expect(bench.events == twice + ["start 0"])
        #expect(bench.story.count { $0.hasPrefix("update") } == 4)
    }

    @Test("plays on 5 s from an exception in the middle to the end that it calls finished")
    func breaks() {
        var bench = Bench()
        bench.connectVoice()
        bench.play(Catalogue.track("break-120s-at-30s", length: 120_000).encoded())
        bench.advance(by: 24_000)
        #expect(bench.events == ["start 0"])
        bench.advance(by: 2_000)
        #expect(bench.events.last?.hasPrefix("exception 249") == true)
        bench.advance(by: 3_000)
        #expect(bench.events.count == 2)
        bench.advance(by: 2_000)
        #expect(bench.events.last?.hasPrefix("end finished 299") == true)
    }
}
