import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("A session")
struct SessionTests {
    @Test(
        "reads its settings strictly",
        arguments: [
            ("{}", 200, "false 60"), (#"{"resuming":true}"#, 200, "true 60"),
            (#"{"resuming":true,"timeout":5}"#, 200, "true 5"),
            (#"{"timeout":-1}"#, 200, "false -1"), (#"{"timeout":0}"#, 200, "false 0"),
            (#"{"resuming":null}"#, 400, ""), (#"{"timeout":null}"#, 400, ""),
            (#"{"timeout":"x"}"#, 400, ""), (#"{"timeout":1.5}"#, 400, ""), ("[]", 400, ""),
        ]
    )
    func settings(body: String, status: Int, kept: String) {
        var bench = Bench()
        let ticket = bench.send(.patch, "/v4/sessions/\(bench.session)", body: body)
        let answer = Answer(bench.answers[ticket])
        #expect(answer.status == status)
        guard status == 200 else { return }
        let (resuming, timeout) = (answer.json["resuming"]?.bool, answer.json["timeout"]?.int64)
        #expect("\(resuming ?? false) \(timeout ?? 0)" == kept)
    }

    @Test("is destroyed with its socket unless it resumes", arguments: [nil, 0, -3] as [Int64?])
    func destroyed(timeout: Int64?) {
        var bench = Bench()
        let id = bench.session
        if let timeout { bench.makeResumable(timeout: timeout) }
        bench.play()
        bench.lose()
        #expect(bench.node.sessionIDs.isEmpty)
        #expect(bench.connect(["Session-Id": id]) == "false")
        #expect(bench.session != id)
    }

    @Test("waits for its time, to the second", arguments: [(9_999, "true"), (10_000, "false")])
    func expires(after: Int64, resumed: String) {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable(timeout: 10)
        bench.lose()
        bench.advance(by: after)
        #expect(bench.connect(["Session-Id": id]) == resumed)
    }

    @Test("keeps its settings over a resume, and its timer begins anew")
    func keepsSettings() {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable(timeout: 10)
        for _ in 0..<3 {
            bench.lose()
            bench.advance(by: 9_000)
            #expect(bench.connect(["Session-Id": id]) == "true")
            #expect(bench.session == id)
        }
        bench.lose()
        bench.advance(by: 10_000)
        #expect(bench.node.sessionIDs.isEmpty)
    }

    @Test("is not found while it is paused")
    func paused() {
        var bench = Bench()
        bench.makeResumable()
        bench.play()
        bench.lose()
        for answer in [bench.read(), bench.patch(#"{"volume":1}"#)] {
            #expect(answer.status == 404)
            #expect(answer.message == "Session not found")
        }
        let ticket = bench.send(.patch, "/v4/sessions/\(bench.session)", body: "{}")
        #expect(bench.answers[ticket]?.status == 404)
    }

    @Test("keeps events and stats for the resume and drops updates; then tells where players are")
    func resume() {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable(timeout: 600)
        bench.connectVoice()
        bench.play(Catalogue.track("tone-4s", length: 4_000).encoded())
        bench.lose()
        bench.advance(by: 130_000)
        bench.clear()
        #expect(bench.connect(["Session-Id": id]) == "true")
        #expect(bench.story == ["ready true", "end finished 3980", "update 0"])
        let stats = bench.messages.filter { $0.contains(#""op":"stats""#) }
        #expect(stats.count == 2)
        #expect(stats.allSatisfy { $0.contains(#""players":0,"playingPlayers":0"#) })
        #expect(bench.messages.first?.contains("ready") == true)
    }

    @Test("goes on playing while it is paused, with the same cadence of updates")
    func playsOn() {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable()
        bench.connectVoice()
        bench.play()
        bench.lose()
        bench.advance(by: 7_000)
        bench.clear()
        bench.connect(["Session-Id": id])
        #expect(bench.story == ["ready true", "update 7360"])
        bench.advance(by: 3_000)
        #expect(bench.story.last == "update 10360")
    }

    @Test("with an open socket is not given to a second one, and both go on")
    func halfOpen() {
        var bench = Bench()
        let id = bench.session
        bench.makeResumable()
        bench.play()
        #expect(bench.connect(["Session-Id": id]) == "false")
        #expect(bench.node.sessionIDs.count == 2)
        let ticket = bench.send(.get, "/v4/sessions/\(id)/players")
        #expect(bench.answers[ticket]?.status == 200)
    }

    @Test("knows nothing of another one's players")
    func independent() {
        var bench = Bench()
        bench.play()
        bench.connect()
        #expect(bench.read().status == 404)
        let ticket = bench.send(.get, "/v4/sessions/\(bench.session)/players")
        #expect(Answer(bench.answers[ticket]).text == "[]")
    }

    @Test("gets stats at once and every minute")
    func stats() {
        var bench = Bench()
        bench.connectVoice()
        bench.play()
        bench.node.script.load.frames = .init(sent: 2_990, nulled: 10, deficit: 0)
        bench.advance(to: 60_000)
        let stats = bench.messages.filter { $0.contains("uptime") }.map { Bench.json($0) }
        #expect(stats.count == 1)
        #expect(stats.first?["players"]?.int64 == 1)
        #expect(stats.first?["playingPlayers"]?.int64 == 1)
        #expect(stats.first?["uptime"]?.int64 == 60_000)
        #expect(stats.first?["frameStats"]?["sent"]?.int64 == 2_990)
    }

    @Test("counts frames once a player has played a whole minute of the clock")
    func frames() {
        var bench = Bench()
        bench.connectVoice()
        bench.play(Catalogue.track("tone-1000s", length: 1_000_000).encoded())
        bench.advance(to: 180_000)
        let stats = bench.messages.filter { $0.contains("uptime") }.map { Bench.json($0) }
        #expect(stats.map { $0["frameStats"]?["sent"]?.int64 } == [nil, 3_000, 3_000])
    }

    @Test("ends with the process, by 1001 or without a word; nothing is left after the start")
    func ends() {
        for gracefully in [true, false] {
            var bench = Bench()
            bench.makeResumable()
            let id = bench.session
            bench.clear()
            bench.take(bench.node.terminate(gracefully: gracefully, now: bench.time))
            switch bench.outputs.first {
            case .close(_, 1001, ""): #expect(gracefully)
            case .abort: #expect(!gracefully)
            default: Issue.record("\(bench.outputs)")
            }
            let ticket = bench.send(.get, "/version")
            #expect(bench.answers[ticket] == nil)
            bench.take(bench.node.start(now: bench.time))
            #expect(bench.connect(["Session-Id": id]) == "false")
        }
    }

    @Test("can be forgotten while its socket stays, and expired while it waits")
    func forgotten() {
        var bench = Bench()
        bench.makeResumable()
        let id = bench.session
        bench.take(bench.node.forget(now: bench.time))
        #expect(bench.read().message == "Session not found")
        bench.connect()
        bench.makeResumable()
        bench.lose()
        bench.take(bench.node.expirePausedSessions(now: bench.time))
        #expect(bench.connect(["Session-Id": id]) == "false")
    }

    @Test("tells injected messages as they are")
    func injected() {
        var bench = Bench()
        bench.take(bench.node.broadcast(Array(#"{"op":"news"}"#.utf8), now: bench.time))
        #expect(bench.messages == [#"{"op":"news"}"#])
    }
}

extension Bench {
    mutating func makeResumable(timeout: Int64 = 60) {
        let body = #"{"resuming":true,"timeout":\#(timeout)}"#
        _ = send(.patch, "/v4/sessions/\(session)", body: body)
    }
}
