import Runtime
import Testing
import Wire

@Suite(
    "A TLS connection",
    .timeLimit(.minutes(1)),
    .enabled(if: TLSFront.isAvailable, "needs /usr/bin/openssl and /usr/bin/python3")
)
@Loop struct TLSTests {
    @Test("is made for https only with a certificate that is trusted")
    func https() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.readRequest() {
                peer.answer(body: String(request.head.split(separator: " ")[0]))
            }
        }
        let front = try await TLSFront.start(target: server.port)
        let request = OutboundRequest(
            method: .patch,
            url: "https://127.0.0.1:\(front.port)/",
            body: Array("{}".utf8)
        )

        let trusting = CurlClient(caFile: front.caFile)
        defer { trusting.shutdown() }
        for _ in 1...3 {
            let response = try await trusting.send(request).get()
            #expect(response.status == 200)
            #expect(response.body == Array("PATCH".utf8))
        }
        #expect(server.connections == 1, "kept")

        let other = CurlClient()
        defer { other.shutdown() }
        let result = await other.send(request)
        guard case .tls(let reason) = result.failure else {
            Issue.record("\(result)")
            return
        }
        #expect(reason.contains("certificate"))
        #expect(server.connections == 1)
    }

    @Test("is refused for another name, and for a file that is none")
    func wrongName() async throws {
        let heard = SharedCount()
        let server = try ScriptedServer { if !$0.read().isEmpty { heard.increment() } }
        let front = try await TLSFront.start(target: server.port, name: "DNS:node.example")
        for caFile in [front.caFile, "/nonexistent.pem"] {
            let client = CurlClient(caFile: caFile)
            defer { client.shutdown() }
            let request = OutboundRequest(url: "https://127.0.0.1:\(front.port)/")
            let result = await client.send(request)
            guard case .tls = result.failure else {
                Issue.record("\(result)")
                return
            }
        }
        #expect(heard.value == 0, "nothing was sent")
    }

    @Test("carries a wss WebSocket, with frames that come in the segment of the 101")
    func wss() async throws {
        let size = 500_000
        let server = try ScriptedServer { peer in
            guard let (_, answer) = peer.readUpgrade() else { return }
            let length = (0..<8).reversed().map { UInt8(size >> ($0 * 8) & 0xff) }
            peer.write(
                Array((answer + "\r\n").utf8) + [0x81, 2, 0x7b, 0x7d] + [0x81, 127] + length
                    + [UInt8](repeating: 0x62, count: size)
            )
            let head = peer.read(exactly: 14)
            let payload = peer.read(exactly: size)
            guard head.count == 14 else { return }
            let isIntact = payload.indices.allSatisfy { payload[$0] ^ head[10 + $0 & 3] == 0x61 }
            peer.writeFrame(0x81, "intact: \(payload.count == size && isIntact)")
            peer.writeClose(1001)
            peer.readToEnd()
        }
        let front = try await TLSFront.start(target: server.port)
        let socket = WebSocketRecorder(front.port, tls: true, caFile: front.caFile)
        #expect(await socket.next() == "opened")
        socket.client.send(text: [UInt8](repeating: 0x61, count: size))
        #expect(
            await socket.rest() == [
                "text {}", "text of \(size)", "text intact: true", "closed 1001 ",
            ]
        )
    }

    @Test("is refused for a wss WebSocket whose certificate is not trusted")
    func untrusted() async throws {
        let server = try ScriptedServer { $0.readToEnd() }
        let front = try await TLSFront.start(target: server.port)
        let events = await WebSocketRecorder(front.port, tls: true).rest()
        #expect(events.count == 1)
        #expect(events.first?.hasPrefix("failed: TLS failed") == true)
        #expect(server.connections == 0)
    }

    @Test("is not made with a server that speaks no TLS")
    func plain() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.read()
            peer.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let events = await WebSocketRecorder(server.port, tls: true).rest()
        #expect(events.count == 1)
        #expect(events.first?.hasPrefix("failed: TLS failed") == true)
    }
}
