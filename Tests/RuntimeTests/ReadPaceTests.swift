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
        // The first two tell that it sends often; each of the others waits for its read. A stall of
        // this machine makes a round or two of them be read at once.
        let pace = WebSocketClient.Limits().readPace
        #expect(ContinuousClock.now - start >= pace * (Self.rounds / 2))
        #expect(await socket.rest() == ["closed 1000 over"])
    }

    @Test("is read to the end of what it has sent, however much that is")
    func much() async throws {
        let count = 10_000
        let server = try ScriptedServer { peer in
            peer.upgrade()
            let frame = [0x81, 100] + Array(repeating: UInt8(ascii: "x"), count: 100)
            peer.write(Array(repeating: frame, count: count).joined())
            peer.writeClose(1000, "over")
        }
        var limits = WebSocketClient.Limits()
        limits.readPace = .milliseconds(500)
        let socket = WebSocketRecorder(server.port, limits: limits)
        let start = ContinuousClock.now
        let rest = await socket.rest()
        #expect(rest.count == count + 2 && rest.last == "closed 1000 over")
        // libcurl reads 16 KiB: one read for each interval would take half a minute.
        #expect(ContinuousClock.now - start < .seconds(15))
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
