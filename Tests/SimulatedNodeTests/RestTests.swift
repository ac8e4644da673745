import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("A REST request")
struct RestTests {
    @Test(
        "is checked in the order of route, password, type",
        arguments: [
            (.get, "/nope", nil, 404), (.get, "/v4/nope", "wrong", 404),
            (.get, "/v4/info/", nil, 404),
            (.get, "/V4/info", nil, 404), (.get, "/v4/sessions", nil, 404),
            (.post, "/v4/stats", nil, 405), (.put, "/v4/sessions/a/players/1", "wrong", 405),
            (.get, "/v4/sessions/a", nil, 405), (.get, "/v4/info", nil, 401),
            (.get, "/version", nil, 401), (.get, "/v4/info", "wrong", 403),
            (.patch, "/v4/sessions/a", nil, 401),
            (.patch, "/v4/sessions/a/players/1", "right", 415),
            (.get, "/v4/sessions/a/players/x", "right", 400),
            (.get, "/v4/sessions/a/players/1", "right", 404), (.get, "/metrics", nil, 200),
            (.get, "/", "right", 200), (.get, "/v3/websocket", "right", 200),
            (.options, "/v4/info", "right", 200), (.head, "/v4/info", "right", 200),
            (.get, "/v4/routeplanner/status", "right", 204),
            (.post, "/v4/routeplanner/free/all", "right", 500),
        ] as [(Wire.Method, String, String?, Int)]
    )
    func checks(method: Wire.Method, path: String, password: String?, status: Int) {
        var bench = Bench()
        let word = password == "right" ? "youshallnotpass" : password
        let ticket = bench.send(method, path, headers: ["Authorization": word])
        let answer = bench.answers[ticket]
        #expect(answer?.status == status)
        let isEmpty = [204, 401, 403].contains(status) || [.options, .head].contains(method)
        #expect(path.count < 5 || path == "/v3/websocket" || answer?.body.isEmpty == isEmpty)
        #expect(answer?.headers.first { $0.name == "Lavalink-Api-Version" }?.value == "4")
    }

