import Runtime
import Support
import Testing
import Wire

@Suite("The server's end of a WebSocket", .timeLimit(.minutes(1)))
@Loop struct WebSocketServerTests {
    /// A listener whose every WebSocket echoes texts, and closes, drops or aborts on demand.
    private func makeServer(_ events: EventQueue = EventQueue()) throws -> Listener {
        try Listener(address: "127.0.0.1", port: 0) { exchange in
            let headers = [(name: "Session-Resumed", value: "false")]
            guard let socket = WebSocketServerConnection.accept(exchange, headers: headers) else {
                return
            }
            socket.send(text: "ready")
            socket.start { event in
                switch event {
                case .text(let text): Self.obey(String(decoding: text, as: UTF8.self), socket)
                case .binary: socket.close(code: 1003, reason: "no binary")
                case .pong(let payload): socket.send(text: Array("pong ".utf8) + payload)
                case .closed(let code, let reason):
                    let text = "closed \(code.map { "\($0)" } ?? "without code") \(reason)"
                    events.append(text, isTerminal: true)
                }
            }
        }
    }

    private static func obey(_ text: String, _ socket: WebSocketServerConnection) {
        switch text {
        case "close": socket.close(code: 4006, reason: "asked to")
        case "drop": socket.drop()
        case "abort": socket.abort()
        case "ping": socket.ping(Array("x".utf8))
        case "stall": socket.isStalled = true
        default: socket.send(text: "you said " + text)
        }
    }

    @Test("talks with our own client, and each sees the other's close")
    func both() async throws {
        let events = EventQueue()
        let listener = try makeServer(events)
        let socket = WebSocketRecorder(Int(listener.port))
        #expect(await socket.next() == "opened resumed false")
        #expect(await socket.next() == "text ready")
        socket.client.send(text: "hello")
        #expect(await socket.next() == "text you said hello")
        socket.client.ping(Array("p".utf8))
        #expect(await socket.next() == "pong p")
        socket.client.send(text: "ping")
        #expect(await socket.next() == "text pong x")
        socket.client.close(code: 1000, reason: "bye")
        #expect(await socket.rest() == ["closed 1000 bye"])
        #expect(await events.rest() == ["closed 1000 bye"])
        await listener.shutdown(within: .seconds(1))
        #expect(listener.connectionCount == 0)
    }

    @Test(
        "ends a connection in every way that a node can",
        arguments: [
            ("close", "closed 4006 asked to", "closed 4006 asked to"),
            ("drop", "closed 1006 connection lost", "closed 1006 dropped"),
            ("abort", "closed 1006 connection lost", "closed 1006 connection ended"),
        ]
    )
    func endings(demand: String, client: String, server: String) async throws {
        let events = EventQueue()
        let listener = try makeServer(events)
        let socket = WebSocketRecorder(Int(listener.port))
        #expect(await socket.next() == "opened resumed false")
        #expect(await socket.next() == "text ready")
        socket.client.send(text: demand)
        let seen = await socket.rest()
        #expect(seen.count == 1 && seen[0].hasPrefix(client), "\(seen)")
        let own = await events.rest()
        #expect(own.count == 1 && own[0].hasPrefix(server), "\(own)")
        await listener.shutdown(within: .seconds(1))
    }

    @Test("can be half-open: nothing is answered, and the client ends it")
    func stalled() async throws {
        let events = EventQueue()
        let listener = try makeServer(events)
        let socket = WebSocketRecorder(Int(listener.port))
        #expect(await socket.next() == "opened resumed false")
        socket.client.send(text: "stall")
        socket.client.ping()
        #expect(await socket.next() == "text ready")
        socket.client.abort()
        #expect(await socket.rest() == ["closed 1006 aborted"])
        let own = await events.rest()
        #expect(own == ["closed 1006 connection ended without a close frame"])
        await listener.shutdown(within: .seconds(1))
    }

    @Test(
        "refuses what is no good upgrade, with the fields of every answer",
        arguments: [
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n", "405 Method Not Allowed"),
            ("GET / HTTP/1.1\r\nHost: a\r\n", "400 Bad Request"),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n",
                "426 Upgrade Required"
            ),
        ]
    )
    func refusals(head: String, status: String) async throws {
        let listener = try makeServer()
        let answer = await talk(to: listener, head + "Connection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
        #expect(answer.contains("Session-Resumed: false\r\n"))
        await listener.shutdown(within: .seconds(1))
    }

    @Test("reads frames of the upgrade's segment, and answers violations with their code")
    func raw() async throws {
        let listener = try makeServer()
        let head =
            "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        // A masked "hi", then a frame without a mask.
        let bytes = Array(head.utf8) + [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69, 0x81, 0x00]
        let answer = await exchangeBytes(listener.port, bytes)
        let text = String(decoding: answer, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(text.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        let end = Array("frame of a client is not masked".utf8)
        let frames: [UInt8] =
            [0x81, 5] + Array("ready".utf8) + [0x81, 11] + Array("you said hi".utf8)
            + [0x88, UInt8(2 + end.count), 0x03, 0xea] + end
        #expect(Array(answer.suffix(frames.count)) == frames)
        await listener.shutdown(within: .seconds(1))
    }
}

/// Sends `bytes`, and returns everything that comes until the other side closes.
@concurrent private func exchangeBytes(_ port: UInt16, _ bytes: [UInt8]) async -> [UInt8] {
    let client = RawClient(port: port)
    client.send(bytes)
    var all: [UInt8] = []
    while true {
        let more = client.read()
        if more.isEmpty { return all }
        all += more
    }
}
