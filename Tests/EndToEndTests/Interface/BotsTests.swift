import Support
import Testing
import Wire

@Suite("Several bots")
struct BotsTests {
    static let bots = [
        TestConfiguration.Bot(name: "radio", userId: "170939974227591168"),
        TestConfiguration.Bot(name: "jazz", userId: "170939974227591169"),
    ]

    @Test("play in one guild on one node without knowing of each other", .timeLimit(.minutes(2)))
    func sideBySide() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.bots = Self.bots
            let lavadeck = try await LavadeckProcess.running(configuration)
            let all = try await lavadeck.eventsFromTheBeginning()
            for _ in Self.bots { try await all.next("nodeReady") }
            let events = try await lavadeck.eventsFromTheBeginning("bot=radio")
            var (radio, jazz) = (Bot(lavadeck), Bot(lavadeck))
            radio.query = "?bot=radio"
            jazz.query = "?bot=\(Self.bots[1].userId)"
            try await radio.join(node, session: "radio's")
            try await jazz.join(node, session: "jazz's")
            try await radio.play("tone-50s")
            try await jazz.play("tone-60s", and: #""volume":30"#)
            #expect(try await identifier(of: radio) == "tone-50s")
            #expect(try await identifier(of: jazz) == "tone-60s")
            #expect(try await radio.player()["volume"]?.int64 == 100)
            try await expectTwoSessions(on: node, lavadeck)

            #expect(try await radio.client.delete(radio.path + radio.query).status == 204)
            try await events.next("playerDestroy")
            #expect(try await jazz.player()["state"]?.string == "playing")
            #expect(
                events.heard.allSatisfy { $0["bot"]?.string == "radio" || $0.name == "bookmark" }
            )
        }
    }

    private func identifier(of bot: Bot) async throws -> String? {
        try await bot.player()["current"]?["info"]?["identifier"]?.string
    }

    /// Each bot has a session of its own with a player of its own.
    private func expectTwoSessions(on node: NodeHere, _ lavadeck: LavadeckProcess) async throws {
        let client = lavadeck.client()
        var tracks: [String: String] = [:]
        for bot in Self.bots {
            let list = try await client.get("/v1/nodes?bot=\(bot.name)")
            let session = try #require(list["nodes"]?.elements.first?["sessionId"]?.string)
            let player = try await node.player(Bot(lavadeck).guild, session: session)
            tracks[session] = player?["track"]?["info"]?["identifier"]?.string
        }
        #expect(tracks.values.sorted() == ["tone-50s", "tone-60s"])
    }

    @Test("must be named, unless a token says which", .timeLimit(.minutes(2)))
    func named() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.bots = Self.bots
            configuration.tokens = [
                TestConfiguration.Token(name: "all", text: "a token for everything"),
                TestConfiguration.Token(name: "jazz", text: "a token for jazz", bot: "jazz"),
            ]
            let lavadeck = try await LavadeckProcess.running(configuration)
            let all = lavadeck.client(token: "a token for everything")
            let unnamed = try await all.get("/v1/players")
            #expect(unnamed.status == 400)
            #expect(unnamed["detail"]?.string?.contains("radio, jazz") == true)

            let jazz = lavadeck.client(token: "a token for jazz")
            #expect(try await all.put("/v1/players/5?bot=radio", "{}").status == 201)
            #expect(try await jazz.put("/v1/players/6", "{}").status == 201)
            let seen = try await jazz.get("/v1/players")
            #expect(seen["players"]?.elements.map { $0["guildId"]?.string } == ["6"])
            #expect(try await jazz.get("/v1/players/5").status == 404)
            #expect(try await jazz.get("/v1/players?bot=radio").status == 404)

            let events = try await lavadeck.events(token: "a token for jazz")
            #expect(try await all.put("/v1/players/7?bot=radio", "{}").status == 201)
            #expect(try await jazz.put("/v1/players/8", "{}").status == 201)
            let created = try await events.next("playerCreate")
            #expect(created["guildId"]?.string == "8", "another bot's events are not for jazz")
        }
    }
}

