import Dispatch
import Runtime
import Testing
import Wire

@Suite("A WebSocket client", .timeLimit(.minutes(1)))
@Loop struct WebSocketClientTests {
    @Test("sends the fields it was given, and reads frames of the segment with the 101")
    func oneSegment() async throws {
        let server = try ScriptedServer { peer in
            guard let (request, answer) = peer.readUpgrade() else { return }
            let id = Peer.field("user-id", in: request) ?? "none"
            let host = Peer.field("host", in: request) ?? "none"
            let text = Array("\(id) at \(host)".utf8)
            peer.write(
                Array((answer + "Session-Resumed: true\r\n\r\n").utf8)
                    + [0x81, UInt8(text.count)] + text + [0x88, 2, 0x03, 0xe8]
            )
            peer.readToEnd()
        }
        let socket = WebSocketRecorder(server.port, headers: [("User-Id", "42")])
        #expect(
            await socket.rest() == [
                "opened resumed true", "text 42 at 127.0.0.1:\(server.port)", "closed 1000 ",
            ]
        )
    }

    @Test("takes a head and frames that come byte by byte, and fragments around a ping")
    func drip() async throws {
        let server = try ScriptedServer { peer in
            guard let (_, answer) = peer.readUpgrade() else { return }
            var bytes = Array((answer + "\r\n").utf8)
            bytes += [0x01, 2, 0x61, 0xc3, 0x89, 1, 0x21, 0x00, 0, 0x80, 1, 0xa9]
            for byte in bytes { peer.write([byte]) }
            let pong = peer.readFrame()
            peer.writeFrame(0x81, "\(pong?.first ?? 0) \(pong?.payload ?? [])")
            peer.writeClose(4001, "enough")
            let close = peer.readFrame()
            #expect(close?.first == 0x88)
            #expect(close?.payload == [0x0f, 0xa1] + Array("enough".utf8), "echoed")
        }
        let socket = WebSocketRecorder(server.port)
        #expect(
            await socket.rest() == ["opened", "text aé", "text 138 [33]", "closed 4001 enough"]
        )
    }

    @Test("sends texts and pings, and hears the pongs")
    func sending() async throws {
        let server = try ScriptedServer { peer in
            peer.upgrade()
            while let (first, payload) = peer.readFrame() {
                switch first {
                case 0x89: peer.writeFrame(0x8a, payload)
                case 0x88:
                    peer.writeFrame(0x88, payload)
                    return
                default: peer.writeFrame(first, payload)
                }
            }
        }
        let socket = WebSocketRecorder(server.port)
        socket.client.send(text: "too early")
        #expect(!socket.client.isOpen)
        #expect(await socket.next() == "opened")
        #expect(socket.client.isOpen)
        socket.client.ping(Array("a".utf8))
        socket.client.send(text: "one")
        socket.client.ping(Array("b".utf8))
        socket.client.close(code: 4242, reason: "done")
        #expect(!socket.client.isOpen)
        socket.client.send(text: "too late")
        socket.client.close()
        #expect(await socket.rest() == ["pong a", "text one", "pong b", "closed 4242 done"])
    }

    @Test(
        "reports a refusal whose body and end come together",
        arguments: [
            ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "refused 401 "),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope", "refused 404 nope"),
            ("HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", "refused 502 <html>"),
            ("HTTP/1.1 503 X\r\nContent-Length: 9\r\n\r\nhalf", "refused 503 half"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "refused 200 ok"
            ),
            ("", "failed: connection lost: connection closed during the handshake"),
            ("HTTP/1.1 10", "failed: connection lost: connection closed during the handshake"),
            ("RFB 003.008\n\n", "failed: connection lost: answer is not HTTP/1.1"),
            (
                "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
                "failed: connection lost: Sec-WebSocket-Accept of the answer is absent or wrong"
            ),
        ]
    )
    func refusals(answer: String, event: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.readHead()
            peer.write(answer)
        }
        #expect(await WebSocketRecorder(server.port).rest() == [event])
    }

    @Test("names how a connection ended", arguments: ["1000", "1001", "none", "fin", "rst", "bad"])
    func endings(how: String) async throws {
        let server = try ScriptedServer { peer in
            peer.upgrade()
            peer.writeFrame(0x81, "last")
            switch how {
            case "1000": peer.writeClose(1000, "bye")
            case "1001": peer.writeClose(1001)
            case "none": peer.writeFrame(0x88)
            case "bad": peer.writeFrame(0x81, [0xff])
            case "rst":
                _ = peer.readFrame()
                peer.reset()
            default: break
            }
            if how == "bad" {
                // The ping that is sent below may come before it.
                var frame = peer.readFrame()
                while frame?.first == 0x89 { frame = peer.readFrame() }
                #expect(frame?.payload.prefix(2) == [0x03, 0xef])
            }
            if how != "fin" && how != "rst" { peer.readToEnd() }
        }
        let socket = WebSocketRecorder(server.port)
        #expect(await socket.next() == "opened")
        #expect(await socket.next() == "text last")
        socket.client.ping()
        let rest = await socket.rest()
        #expect(rest.count == 1)
        let end = rest.last ?? ""
        switch how {
        case "1000": #expect(end == "closed 1000 bye")
        case "1001": #expect(end == "closed 1001 ")
        case "none": #expect(end == "closed without code ")
        case "bad": #expect(end == "closed 1007 text is not UTF-8")
        default: #expect(end.hasPrefix("closed 1006 connection lost"))
        }
    }

    @Test("can be aborted at every stage, and ends once")
    func aborting() async throws {
        let silent = try SilentAddress()
        let server = try ScriptedServer { peer in
            peer.upgrade()
            peer.writeFrame(0x81, "a")
            peer.readToEnd()
        }
        let connecting = WebSocketRecorder(silent.port)
        connecting.client.abort()
        connecting.client.abort()
        #expect(await connecting.rest() == ["failed: cancelled"])
        let early = WebSocketRecorder(server.port)
        early.client.close()
        #expect(await early.rest() == ["failed: cancelled"])
        let halfOpen = WebSocketRecorder(server.port)
        #expect(await halfOpen.next() == "opened")
        #expect(await halfOpen.next() == "text a")
        halfOpen.client.ping()  // never answered
        halfOpen.client.abort()
        halfOpen.client.send(text: "lost")
        #expect(await halfOpen.rest() == ["closed 1006 aborted"])
    }

    @Test("gives up on a handshake or a close that is never answered")
    func timeouts() async throws {
        let server = try ScriptedServer { peer in
            if peer.readHead()?.hasPrefix("GET /partial") == true {
                peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\npart")
            }
            peer.readToEnd()
        }
        let deaf = try ScriptedServer { peer in
            peer.upgrade()
            peer.readToEnd()
        }
        var limits = WebSocketClient.Limits()
        limits.handshakeTimeout = .milliseconds(200)
        limits.closeTimeout = .milliseconds(200)
        let silent = try SilentAddress()
        for port in [server.port, silent.port] {
            #expect(await WebSocketRecorder(port, limits: limits).rest() == ["failed: timed out"])
        }
        let partial = WebSocketRecorder(server.port, path: "/partial", limits: limits)
        #expect(await partial.rest() == ["refused 403 part"])
        let closing = WebSocketRecorder(deaf.port, limits: limits)
        #expect(await closing.next() == "opened")
        closing.client.close()
        #expect(await closing.rest() == ["closed 1006 the peer did not answer the close frame"])
    }

    @Test("reports what a connection came to")
    func failures() async throws {
        #expect(
            await WebSocketRecorder(try closedPort()).rest() == ["failed: connection refused"]
        )
        let forged = WebSocketRecorder(1, headers: [("Authorization", "a\r\nX: y")])
        #expect(
            await forged.rest() == [
                "failed: request cannot be sent: "
                    + "header Authorization has bytes that may not be sent"
            ]
        )
        let unresolved = await WebSocketRecorder(80, host: "nowhere.invalid").rest()
        #expect(unresolved.count == 1)
        #expect(unresolved.first?.hasPrefix("failed: host name not resolved") == true)
    }

    @Test("drops a peer that does not read, and one that sends too much")
    func limits() async throws {
        let server = try ScriptedServer { peer in
            peer.upgrade()
            peer.write([0x81, 126, 0x04, 0x01])
            peer.readToEnd()
        }
        var limits = WebSocketClient.Limits()
        limits.messages.messageBytes = 1024
        let greedy = WebSocketRecorder(server.port, limits: limits)
        #expect(
            await greedy.rest() == ["opened", "closed 1009 message exceeds 1024 bytes"]
        )

        let release = DispatchSemaphore(value: 0)
        let deaf = try ScriptedServer { peer in
            peer.upgrade()
            _ = release.wait(timeout: .now() + 10)
        }
        let flooded = WebSocketRecorder(deaf.port)
        #expect(await flooded.next() == "opened")
        let chunk = [UInt8](repeating: 0x61, count: 256 * 1024)
        for _ in 1...100 where flooded.client.isOpen { flooded.client.send(text: chunk) }
        let rest = await flooded.rest()
        #expect(rest.first?.hasPrefix("closed 1006 the peer does not read") == true)
        release.signal()
    }

    @Test("moves megabytes in both directions, with a backlog")
    func volume() async throws {
        let size = 3_000_064
        let server = try ScriptedServer { peer in
            peer.upgrade()
            let text = [UInt8](repeating: 0x61, count: size)
            peer.write(
                [0x81, 127] + (0..<8).reversed().map { UInt8(size >> ($0 * 8) & 0xff) } + text
            )
            let head = peer.read(exactly: 14)
            let payload = peer.read(exactly: size)
            guard head.count == 14 else { return }
            let isIntact = stride(from: 0, to: payload.count, by: 97).allSatisfy {
                payload[$0] ^ head[10 + $0 & 3] == UInt8(truncatingIfNeeded: $0)
            }
            peer.writeFrame(0x81, "intact: \(payload.count == size && isIntact)")
            peer.writeClose(1000)
            peer.readToEnd()
        }
        var limits = WebSocketClient.Limits()
        limits.backlogBytes = 4_000_000
        let socket = WebSocketRecorder(server.port, limits: limits)
        #expect(await socket.next() == "opened")
        let row = (0..<256).map { UInt8($0) }
        var text: [UInt8] = []
        while text.count < size { text += row }
        socket.client.send(text: text)
        #expect(await socket.rest() == ["text of \(size)", "text intact: true", "closed 1000 "])
    }
}