    @Test("that is not known is told what is missing, with time and path")
    func errors() {
        var bench = Bench()
        let ticket = bench.send(.get, "/v4/nope", query: "a=b")
        #expect(
            Answer(bench.answers[ticket]).text
                == #"{"timestamp":1767225600000,"status":404,"error":"Not Found","#
                + #""message":"No endpoint GET /v4/nope.","path":"/v4/nope"}"#
        )
    }

    @Test(
        "by a wrong method is told the right ones",
        arguments: [
            ("/v4/stats", "GET"), ("/v4/decodetracks", "POST"), ("/v4/sessions/a", "PATCH"),
            ("/v4/sessions/a/players/1", "DELETE, GET, PATCH"),
        ]
    )
    func allow(path: String, methods: String) {
        var bench = Bench()
        let answer = bench.ask(.put, path)
        #expect(answer?.headers.first { $0.name == "Allow" }?.value == methods)
    }

    @Test(
        "of another type is told which",
        arguments: [
            (nil, "application/octet-stream"), ("text/plain", "text/plain;charset=UTF-8"),
            ("text/html; charset=latin1", "text/html; charset=latin1"),
        ] as [(String?, String)]
    )
    func types(type: String?, shown: String) {
        var bench = Bench()
        let ticket = bench.send(.patch, bench.player, body: "{}", headers: ["Content-Type": type])
        let answer = Answer(bench.answers[ticket])
        #expect(answer.status == 415)
        #expect(answer.message == "Content-Type '\(shown)' is not supported.")
    }

    @Test("with a charset is JSON all the same")
    func charset() {
        var bench = Bench()
        let type = ["Content-Type": "Application/JSON; charset=utf-8"]
        #expect(bench.ask(.patch, bench.player, body: "{}", headers: type)?.status == 200)
    }

    @Test(
        "loads what an identifier names",
        arguments: [
            ("tone-3s", "track", 1), ("music%2Ftone-3m.wav", "track", 1), ("stream", "track", 1),
            ("ytsearch%3Aabba", "search", 5), ("scsearch:a+b", "search", 5),
            ("ytsearch:nothing", "empty", 0), ("playlist:7", "playlist", 7),
            ("playlist:0", "empty", 0), ("error:x", "error", 0), ("nothing", "empty", 0),
            ("", "empty", 0),
            ("tone-", "empty", 0), ("tone-0s", "empty", 0), ("what:x", "empty", 0),
            ("https%3A%2F%2Fexample.com%2Fa.mp3", "track", 1),
            ("https://www.youtube.com/watch?v=x%26list%3DRDx", "playlist", 3),
        ]
    )
    func loads(identifier: String, type: String, count: Int) throws {
        var bench = Bench()
        let ticket = bench.send(.get, "/v4/loadtracks", query: "identifier=\(identifier)")
        let answer = try #require(bench.answers[ticket])
        #expect(answer.status == 200)
        let result = try LoadResult(parsing: answer.body)
        switch (result, type) {
        case (.track, "track"), (.empty, "empty"), (.error, "error"): break
        case (.search(let tracks), "search"): #expect(tracks.count == count)
        case (.playlist(_, _, _, let tracks), "playlist"): #expect(tracks.count == count)
        default: Issue.record("\(result)")
        }
    }

    @Test("without an identifier is 400")
    func noIdentifier() {
        var bench = Bench()
        let answer = Answer(bench.ask(.get, "/v4/loadtracks"))
        #expect(answer.message == "Required parameter 'identifier' is not present.")
    }

    @Test("to decode a plus in a query fails, for it is a space there; escaped it works")
    func plus() {
        var bench = Bench()
        let track = Catalogue.track("a>>>b", title: "?>?>?>", length: 1).encoded()
        let escaped = track.replacing("+", with: "%2B").replacing("=", with: "%3D")
        for (text, status) in [
            (escaped, 200), (escaped.replacing("%3D", with: ""), 200), ("AAAA", 500),
        ] {
            let ticket = bench.send(.get, "/v4/decodetrack", query: "encodedTrack=\(text)")
            #expect(bench.answers[ticket]?.status == status)
        }
        guard track.contains("+") else { return }
        let ticket = bench.send(.get, "/v4/decodetrack", query: "track=\(track)")
        #expect(bench.answers[ticket]?.status == 500)
    }

    @Test("decodes many, or none")
    func decodesMany() {
        var bench = Bench()
        for (body, status) in [
            (#"["\#(Bench.track)","\#(Bench.track)"]"#, 200), (#"["\#(Bench.track)","xx"]"#, 500),
            ("[]", 400), ("[1]", 400), ("{}", 400), ("[", 400),
        ] {
            let ticket = bench.send(.post, "/v4/decodetracks", body: body)
            #expect(bench.answers[ticket]?.status == status)
        }
    }

    @Test("to a node without a source finds nothing and decodes nothing of it")
    func sources() {
        var settings = NodeSettings()
        settings.sources = ["http"]
        var bench = Bench(settings)
        #expect(bench.patch(#"{"track":{"encoded":"\#(Bench.track)"}}"#).status == 500)
        let ticket = bench.send(.get, "/v4/loadtracks", query: "identifier=tone-3s")
        #expect(Answer(bench.answers[ticket]).text == #"{"loadType":"empty","data":null}"#)
    }

    @Test("tells the node's version, info and stats in forms that our own decoders read")
    func decoded() throws {
        var bench = Bench()
        bench.play()
        let info = bench.ask(.get, "/v4/info")
        #expect(try NodeInfo(parsing: info?.body ?? []).semver == "4.2.2")
        let stats = bench.ask(.get, "/v4/stats")
        #expect(try Stats(parsing: stats?.body ?? []).players == 1)
        #expect(Answer(bench.ask(.get, "/version")).text == "4.2.2")
    }
}

