extension WebSocket {
    /// The client's half of the upgrade: the request to send, and what becomes of the answer.
    ///
    /// Give it what arrives with `receive`, and say when the connection ended or the time was up
    /// with `finish`: a refusal often comes together with the end.
    package struct ClientHandshake: Sendable {
        package enum Outcome: Sendable {
            /// Upgraded; bytes that came behind the head belong to the frames.
            case opened(headers: [(name: String, value: String)], rest: [UInt8])
            case refused(status: Int, headers: [(name: String, value: String)], body: [UInt8])
        }

        /// Bytes of the answer's head.
        static let headBytes = 64 * 1024
        /// Bytes of a refusal's body that are kept; the rest is dropped.
        static let bodyBytes = 64 * 1024

        package let request: [UInt8]
        private let expectedAccept: String
        private var received: [UInt8] = []
        private var refusal: AnswerHead?

        /// Makes the request; `nonce` is 16 unpredictable bytes (RFC 6455 §4.1).
        package init(
            host: String,
            path: String,
            headers: [(name: String, value: String)],
            nonce: [UInt8]
        ) throws(HandshakeError) {
            precondition(nonce.count == 16)
            let key = Base64.encode(nonce)
            let own = [
                ("Host", host), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13"),
            ]
            guard path.utf8.first == UInt8(ascii: "/"),
                path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
            else { throw .invalidHeader("path") }
            var head = "GET \(path) HTTP/1.1\r\n"
            for (name, value) in own + headers {
                guard HeaderSyntax.isName(name), HeaderSyntax.isValue(value) else {
                    throw .invalidHeader(name)
                }
                head += "\(name): \(value)\r\n"
            }
            request = Array((head + "\r\n").utf8)
            expectedAccept = WebSocket.acceptValue(forKey: key)
        }

        /// Takes bytes of the answer; nil until it is decided.
        package mutating func receive(
            _ bytes: some Collection<UInt8>
        ) throws(HandshakeError) -> Outcome? {
            received.append(contentsOf: bytes)
            while refusal == nil {
                guard let head = try AnswerHead(parsing: received, limit: Self.headBytes) else {
                    return nil
                }
                received.removeFirst(head.length)
                if head.status == 101 { return try opened(head) }
                // The others of 1xx only announce (RFC 9110 §15.2).
                if head.status >= 200 { refusal = head }
            }
            return outcome(atEnd: false)
        }

        /// Takes what there is for everything; a refusal may lack part of its body.
        package func finish() throws(HandshakeError) -> Outcome {
            guard let outcome = outcome(atEnd: true) else { throw .closedEarly }
            return outcome
        }

        private mutating func opened(_ head: AnswerHead) throws(HandshakeError) -> Outcome {
            let headers = head.headers
            guard headers.values("Upgrade").contains(where: { $0.lowercased() == "websocket" })
            else { throw .invalidAnswer(field: "Upgrade") }
            guard headers.has("Connection", token: "upgrade") else {
                throw .invalidAnswer(field: "Connection")
            }
            guard headers.values("Sec-WebSocket-Accept") == [expectedAccept] else {
                throw .invalidAnswer(field: "Sec-WebSocket-Accept")
            }
            // None was offered, so none may be chosen.
            guard headers["Sec-WebSocket-Extensions"] == nil else {
                throw .invalidAnswer(field: "Sec-WebSocket-Extensions")
            }
            guard headers["Sec-WebSocket-Protocol"] == nil else {
                throw .invalidAnswer(field: "Sec-WebSocket-Protocol")
            }
            let rest = received
            received = []
            return .opened(headers: headers.all, rest: rest)
        }

        private func outcome(atEnd: Bool) -> Outcome? {
            guard let head = refusal else { return nil }
            guard let body = head.body(in: received, atEnd: atEnd, limit: Self.bodyBytes) else {
                return nil
            }
            return .refused(status: head.status, headers: head.headers.all, body: body)
        }
    }
}