@Suite("Tokens")
struct TokenTests {
    @Test("are needed once there is one, save for probes", .timeLimit(.minutes(2)))
    func needed() async throws {
        var configuration = TestConfiguration()
        configuration.tokens = [TestConfiguration.Token(name: "t", text: "a long enough token")]
        let lavadeck = try await LavadeckProcess.running(configuration)
        let paths = [
            "/v1/players", "/v1/nodes", "/v1/health", "/v1/events", "/metrics", "/v1/state",
        ]
        for path in paths {
            expectUnauthorized(try await lavadeck.client().get(path), path)
        }
        for token in ["another long token", ""] {
            let client = lavadeck.client(token: token)
            expectUnauthorized(try await client.get("/v1/players"), token)
        }
        let right = lavadeck.client(token: "a long enough token")
        #expect(try await right.get("/v1/players").status == 200)
        #expect(try await right.get("/metrics").status == 200)
        _ = try await lavadeck.events(token: "a long enough token")
        #expect(try await lavadeck.client().get("/livez").status == 200)
        #expect(try await lavadeck.client().get("/readyz").status == 503, "no node is ready")
    }

    private func expectUnauthorized(_ answer: HTTPClient.Answer, _ what: String) {
        #expect(answer.status == 401, "\(what)")
        #expect(answer.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
        #expect(answer.headers["Content-Type"] == "application/problem+json")
        #expect(answer["type"]?.string == "/problems/unauthorized")
    }

    @Test("are tried a few times only", .timeLimit(.minutes(2)))
    func guessing() async throws {
        var configuration = TestConfiguration()
        configuration.tokens = [TestConfiguration.Token(name: "t", text: "a long enough token")]
        let lavadeck = try await LavadeckProcess.running(configuration)
        let answer = try await eventually("an end of guessing") {
            let answer = try await lavadeck.client(token: "a guess").get("/v1/players")
            return answer.status == 429 ? answer : nil
        }
        #expect(Int(answer.headers["Retry-After"] ?? "") ?? 0 >= 1)
        let right = try await lavadeck.client(token: "a long enough token").get("/v1/players")
        #expect(right.status == 200, "whoever has the token is let in")
    }

    @Test("are made by `lavadeck token new`", .timeLimit(.minutes(2)))
    func made() async throws {
        let process = try ChildProcess(LavadeckProcess.program, ["token", "new"])
        #expect(try await process.end() == .exit(0))
        let words = process.output.split { $0 == " " || $0 == "\n" }.map(String.init)
        let token = words[try #require(words.firstIndex(of: "token:")) + 1]
        let hash = words[try #require(words.firstIndex(of: "sha256:")) + 1]
        let lavadeck = try LavadeckProcess(
            configuration: #"{"listen":"127.0.0.1:0","tokens":["\#(hash)"]}"#
        )
        try await lavadeck.start()
        #expect(try await lavadeck.client(token: token).get("/v1/health").status == 404, "no bot")
        #expect(try await lavadeck.client().get("/v1/health").status == 401)
    }

    @Test("may come from the environment, or from a file", .timeLimit(.minutes(2)))
    func environment() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("a token in a file\n".replacing(" ", with: "-"), to: "token")
        for environment in [
            ["LAVADECK_TOKEN": "a-token-in-a-file"],
            ["LAVADECK_TOKEN_FILE": folder.path + "/token"],
        ] {
            let lavadeck = try await LavadeckProcess.running(
                TestConfiguration(),
                environment: environment
            )
            #expect(try await lavadeck.client().get("/v1/players").status == 401)
            let client = lavadeck.client(token: "a-token-in-a-file")
            #expect(try await client.get("/v1/players").status == 200)
            #expect(try !lavadeck.process.output.contains("a-token-in-a-file"))
        }
    }
}
