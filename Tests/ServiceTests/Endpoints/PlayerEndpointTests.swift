import Runtime
@testable import Service
import Storage
import Testing
import Wire

@Suite("The endpoints of players")
struct PlayerEndpointTests {
    private static let one = Sample.track()

    @Test("make a player with 201, and set it up again with 200")
    @Loop func put() async throws {
        let desk = try Desk()
        let body = #"{"voiceChannel":"90","volume":80}"#
        let made = try await desk.ask(.put, "/v1/players/42", body)
        #expect(made.status == 201)
        #expect(made["guildId"]?.string == "42")
        #expect(made["state"]?.string == "idle")
        #expect(made["voiceChannel"]?.string == "90")
        #expect(made["volume"]?.int64 == 80)
        #expect(made["voice"]?["ready"]?.bool == false)

        let again = try await desk.ask(.put, "/v1/players/42", #"{"textChannel":"91"}"#)
        #expect(again.status == 200)
        #expect(again["voiceChannel"]?.string == "90")
        #expect(again["textChannel"]?.string == "91")
        #expect(again["volume"]?.int64 == 80)
        #expect(try await desk.ask(.put, "/v1/players/42").status == 200)
        #expect(try await desk.ask(.get, "/v1/players/42").text == again.text)
    }

    @Test("end a player with 204")
    @Loop func delete() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        #expect(try await desk.ask(.delete, "/v1/players/42").status == 204)
        #expect(try await desk.ask(.delete, "/v1/players/42").status == 404)
        #expect(try await desk.ask(.get, "/v1/players").json["players"]?.elements.count == 0)
    }

