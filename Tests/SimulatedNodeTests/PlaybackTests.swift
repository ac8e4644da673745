import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("A track")
struct PlaybackTests {
    static func playing(
        _ identifier: String,
        length: Int64 = 30_000,
        _ more: String = "",
        settings: NodeSettings = NodeSettings()
    ) -> Bench {
        var bench = Bench(settings)
        bench.connectVoice()
        bench.play(Catalogue.track(identifier, length: length).encoded(), more)
        return bench
    }

    @Test("ends at its length, and then there are no more updates")
    func ends() {
        var bench = Self.playing("tone-12s", length: 12_000)
        bench.advance(by: 60_000)
        #expect(
            bench.story == [
                "start 0", "update 0", "update 0", "update 5360", "update 10360",
                "end finished 11980",
            ]
        )
    }

    @Test("never ends when it is a stream, and ignores seeks")
    func stream() {
        var bench = Bench()
        bench.connectVoice()
        let ticket = bench.send(.get, "/v4/loadtracks", query: "identifier=stream")
        let track = Answer(bench.answers[ticket]).json["data"]?["encoded"]?.string ?? ""
        bench.play(track)
        bench.patch(#"{"position":99999}"#)
        bench.advance(by: 600_000)
        #expect(bench.events == ["start 0"])
        #expect(bench.read().position == 600_360)
    }

    @Test("counts audio under a timescale, while the music goes faster")
    func timescale() {
        var bench = Self.playing("tone", length: 20_000, #","filters":{"timescale":{"speed":2}}"#)
        bench.advance(by: 4_000)
        #expect(bench.read().position == 4_360)
        bench.advance(by: 10_000)
        #expect(bench.events == ["start 0", "end finished 9920"])
    }

    @Test("with a change of speed on the way ends when its music does")
    func changesSpeed() {
        var bench = Self.playing("tone", length: 20_000, #","position":4000"#)
        bench.advance(by: 4_000)
        bench.patch(#"{"filters":{"timescale":{"speed":2,"rate":1.5}}}"#)
        bench.clear()
        bench.advance(by: 3_500)
        #expect(bench.events.isEmpty)
        bench.advance(by: 500)
        #expect(bench.events.count == 1)
    }

    @Test("that is started paused reports 0 until it is unpaused, and then the right place")
    func pausedStart() {
        var bench = Self.playing("tone", length: 99_000, #","position":60000,"paused":true"#)
        #expect(bench.story == ["start 60000", "update 60000", "update 60000"])
        bench.advance(by: 6_000)
        #expect(bench.story.last == "update 0")
        #expect(bench.read().position == 0)
        #expect(bench.patch(#"{"paused":false}"#).position == 0)
        bench.advance(by: 1_000)
        #expect(bench.read().position == 61_360)
    }

    @Test("that is sought while paused reports the place before the seek until it is unpaused")
    func pausedSeek() {
        var bench = Self.playing("tone", length: 99_000)
        bench.advance(by: 2_000)
        bench.patch(#"{"paused":true}"#)
        bench.clear()
        #expect(bench.patch(#"{"position":50000}"#).position == 50_000)
        #expect(bench.story == ["update 50000"])
        bench.advance(by: 4_000)
        #expect(bench.read().position == 2_360)
        bench.patch(#"{"paused":false}"#)
        bench.advance(by: 1_000)
        #expect(bench.read().position == 51_360)
    }

    @Test("that is sought past its end finishes at once, at the place before")
    func seekPastEnd() {
        var bench = Self.playing("tone", length: 99_000)
        bench.advance(by: 2_000)
        #expect(bench.patch(#"{"position":99000}"#).position == 2_360)
        bench.advance(by: 20)
        #expect(bench.events.last == "end finished 2360")
    }

    @Test("that starts past its end finishes at once")
    func startPastEnd() {
        var bench = Self.playing("tone", length: 5_000, #","position":6000"#)
        bench.advance(by: 100)
        #expect(bench.events.count == 2)
    }

    @Test(
        "ends at its end marker as finished, unless the marker is behind it",
        arguments: [
            (#","endTime":3000"#, "", 3_000), (#","position":2000,"endTime":3000"#, "", 1_000),
            ("", #"{"endTime":2000}"#, 2_000),
        ]
    )
    func endTime(start: String, later: String, after: Int64) {
        var bench = Self.playing("tone", length: 30_000, start)
        if !later.isEmpty { bench.patch(later) }
        bench.clear()
        bench.advance(by: after - 401)
        #expect(bench.events.isEmpty)
        bench.advance(by: 100)
        #expect(bench.events.first?.hasPrefix("end finished") == true)
    }

    @Test("does not end at a marker that is behind it, and does when it is sought past one")
    func markers() {
        var bench = Self.playing("tone", length: 30_000, #","position":9000,"endTime":8000"#)
        bench.patch(#"{"endTime":9000}"#)
        bench.advance(by: 10_000)
        #expect(bench.events == ["start 9000"])
        bench.patch(#"{"endTime":25000}"#)
        bench.patch(#"{"position":26000}"#)
        bench.advance(by: 50)
        #expect(bench.events.count == 2)
    }

    @Test("loses its end marker to a new track")
    func markerIsTheTracks() {
        var bench = Self.playing("tone", length: 30_000, #","endTime":3000"#)
        bench.play(Catalogue.track("tone", length: 10_000).encoded())
        bench.clear()
        bench.advance(by: 9_000)
        #expect(bench.events.isEmpty)
    }

    @Test("without voice stays at 0 and is cleaned up after 60 to 70 seconds")
    func cleanup() {
        var bench = Bench()
        bench.advance(by: 4_000)
        bench.play()
        bench.advance(to: 69_999)
        #expect(bench.events == ["start 0"])
        bench.advance(to: 70_000)
        #expect(bench.events == ["start 0", "end cleanup 0"])
        #expect(bench.story.dropLast().last == "update 0 gone")
    }

    @Test("is not cleaned up while it is paused with voice")
    func pausedIsKept() {
        var bench = Self.playing("tone", length: 30_000, #","paused":true"#)
        bench.advance(by: 600_000)
        #expect(bench.events == ["start 0"])
    }

    @Test("that cannot be loaded says so, and ends as loadFailed")
    func failsToLoad() {
        var bench = Self.playing("fail-30s")
        #expect(bench.read().json["track"]?.isNull == false)
        bench.advance(by: 100)
        #expect(bench.events == ["start 0", "exception 0", "end loadFailed 0"])
        let exception = bench.messages.first { $0.contains("TrackException") } ?? ""
        #expect(exception.contains(#""severity":"fault","cause":"java.io.FileNotFound"#))
    }

    @Test("that cannot be loaded may tell its end first, as finished")
    func failsAfterItsEnd() {
        var bench = Self.playing("late-30s")
        bench.advance(by: 100)
        #expect(bench.events == ["start 0", "end finished 0", "exception 0"])
        #expect(bench.read().json["track"]?.isNull == true)
    }

    @Test("that cannot be loaded and has no voice ends as cleanup")
    func failsWithoutVoice() {
        var bench = Bench()
        bench.play(Catalogue.track("fail-30s", length: 30_000).encoded())
        bench.advance(by: 70_000)
        #expect(bench.events == ["start 0", "exception 0", "end cleanup 0"])
    }

    @Test("that breaks on the way plays what is buffered, and ends as finished")
    func breaks() {
        var bench = Self.playing("break-30s-at-8s")
        bench.advance(by: 2_700)
        #expect(bench.events == ["start 0", "exception 2980"])
        bench.advance(by: 4_800)
        #expect(bench.events.count == 2)
        bench.advance(by: 200)
        #expect(bench.events.last == "end finished 7980")
    }

    @Test("that is stuck says so once, moves on after a seek, and ends")
    func stuck() {
        var bench = Self.playing("stick-30s-at-3s")
        bench.advance(by: 20_000)
        #expect(bench.events == ["start 0", "stuck 10000"])
        #expect(bench.read().position == 2_980)
        bench.patch(#"{"position":4000}"#)
        bench.advance(by: 60_000)
        #expect(bench.events == ["start 0", "stuck 10000", "end finished 29980"])
    }

    @Test("of a source that stalls fails after a while, and ends where it stood")
    func stalls() {
        var bench = Self.playing("stall-30s-at-3s")
        bench.advance(by: 3_500)
        #expect(bench.events == ["start 0"])
        bench.advance(by: 1_000)
        #expect(bench.events == ["start 0", "exception 2980", "end finished 2980"])
    }

    @Test("of a slow source falls behind without a word")
    func slow() {
        var bench = Self.playing("slow-30s")
        bench.advance(by: 10_000)
        #expect(bench.events == ["start 0"])
        #expect(bench.read().position.map { (2_900...3_300).contains($0) } == true)
    }

    @Test(
        "is killed by filters that cannot be built",
        arguments: [
            #"{"volume":9}"#, #"{"timescale":{"speed":0}}"#, #"{"timescale":{"rate":-1}}"#,
            #"{"tremolo":{"depth":5}}"#, #"{"tremolo":{"frequency":0}}"#,
            #"{"vibrato":{"frequency":15}}"#, #"{"vibrato":{"depth":0}}"#,
        ]
    )
    func brokenFilters(filters: String) {
        var bench = Self.playing("tone")
        bench.advance(by: 2_000)
        bench.clear()
        #expect(bench.patch(#"{"filters":\#(filters)}"#).status == 200)
        bench.advance(by: 100)
        #expect(bench.events.map { $0.prefix(9) } == ["exception", "end finis"])
        bench.clear()
        bench.play()
        bench.advance(by: 100)
        #expect(bench.events == ["start 0", "exception 0", "end loadFailed 0"])
    }
}