@Suite("Latency and rules of a simulated node")
struct LatencyTests {
    /// Milliseconds after which each of `count` requests made at once is answered.
    private func times(_ count: Int, _ body: String) -> [Int64] {
        var bench = Bench()
        bench.node.script.latency = .measured
        var times: [Int64] = []
        let start = bench.now
        let tickets = (0..<count).map { number in
            let player = "/v4/sessions/\(bench.session)/players/\(number + 1)"
            return bench.send(.patch, player, body: body)
        }
        for ticket in tickets {
            while bench.answers[ticket] == nil, bench.now < start + 60_000 { bench.advance(by: 5) }
            times.append(bench.now - start)
        }
        return times
    }

    @Test("grow with what is in flight, as a real node's do")
    func grows() {
        let voice = #"{"voice":\#(Bench.voice)}"#
        #expect((200...230).contains(times(1, voice)[0]))
        #expect((350...420).contains(times(8, voice)[7]))
        #expect((5_700...5_800).contains(times(128, voice)[127]))
        #expect(times(100, #"{"volume":5}"#)[99] <= 105)
        #expect((1_390...1_430).contains(times(100, #"{"track":{"identifier":"tone-3s"}}"#)[99]))
    }

    @Test("delay a request before or after it is carried out")
    func delays() {
        for (action, volume) in [(AnswerRule.Action.delayBefore(500), 100), (.delayAnswer(500), 7)]
        {
            var bench = Bench()
            bench.patch("{}")
            bench.node.script.rules = [AnswerRule(.patch, nil, 1, action)]
            let ticket = bench.send(.patch, bench.player, body: #"{"volume":7}"#)
            bench.advance(by: 499)
            #expect(bench.answers[ticket] == nil)
            #expect(bench.read().json["volume"]?.int64 == Int64(volume))
            bench.advance(by: 1)
            #expect(bench.answers[ticket]?.status == 200)
            #expect(bench.read().json["volume"]?.int64 == 7)
        }
    }

    @Test(
        "swallow answers, reset connections, and count down",
        arguments: [
            (AnswerRule.Action.stall, 100, 0), (.stallAfterApplying, 7, 0), (.reset, 100, 1),
            (.resetAfterApplying, 7, 1), (.status(502, retryAfter: nil, message: nil), 100, 0),
        ]
    )
    func actions(action: AnswerRule.Action, volume: Int64, resets: Int) {
        var bench = Bench()
        bench.patch("{}")
        bench.clear()
        bench.node.script.rules = [AnswerRule(.patch, "/players/", 1, action)]
        let ticket = bench.send(.patch, bench.player, body: #"{"volume":7}"#)
        let found = bench.outputs.count { output in
            if case .reset(Ticket(ticket)) = output { true } else { false }
        }
        #expect(found == resets)
        #expect(bench.read().json["volume"]?.int64 == volume)
        #expect(bench.patch("{}").status == 200)
    }

    @Test("do not answer a client that has gone")
    func abandoned() {
        var bench = Bench()
        let ticket = bench.send(.patch, bench.player, body: #"{"voice":\#(Bench.voice)}"#)
        bench.node.abandon(Ticket(ticket))
        bench.advance(by: 1_000)
        #expect(bench.answers[ticket] == nil)
        #expect(bench.read().json["state"]?["connected"]?.bool == true)
    }

    @Test("reset what is in flight when the process ends")
    func killed() {
        var bench = Bench()
        _ = bench.send(.patch, bench.player, body: #"{"voice":\#(Bench.voice)}"#)
        bench.clear()
        bench.take(bench.node.terminate(gracefully: true, now: bench.time))
        let resets = bench.outputs.count { output in
            if case .reset = output { true } else { false }
        }
        #expect(resets == 1)
        #expect(bench.node.nextDeadline == nil)
    }

    @Test("make the same outputs of the same calls")
    func deterministic() {
        func run() -> String {
            var bench = Bench()
            for number in 1...20 {
                let player = "/v4/sessions/\(bench.session)/players/\(number)"
                let track = Catalogue.track("tone", length: Int64(number) * 700).encoded()
                let body = #"{"voice":\#(Bench.voice),"track":{"encoded":"\#(track)"}}"#
                _ = bench.send(.patch, player, body: body)
            }
            bench.advance(by: 20_000)
            return bench.messages.joined(separator: "\n")
        }
        #expect(run() == run())
    }
}
