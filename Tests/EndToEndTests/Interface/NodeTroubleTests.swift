import SimulatedNode
import Support
import Testing
import Wire

@Suite("A node in trouble")
struct NodeTroubleTests {
    /// A service with a ready node and a player that has voice.
    private func began(_ node: NodeHere) async throws -> (LavadeckProcess, EventStream, Bot) {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
        let events = try await lavadeck.eventsFromTheBeginning()
        try await events.next("nodeReady")
        let bot = Bot(lavadeck)
        try await bot.join(node)
        return (lavadeck, events, bot)
    }

    @Test("that is not there: 503, and what can wait happens later", .timeLimit(.minutes(2)))
    func away() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            await node.kill()
            let lavadeck = try await LavadeckProcess.running(TestConfiguration(node))
            let events = try await lavadeck.eventsFromTheBeginning()
            let bot = Bot(lavadeck)
            #expect(try await bot.client.put(bot.path, "{}").status == 201)
            let voice = """
                {"token":"t","endpoint":"\(node.voiceEndpoint)","sessionId":"s",
                 "channelId":"\(Bot.channel)"}
                """
            let encoded = Catalogue.encoded("tone-60s")
            let answers = try await [
                bot.client.put(bot.path + "/voice", voice),
                bot.client.post(bot.path + "/play", #"{"encoded":"\#(encoded)"}"#),
                bot.client.patch(bot.path, #"{"volume":33}"#),
            ]
            for answer in answers {
                #expect(answer.status == 503, "\(answer.text)")
                #expect(Int(answer.headers["Retry-After"] ?? "") ?? 0 >= 1)
                #expect(answer["kept"]?.bool == true)
            }
            let load = try await bot.client.get("/v1/tracks?identifier=tone-60s")
            #expect(load.status == 503 && load["kept"]?.bool == false)
            #expect(load.headers["Retry-After"] != nil)

            try await node.start()
            try await events.next("nodeReady")
            try await events.next("trackStart")
            let session = try await lavadeck.session()
            let found = try #require(try await node.player(bot.guild, session: session))
            #expect(found["track"]?["info"]?["identifier"]?.string == "tone-60s")
            #expect(found["volume"]?.int64 == 33)
            #expect(try await bot.player()["state"]?.string == "playing")
        }
    }

    @Test("that answers 500: 502 with its status and message", .timeLimit(.minutes(2)))
    func failing() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (_, _, bot) = try await began(node)
            await node.script {
                $0.rules.append(
                    AnswerRule(
                        .patch,
                        "/players/",
                        1,
                        .status(500, retryAfter: nil, message: "The wheels came off")
                    )
                )
            }
            let answer = try await bot.client.patch(bot.path, #"{"volume":33}"#)
            #expect(answer.status == 502, "\(answer.text)")
            #expect(answer["type"]?.string == "/problems/node-error")
            #expect(answer["node"]?.string == "main")
            #expect(answer["nodeAnswer"]?["status"]?.int64 == 500)
            #expect(answer["nodeAnswer"]?["message"]?.string == "The wheels came off")
        }
    }

    @Test("that cannot load: 502 or 422 with its words", .timeLimit(.minutes(2)))
    func notLoading() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (_, _, bot) = try await began(node)
            let path = bot.path + "/play"
            let nothing = try await bot.client.post(path, #"{"identifier":"nothing here"}"#)
            #expect(nothing.status == 422, "\(nothing.text)")
            await node.script { $0.answer(500, path: "/loadtracks") }
            let broken = try await bot.client.post(path, #"{"identifier":"tone-60s"}"#)
            #expect(broken.status == 502, "\(broken.text)")
            #expect(broken["nodeAnswer"]?["status"]?.int64 == 500)
        }
    }

    /// Both at once, since each takes the ten seconds that a node may take.
    @Test("that stalls: 504, and the outcome is found out", .timeLimit(.minutes(2)))
    func stalling() async throws {
        async let one: Void = stallsAfterApplying()
        async let other: Void = stallsBeforeApplying()
        _ = try await (one, other)
    }

    private func stallsAfterApplying() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (lavadeck, _, bot) = try await began(node)
            await node.script {
                $0.rules.append(AnswerRule(.patch, "/players/", 1, .stallAfterApplying))
            }
            let patches = await node.patches()?.count ?? 0
            let answer = try await bot.client.patch(bot.path, #"{"volume":33}"#)
            #expect(answer.status == 504, "\(answer.text)")
            #expect(answer["type"]?.string == "/problems/node-timeout")
            #expect(answer["node"]?.string == "main")
            // The node had done it: that is read from it, and nothing is sent again.
            try await bot.patch(#"{"volume":44}"#)
            let session = try await lavadeck.session()
            let found = try await node.player(bot.guild, session: session)
            #expect(found?["volume"]?.int64 == 44)
            #expect(await node.patches()?.count == patches + 2)
        }
    }

    private func stallsBeforeApplying() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            let (lavadeck, _, bot) = try await began(node)
            await node.script {
                $0.rules.append(AnswerRule(.patch, "/players/", 1, .stall))
            }
            let answer = try await bot.client.patch(bot.path, #"{"volume":33}"#)
            #expect(answer.status == 504, "\(answer.text)")
            let session = try await lavadeck.session()
            _ = try await eventually("the volume on the node") {
                let found = try await node.player(bot.guild, session: session)
                return found?["volume"]?.int64 == 33 ? true : nil
            }
        }
    }
}
