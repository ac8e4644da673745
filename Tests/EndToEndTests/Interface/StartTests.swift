import SimulatedNode
import Support
import Testing
import Wire

@Suite("A start that cannot be")
struct StartTests {
    @Test("is refused elsewhere than on loopback without a token", .timeLimit(.minutes(2)))
    func openToTheWorld() async throws {
        var configuration = TestConfiguration()
        configuration.listen = "0.0.0.0:0"
        let lavadeck = try LavadeckProcess(configuration: configuration.text)
        let process = try lavadeck.run(["serve"])
        #expect(try await process.end() == .exit(78))
        let said = process.output
        #expect(said.contains("0.0.0.0"), "\(said)")
        #expect(said.contains("token"), "it says how to mend it: \(said)")
        #expect(said.allSatisfyLines { $0.hasPrefix("lavadeck: ") }, "\(said)")
        #expect(lavadeck.directory.read("lavadeck.db") == nil, "nothing was made")

        configuration.tokens = [TestConfiguration.Token(name: "t", text: "a long enough token")]
        let mended = try LavadeckProcess(configuration: configuration.text)
        #expect(try await mended.run(["check-config"]).end() == .exit(0))
    }

    @Test("says so when the port is taken", .timeLimit(.minutes(2)))
    func portInUse() async throws {
        let first = try await LavadeckProcess.running(TestConfiguration())
        var configuration = TestConfiguration()
        configuration.listen = "127.0.0.1:\(first.port)"
        let second = try LavadeckProcess(configuration: configuration.text)
        let process = try second.run(["serve"])
        #expect(try await process.end() == .exit(69))
        let what = "port \(first.port) on 127.0.0.1 is in use"
        #expect(process.output.contains(what), "\(process.output)")
        #expect(try await first.client().get("/livez").status == 200)
    }

    @Test("leaves a damaged database as it is", .timeLimit(.minutes(2)))
    func damaged() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let made = try await lavadeck.client().put("/v1/players/5", "{}")
        #expect(made.status == 201)
        try await lavadeck.stop()
        let whole = try #require(lavadeck.directory.read("lavadeck.db"))
        var broken = whole
        for index in stride(from: 4_096, to: broken.count, by: 7) { broken[index] ^= 0x5a }
        for bytes in [Array("this is no database at all".utf8), broken] {
            try lavadeck.directory.write(bytes, to: "lavadeck.db")
            let process = try lavadeck.run(["serve"])
            #expect(try await process.end() == .exit(65), "\(process.output)")
            let said = process.output
            #expect(said.contains(lavadeck.database), "\(said)")
            #expect(said.contains("move it aside"), "\(said)")
            #expect(said.count { $0 == "\n" } == 1, "one clear message: \(said)")
            #expect(lavadeck.directory.read("lavadeck.db") == bytes, "nothing is deleted")
        }
        try lavadeck.directory.write(whole, to: "lavadeck.db")
        try await lavadeck.start()
        #expect(try await lavadeck.client().get("/v1/players/5").status == 200)
    }

    @Test("names a database that cannot be opened", .timeLimit(.minutes(2)))
    func unreadable() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("a file, not a directory", to: "file")
        for path in ["\(folder.path)/nowhere/lavadeck.db", "\(folder.path)/file/lavadeck.db"] {
            let process = try ChildProcess(
                LavadeckProcess.program,
                ["serve", "--listen", "127.0.0.1:0", "--database", path]
            )
            #expect(try await process.end() == .exit(73), "\(process.output)")
            #expect(process.output.contains(path), "\(process.output)")
            #expect(process.output.count { $0 == "\n" } == 1, "\(process.output)")
        }
        #expect(folder.read("file") == Array("a file, not a directory".utf8))
    }

    @Test("tells all mistakes of a configuration at once", .timeLimit(.minutes(2)))
    func mistakes() async throws {
        let text = """
            {
              "lisen": "127.0.0.1:0",
              "userId": "a name",
              // the port is too large
              "nodes": [{ "name": "main", "host": "localhost", "port": 99999, "auth": "x" }],
              "options": { "stateSaveInterval": -5, "maxReconectAttempts": 3 }
            }
            """
        let lavadeck = try LavadeckProcess(
            configuration: text,
            environment: ["LAVADECK_DRILS": "true"]
        )
        let expected = [
            ("lavadeck.json:2:3", #"did you mean "listen"?"#), ("lavadeck.json:3:", "userId"),
            ("lavadeck.json:5:", "nodes[0].port"), ("lavadeck.json:6:", "stateSaveInterval"),
            ("lavadeck.json:6:", #"did you mean "maxReconnectAttempts"?"#),
            ("LAVADECK_DRILS", "did you mean LAVADECK_DRILLS?"),
        ]
        for command in ["serve", "check-config"] {
            let process = try lavadeck.run([command])
            #expect(try await process.end() == .exit(78))
            let lines = process.output.split(separator: "\n")
            for (place, what) in expected {
                #expect(
                    lines.contains { $0.contains(place) && $0.contains(what) },
                    "\(place) \(what) in:\n\(process.output)"
                )
            }
            #expect(lines.count == expected.count || lines.count == expected.count + 1)
        }
    }

    @Test("explains a command line that is not understood", .timeLimit(.minutes(2)))
    func usage() async throws {
        for words in [["serv"], ["serve", "--lisen", "x"], ["serve", "--listen"]] {
            let process = try ChildProcess(LavadeckProcess.program, words)
            #expect(try await process.end() == .exit(64), "\(words): \(process.output)")
            #expect(process.output.hasPrefix("lavadeck: "))
        }
    }
}