    @Test(
        "answer 404 for a player that is not there",
        arguments: [
            (.get, "", ""), (.patch, "", #"{"paused":true}"#), (.patch, "", #"{"position":1}"#),
            (.patch, "", #"{"track":null}"#), (.delete, "", ""),
            (.post, "/play", #"{"encoded":"\#(one)"}"#),
            (.post, "/play", #"{"identifier":"ytsearch:a"}"#), (.post, "/pause", ""),
            (.post, "/resume", "{}"), (.post, "/seek", #"{"position":1}"#), (.post, "/stop", ""),
            (.post, "/skip", ""), (.get, "/queue", ""),
            (.post, "/queue", Sample.addition(["a"])), (.put, "/voice", Sample.voice),
            (.get, "/state", ""),
        ] as [(Wire.Method, String, String)]
    )
    @Loop func unknown(method: Wire.Method, path: String, body: String) async throws {
        let answer = try await Desk().ask(method, "/v1/players/42" + path, body)
        #expect(answer.status == 404)
        #expect(answer.problem == "no-such-player")
        #expect(answer["detail"]?.string?.contains("42") == true)
    }

    @Test(
        "refuse a guild that is no id",
        arguments: ["0", "x", "-1", "%20", "9223372036854775808"]
    )
    @Loop func guild(_ guild: String) async throws {
        for method in [Wire.Method.get, .put, .delete] {
            let answer = try await Desk().ask(method, "/v1/players/\(guild)")
            #expect(answer.status == 400)
            #expect(answer.problem == "invalid-path")
            #expect(answer.pointers == ["guildId"])
        }
    }

    @Test("play a track, with everything that is said beside it")
    @Loop func play() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let answer = try await desk.ask(
            .post,
            "/v1/players/42/play",
            """
            {"encoded":"\(Self.one)","position":30000,"endTime":90000,"volume":70,"paused":true,
            "filters":{"rotation":{"rotationHz":0.2}},"userData":{"wish":[7]},"requester":"me",
            "loop":"track","autoplay":true,"info":{"title":"As it was loaded"},"pluginInfo":{"a":1},
            "voiceChannel":"90","textChannel":"91"}
            """
        )
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["state"]?.string == "waiting")
        #expect(answer["position"]?.int64 == 30_000)
        #expect(answer["endTime"]?.int64 == 90_000)
        #expect(answer["volume"]?.int64 == 70)
        #expect(answer["paused"]?.bool == true)
        #expect(answer["loop"]?.string == "track")
        #expect(answer["autoplay"]?.bool == true)
        #expect(answer["filters"]?.raw.description == #"{"rotation":{"rotationHz":0.2}}"#)
        #expect(answer["voiceChannel"]?.string == "90")
        #expect(answer["textChannel"]?.string == "91")
        let current = try #require(answer["current"])
        #expect(current["encoded"]?.string == Self.one)
        #expect(current["info"]?["title"]?.string == "As it was loaded")
        #expect(current["pluginInfo"]?.raw.description == #"{"a":1}"#)
        #expect(current["userData"]?.raw.description == #"{"wish":[7]}"#)
        #expect(current["requester"]?.string == "me")
    }

    @Test("change what a PATCH names, and nothing else")
    @Loop func patch() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42", #"{"volume":80}"#)
        let track = #"{"track":{"encoded":"\#(Self.one)","requester":"me"},"position":1000}"#
        let playing = try await desk.ask(.patch, "/v1/players/42", track)
        #expect(playing.status == 200)
        #expect(playing["position"]?.int64 == 1_000)
        #expect(playing["current"]?["requester"]?.string == "me")
        #expect(playing["volume"]?.int64 == 80)

        let body = #"{"paused":true,"position":179999,"loop":"queue","filters":{}}"#
        let changed = try await desk.ask(.patch, "/v1/players/42", body)
        #expect(changed["paused"]?.bool == true)
        #expect(changed["position"]?.int64 == 179_999)
        #expect(changed["loop"]?.string == "queue")
        #expect(changed["volume"]?.int64 == 80)
        let nothing = try await desk.ask(.patch, "/v1/players/42", "{}")
        #expect(nothing.text == changed.text)

        let stopped = try await desk.ask(.patch, "/v1/players/42", #"{"track":null}"#)
        #expect(stopped["current"]?.isNull == true)
        #expect(stopped["state"]?.string == "idle")
        let idle = try await desk.ask(.patch, "/v1/players/42", #"{"position":500000}"#)
        #expect(idle.status == 409 && idle.problem == "conflict")
    }

    @Test("pause, resume, seek, stop and skip")
    @Loop func verbs() async throws {
        let desk = try Desk()
        let player = "/v1/players/42"
        _ = try await desk.ask(.put, player)
        let nothing = try await desk.ask(.post, player + "/skip")
        #expect(nothing.status == 409)
        #expect(nothing.problem == "conflict")
        _ = try await desk.ask(.post, player + "/queue", Sample.addition(["a", "b", "c"]))

        #expect(try await desk.ask(.post, player + "/pause")["paused"]?.bool == true)
        #expect(try await desk.ask(.post, player + "/resume", "{}")["paused"]?.bool == false)
        let sought = try await desk.ask(.post, player + "/seek", #"{"position":60000}"#)
        #expect(sought["position"]?.int64 == 60_000)
        let second = try await desk.ask(.post, player + "/skip")
        #expect(second["current"]?["info"]?["identifier"]?.string == "b")
        #expect(second["queue"]?["length"]?.int64 == 1)
        let stopped = try await desk.ask(.post, player + "/stop")
        #expect(stopped["current"]?.isNull == true)
        #expect(stopped["queue"]?["length"]?.int64 == 1)
        let third = try await desk.ask(.post, player + "/skip")
        #expect(third["current"]?["info"]?["identifier"]?.string == "c")
        let over = try await desk.ask(.post, player + "/skip")
        #expect(over["state"]?.string == "idle")
    }

    // MARK: Without a node

    @Test(
        "remember commands that can wait for a node, and say so",
        arguments: [
            (.put, "/voice", Sample.voice), (.patch, "", #"{"volume":30}"#), (.post, "/pause", ""),
            (.post, "/play", #"{"encoded":"\#(one)"}"#), (.post, "/seek", #"{"position":9000}"#),
            (.put, "", #"{"volume":31}"#), (.put, "/state", "{}"), (.post, "/skip", ""),
            (.patch, "", #"{"track":{"encoded":"\#(one)"}}"#),
        ] as [(Wire.Method, String, String)]
    )
    @Loop func kept(method: Wire.Method, path: String, body: String) async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        _ = try await desk.ask(.post, "/v1/players/42/queue", Sample.addition(["a", "b"]))
        let voice = try await desk.ask(.put, "/v1/players/42/voice", Sample.voice)
        #expect(voice.status == 503)

        let answer = try await desk.ask(method, "/v1/players/42" + path, body)
        #expect(answer.status == 503, "\(answer.text)")
        #expect(answer.problem == "no-node")
        #expect(answer["kept"]?.bool == true)
        #expect(answer.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1)
    }

    @Test("have done what they remembered, as far as can be seen here")
    @Loop func keptState() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        _ = try await desk.ask(.put, "/v1/players/42/voice", Sample.voice)
        _ = try await desk.ask(.post, "/v1/players/42/play", #"{"encoded":"\#(Self.one)"}"#)
        _ = try await desk.ask(.patch, "/v1/players/42", #"{"volume":30}"#)
        let player = try await desk.ask(.get, "/v1/players/42")
        #expect(player["volume"]?.int64 == 30)
        #expect(player["state"]?.string == "waiting")
        #expect(player["voice"]?["ready"]?.bool == true)
        #expect(player["current"]?["encoded"]?.string == Self.one)
    }

    @Test("keep nothing of what must be loaded first")
    @Loop func notKept() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let play = #"{"identifier":"ytsearch:night drive"}"#
        for answer in [
            try await desk.ask(.post, "/v1/players/42/play", play),
            try await desk.ask(.patch, "/v1/players/42", #"{"track":\#(play)}"#),
            try await desk.ask(.get, "/v1/tracks?identifier=ytsearch:night%20drive"),
        ] {
            #expect(answer.status == 503)
            #expect(answer.problem == "no-node")
            #expect(answer["kept"]?.bool == false)
            #expect(answer.header("Retry-After") != nil)
        }
        #expect(try await desk.ask(.get, "/v1/players/42")["current"]?.isNull == true)
    }

    // MARK: Without a disk

    @Test("refuse to change what cannot be kept")
    @Loop func store() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        desk.store.fail(with: StorageError(.diskFull, path: "memory"))
        for _ in 1...2 {
            let answer = try await desk.ask(.put, "/v1/players/42", #"{"volume":5}"#)
            #expect(answer.status == 503)
            #expect(answer.problem == "store-unavailable")
            #expect(answer.header("Retry-After") == "1")
        }
        #expect(try await desk.ask(.get, "/v1/players/42").status == 200)
    }

    // MARK: Lists

    @Test("list players in pages, and those of a node")
    @Loop func list() async throws {
        let desk = try Desk()
        for guild in [30, 4, 100, 22, 7] { _ = try await desk.ask(.put, "/v1/players/\(guild)") }
        var seen: [[String]] = []
        var cursor = ""
        while seen.count < 5 {
            let page = try await desk.ask(.get, "/v1/players?limit=2\(cursor)")
            seen.append(page["players"]?.elements.compactMap { $0["guildId"]?.string } ?? [])
            guard let next = page["next"]?.string else { break }
            cursor = "&cursor=\(next)"
        }
        #expect(seen == [["4", "7"], ["22", "30"], ["100"]])
        let nowhere = try await desk.ask(.get, "/v1/players?node=main")
        #expect(nowhere["players"]?.elements.count == 0)
    }

    @Test(
        "refuse a wrong page",
        arguments: [
            ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=all", "limit"),
            ("cursor=x", "cursor"), ("cursor=-1", "cursor"), ("page=2", "page"),
            ("limit=1&limit=2", "limit"),
        ]
    )
    @Loop func badPage(query: String, name: String) async throws {
        for path in ["/v1/players", "/v1/state"] {
            let answer = try await Desk().ask(.get, "\(path)?\(query)")
            #expect(answer.status == 400)
            #expect(answer.problem == "invalid-query")
            #expect(answer.pointers == [name])
        }
    }
}
