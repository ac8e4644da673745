import Lavalink
import Runtime
import SimulatedNode
import Support
import Testing
import Wire

@Suite("A simulated node on a port")
struct ServerTests {
    @Loop @Test("plays a short track to its end")
    func plays() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            #expect(await client.openSession() == "opened false 4")
            let track = Catalogue.track("tone-500ms", length: 500).encoded()
            let answer = await client.patch(
                #"{"track":{"encoded":"\#(track)"},"voice":\#(Bench.voice)}"#
            )
            #expect(answer.status == 200)
            #expect(answer.response?.header("lavalink-api-version") == "4")
            #expect(await client.next { $0.contains("TrackStartEvent") } != nil)
            let end = await client.next { $0.contains("TrackEndEvent") }
            #expect(end?.contains(#""reason":"finished""#) == true)
        }
    }

    @Loop @Test("resumes a session after its socket broke, and tells what happened meanwhile")
    func resumes() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            let id = client.session
            let settings = await client.send(
                .patch,
                "/v4/sessions/\(id)",
                #"{"resuming":true,"timeout":60}"#
            )
            #expect(settings.status == 200)
            let track = Catalogue.track("tone-4s", length: 4_000).encoded()
            _ = await client.patch(#"{"track":{"encoded":"\#(track)"},"voice":\#(Bench.voice)}"#)
            node.resetSockets()
            #expect(await client.next { $0.hasPrefix("closed 1006") } != nil)
            let paused = await client.send(.get, "/v4/sessions/\(id)/players")
            #expect(paused.status == 404)
            #expect(await client.openSession(resuming: id) == "opened true 4")
            #expect(client.session == id)
            #expect(await client.next { $0.contains("TrackEndEvent") } != nil)
        }
    }

    @Loop @Test("refuses handshakes as told, then takes them")
    func refuses() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            node.script.refuseHandshakes(2)
            #expect(await client.connect() == "refused 503")
            #expect(await client.connect() == "refused 503")
            #expect(await client.connect([("Authorization", "wrong")]) == "refused 401")
            #expect(await client.connect([("User-Id", "")]) == "refused 400")
            #expect(await client.connect([("User-Id", "abc")]) == "opened false 4")
            #expect(await client.next() == "closed 1011 ")
        }
    }

    @Loop @Test("answers pings and ignores text")
    func frames() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            client.send(text: "{}")
            client.ping()
            #expect(await client.next { $0 == "pong" } != nil)
        }
    }

    @Loop @Test("ends a connection that sends binary")
    func binary() async throws {
        try await NodeHarness.withNode { node in
            let said = await Self.sendBinary(port: node.port)
            #expect(said.hasSuffix("Binary messages not supported"))
        }
    }

    /// Beside the loop, for this client blocks.
    @concurrent private static func sendBinary(port: UInt16) async -> String {
        let client = RawClient(port: port)
        var head = "GET /v4/websocket HTTP/1.1\r\n"
        for (name, value) in Bench.handshake().headers.all { head += "\(name): \(value)\r\n" }
        client.send(head.replacing("localhost:2333", with: "localhost:\(port)") + "\r\n")
        _ = client.read(until: "lavalinkLoad")
        client.send([0x82, 0x81, 0, 0, 0, 0, 1])  // one masked byte
        return client.read(until: "supported")
    }

    @Loop @Test("drops sockets with a code, or without one", arguments: [1001, 4000, nil])
    func drops(code: UInt16?) async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            node.drop(code: code, reason: code == nil ? "" : "told to")
            let end = await client.next { $0.hasPrefix("closed") }
            #expect(end?.hasPrefix("closed \(code ?? 1006) ") == true)
            #expect(await client.openSession() == "opened false 4")
        }
    }

    @Loop @Test("is gone when it is killed, and knows nothing when it is back")
    func kills() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            let id = client.session
            await node.kill()
            #expect(await client.next { $0.hasPrefix("closed") }?.hasPrefix("closed 1006") == true)
            #expect(await client.connect() == "failed")
            #expect(await client.send(.get, "/version").status == nil)
            try node.restart()
            #expect(await client.openSession(resuming: id) == "opened false 4")
            #expect(await client.send(.get, "/v4/sessions/\(id)/players").status == 404)
        }
    }

    @Loop @Test("does to requests what its rules say, a number of times")
    func rules() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            node.script.answer(429, to: .patch, path: "/players/", retryAfter: 3)
            let refused = await client.patch("{}")
            #expect(refused.status == 429)
            #expect(refused.response?.header("retry-after") == "3")
            node.script.rules.append(AnswerRule(.patch, nil, 1, .resetAfterApplying))
            #expect(await client.patch(#"{"volume":7}"#).status == nil)
            node.script.rules.append(AnswerRule(.patch, nil, 1, .stall))
            #expect(await client.patch("{}", timeout: .milliseconds(100)).status == nil)
            let after = await client.patch("{}")
            #expect(after.status == 200)
            let text = String(decoding: after.response?.body ?? [], as: UTF8.self)
            #expect(RawJSON.parsed(text)["volume"]?.int64 == 7)
        }
    }

    @Loop @Test("keeps a log of what came, so that a test can say what did not")
    func logs() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession(resuming: "unknown")
            _ = await client.patch(#"{"volume":7}"#)
            #expect(node.log.map(\.status) == [101, 200])
            #expect(node.log.first?.sessionID == "unknown")
            #expect(node.log.last?.method == .patch)
            #expect(node.log.last?.body == Array(#"{"volume":7}"#.utf8))
            node.clearLog()
            #expect(node.log.isEmpty)
        }
    }

    @Loop @Test("stays silent while it is frozen, and keeps its connections")
    func freezes() async throws {
        try await NodeHarness.withNode { node in
            let client = NodeClient(port: node.port)
            _ = await client.openSession()
            node.isFrozen = true
            #expect(await client.patch("{}", timeout: .milliseconds(100)).status == nil)
            node.broadcast("{}")
            node.isFrozen = false
            node.broadcast(#"{"op":"thawed"}"#)
            #expect(await client.next { $0.contains("op") && !$0.contains("stats") } != nil)
        }
    }
}