@Suite("An end")
struct EndTests {
    @Test("by SIGTERM is orderly, keeps the music, and takes a moment", .timeLimit(.minutes(2)))
    func term() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let bot = Bot(lavadeck)
            try await bot.join(node)
            try await bot.play(node.tracks.long)
            let session = try await lavadeck.session()
            let begun = ContinuousClock.now
            #expect(try await lavadeck.stop() == .exit(0))
            #expect(begun.duration(to: .now) < .seconds(8))
            try await events.next("shutdown")
            try await events.end()
            #expect((1_000...10_000).contains(events.retryMilliseconds ?? 0))
            let guilds = await node.node.guilds
            #expect(guilds.count == 1, "no track is interrupted")
            try await lavadeck.start()
            let again = try await lavadeck.eventsFromTheBeginning()
            let ready = try await again.next("nodeReady")
            #expect(ready["data"]?["sessionId"]?.string == session)
            #expect(ready["data"]?["resumed"]?.bool == true)
        }
    }

    @Test("of a request is in the log, with who asked", .timeLimit(.minutes(2)))
    func log() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let answer = try await lavadeck.client().send(
            "PUT",
            "/v1/players/5",
            "{}",
            headers: [("X-Request-Id", "a-name-of-mine")]
        )
        #expect(answer.headers["X-Request-Id"] == "a-name-of-mine")
        let line = try await lavadeck.process.line { $0.contains("a-name-of-mine") }
        let entry = try JSONDocument(parsing: line).root
        #expect(entry["method"]?.string == "PUT" && entry["path"]?.string == "/v1/players/5")
        #expect(entry["status"]?.int64 == 201)
        #expect(entry["address"]?.string == "127.0.0.1")
    }

    @Test("is what healthcheck tells", .timeLimit(.minutes(2)))
    func healthcheck() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            try await events.next("nodeReady")
            let flags = ["healthcheck", "--listen", "127.0.0.1:\(lavadeck.port)"]
            let well = try ChildProcess(LavadeckProcess.program, flags)
            #expect(try await well.end() == .exit(0), "\(well.output)")
            try await lavadeck.stop()
            let gone = try ChildProcess(LavadeckProcess.program, flags)
            #expect(try await gone.end() == .exit(1))
            #expect(gone.output.contains("no answer"))
        }
    }
}

extension String {
    fileprivate func allSatisfyLines(_ rule: (Substring) -> Bool) -> Bool {
        split(separator: "\n").allSatisfy(rule)
    }
}
