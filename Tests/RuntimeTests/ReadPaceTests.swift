import Runtime
import Testing

@Suite("A WebSocket peer that sends often", .timeLimit(.minutes(1)))
@Loop struct ReadPaceTests {
    private nonisolated static let rounds = 20

    /// A server that answers each text at once, and ends in its own way after the last.
    private func server(_ end: @escaping @Sendable (Peer) -> Void) throws -> ScriptedServer {
        try ScriptedServer { peer in
            peer.upgrade()
            for round in 0..<Self.rounds {
                peer.writeFrame(0x81, "\(round)")
                guard peer.readFrame() != nil else { return }
            }
            end(peer)
        }
    }

    /// Asks for the next text after each one.
    private func talk(with socket: WebSocketRecorder) async {
        #expect(await socket.next() == "opened")
        for round in 0..<Self.rounds {
            #expect(await socket.next() == "text \(round)")
            socket.client.send(text: "next")
        }
    }

    @Test("is read once in an interval, in which more of it may come together")
    func pace() async throws {
        let server = try server { $0.writeClose(1000, "over") }
        let socket = WebSocketRecorder(server.port)
        let start = ContinuousClock.now
        await talk(with: socket)
        // The first two tell that it sends often; each of the others waits for its read.
        let paced = Self.rounds - 3
        #expect(ContinuousClock.now - start >= WebSocketClient.readPace * paced)
        #expect(await socket.rest() == ["closed 1000 over"])
    }

    @Test("answers a ping between its messages")
    func ping() async throws {
        let server = try server { peer in
            guard let ping = peer.readFrame() else { return }
            peer.writeFrame(0x8a, ping.payload)
            peer.writeClose(1000, "over")
        }
        let socket = WebSocketRecorder(server.port)
        await talk(with: socket)
        socket.client.ping(Array("now".utf8))
        #expect(await socket.rest() == ["pong now", "closed 1000 over"])
    }

    @Test("is heard when it ends between two reads", arguments: ["fin", "rst"])
    func end(how: String) async throws {
        let server = try server { peer in
            if how == "rst" { peer.reset() }
        }
        let socket = WebSocketRecorder(server.port)
        await talk(with: socket)
        let end = await socket.rest()
        #expect(end.count == 1 && end.first?.hasPrefix("closed 1006") == true, "\(end)")
    }
}
