import Testing
import Wire

@Suite("A WebSocket handshake")
struct HandshakeTests {
    typealias Client = WebSocket.ClientHandshake

    /// The key of RFC 6455 §1.3.
    private let nonce = Array("the sample nonce".utf8)
    private let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    private func client(
        _ headers: [(name: String, value: String)] = []
    ) throws(WebSocket.HandshakeError) -> Client {
        try Client(host: "node:2333", path: "/v4/websocket", headers: headers, nonce: nonce)
    }

    private func answer(_ lines: String...) -> String {
        (lines + ["", ""]).joined(separator: "\r\n")
    }

    private var good: String {
        answer(
            "HTTP/1.1 101 Switching Protocols",
            "UPGRADE: WebSocket",
            "connection: keep-alive , Upgrade",
            "Sec-WebSocket-Accept:  \(accept)\t",
            "Session-Resumed: true"
        )
    }

    @Test("makes the accept value of the standard")
    func acceptValue() {
        #expect(WebSocket.acceptValue(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == accept)
    }

    @Test("writes the request of a client")
    func request() throws {
        let text = String(
            decoding: try client([("Authorization", "pass word"), ("User-Id", "1")]).request,
            as: UTF8.self
        )
        #expect(
            text
                == answer(
                    "GET /v4/websocket HTTP/1.1",
                    "Host: node:2333",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Version: 13",
                    "Authorization: pass word",
                    "User-Id: 1"
                )
        )
    }

    @Test(
        "refuses to write what would forge a head",
        arguments: [
            ("A", "b\r\nC: d"), ("A", "b\n"), ("A", "\u{0}"), ("A", "\u{7f}"), ("", "b"),
            ("A b", "c"), ("A:", "c"), ("É", "c"),
        ]
    )
    func forged(name: String, value: String) {
        #expect(throws: WebSocket.HandshakeError.invalidHeader(name)) {
            try client([(name, value)])
        }
    }

    @Test("hands the bytes behind the head on, wherever the segments are cut")
    func opened() throws {
        let frames: [UInt8] = [0x81, 0x02, 0x7b, 0x7d]
        let bytes = Array(good.utf8) + frames
        for place in 0...bytes.count {
            var handshake = try client()
            var rest: [UInt8]?
            for piece in [bytes[..<place], bytes[place...]] {
                if let have = rest {
                    rest = have + piece
                } else if case .opened(let headers, let start) = try handshake.receive(piece) {
                    rest = start
                    #expect(headers.last?.name == "session-resumed")
                    #expect(headers.last?.value == "true")
                }
            }
            #expect(rest == frames)
        }
    }

    @Test("goes on after an interim answer")
    func interim() throws {
        var handshake = try client()
        let early = answer("HTTP/1.1 103 Early Hints", "Link: </a>")
        guard case .opened = try handshake.receive((early + good).utf8) else {
            Issue.record("not opened")
            return
        }
    }

    @Test(
        "refuses a 101 that proves nothing",
        arguments: [
            ("Upgrade", ["Upgrade: h2c"]), ("Upgrade", []),
            ("Connection", ["Upgrade: websocket", "Connection: close"]),
            ("Sec-WebSocket-Accept", ["Upgrade: websocket", "Connection: upgrade"]),
            (
                "Sec-WebSocket-Accept",
                [
                    "Upgrade: websocket", "Connection: upgrade",
                    "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                ]
            ),
            (
                "Sec-WebSocket-Extensions",
                [
                    "Upgrade: websocket", "Connection: upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "Sec-WebSocket-Extensions: permessage-deflate",
                ]
            ),
            (
                "Sec-WebSocket-Protocol",
                [
                    "Upgrade: websocket", "Connection: upgrade",
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                    "Sec-WebSocket-Protocol: chat",
                ]
            ),
        ] as [(String, [String])]
    )
    func unproved(field: String, lines: [String]) throws {
        let head = (["HTTP/1.1 101 X"] + lines + ["", ""]).joined(separator: "\r\n")
        var handshake = try client()
        #expect(throws: WebSocket.HandshakeError.invalidAnswer(field: field)) {
            try handshake.receive(head.utf8)
        }
    }

    @Test(
        "reports a refusal with its body",
        arguments: [
            ("Content-Length: 5\r\n", "hello and more", "hello", true),
            ("Content-Length: 0\r\n", "", "", true),
            ("Content-Length: 9\r\n", "short", "short", false),
            ("Content-Length: x\r\n", "until the end", "until the end", false),
            ("", "until the end", "until the end", false),
            (
                "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde",
                true
            ),
            ("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nff\r\nde", "abcde", false),
        ]
    )
    func refused(field: String, sent: String, body: String, isDecidedEarly: Bool) throws {
        let bytes = Array("HTTP/1.1 401 Unauthorized\r\n\(field)\r\n\(sent)".utf8)
        for place in 0...bytes.count {
            var handshake = try client()
            var outcome = try handshake.receive(bytes[..<place])
            if outcome == nil { outcome = try handshake.receive(bytes[place...]) }
            #expect((outcome != nil) == isDecidedEarly)
            guard case .refused(401, _, let got) = try outcome ?? handshake.finish() else {
                Issue.record("not refused")
                return
            }
            #expect(String(decoding: got, as: UTF8.self) == body)
        }
    }

    @Test(
        "names what is wrong with an answer",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 101 X\r\n\r\n", "HTTP/1.1 1x1 X\r\n\r\n",
            "HTTP/1.1 99 X\r\n\r\n", "HTTP/1.1 101 X\r\n folded\r\n\r\n", "\r\n\r\n",
            "HTTP/1.1 101 X\r\nno colon\r\n\r\n", "HTTP/1.1 101 X\r\nA b: c\r\n\r\n", "\n",
        ]
    )
    func malformed(head: String) throws {
        var handshake = try client()
        #expect(throws: WebSocket.HandshakeError.malformedHead) {
            try handshake.receive(head.utf8)
        }
    }

    @Test("bounds the head, and knows an early end")
    func bounds() throws {
        var endless = try client()
        #expect(throws: WebSocket.HandshakeError.headTooLarge(limit: 65536)) {
            try endless.receive([UInt8](repeating: 0x61, count: 65536))
        }
        var early = try client()
        #expect(try early.receive("HTTP/1.1 101 ".utf8) == nil)
        #expect(throws: WebSocket.HandshakeError.closedEarly) { try early.finish() }
        for error in [
            WebSocket.HandshakeError.closedEarly, .malformedHead, .headTooLarge(limit: 1),
            .invalidAnswer(field: "Upgrade"), .invalidHeader("A"),
        ] { #expect(!error.reason.isEmpty) }
    }

    @Test(
        "is checked by a server in Lavalink's order",
        arguments: [
            (Method.post, ["Upgrade": "websocket"], 405),
            (.get, [:], 400), (.get, ["Upgrade": "h2c"], 400),
            (.get, ["Upgrade": "websocket"], 400),
            (.get, ["Upgrade": "websocket", "Connection": "close"], 400),
            (.get, ["Upgrade": "websocket", "Connection": "upgrade"], 426),
            (
                .get,
                ["Upgrade": "websocket", "Connection": "x, Upgrade", "Sec-WebSocket-Version": "8"],
                426
            ),
            (
                .get,
                ["Upgrade": "websocket", "Connection": "upgrade", "Sec-WebSocket-Version": "13"],
                400
            ),
            (
                .get,
                [
                    "Upgrade": "websocket", "Connection": "upgrade", "Sec-WebSocket-Version": "13",
                    "Sec-WebSocket-Key": "c2hvcnQ=",
                ], 400
            ),
        ]
    )
    func serverRefuses(method: Method, fields: [String: String], status: Int) {
        var headers = Headers()
        for (name, value) in fields { headers.append(name, value) }
        let request = Request(method: method, path: "/v4/websocket", headers: headers)
        guard case .refuse(let response) = WebSocket.ServerHandshake.verdict(on: request) else {
            Issue.record("accepted")
            return
        }
        #expect(response.status == status)
        switch status {
        case 405: #expect(response.headers.contains { $0 == ("Allow", "GET") })
        case 426: #expect(response.headers.contains { $0 == ("Sec-WebSocket-Version", "13") })
        default: break
        }
    }

    @Test("opens between our own client and server")
    func both() throws {
        var headers = Headers()
        headers.append("upgrade", "WebSocket")
        headers.append("Connection", "keep-alive, Upgrade")
        headers.append("sec-websocket-version", "13")
        headers.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        let request = Request(method: .get, path: "/", headers: headers)
        guard case .accept(let fields) = WebSocket.ServerHandshake.verdict(on: request) else {
            Issue.record("refused")
            return
        }
        var handshake = try client()
        let lines = (fields + [("Session-Resumed", "false")]).map { "\($0): \($1)\r\n" }
        let head = "HTTP/1.1 101 Switching Protocols\r\n\(lines.joined())\r\n"
        guard case .opened(let answer, let rest) = try handshake.receive(head.utf8) else {
            Issue.record("not opened")
            return
        }
        #expect(answer.map(\.name).contains("session-resumed"))
        #expect(rest.isEmpty)
    }
}
