extension WebSocket {
    /// The server's half of the upgrade, in the order of checks and with the answers of Lavalink.
    package enum ServerHandshake {
        package enum Verdict: Sendable {
            /// Answer 101 with these fields, then frames.
            case accept(headers: [(name: String, value: String)])
            case refuse(Response)
        }

        package static func verdict(on request: Request) -> Verdict {
            let fields = request.headers.all.map { (name: $0.name.lowercased(), value: $0.value) }
            func values(_ name: String) -> [String] {
                fields.filter { $0.name == name }.map(\.value)
            }
            guard request.method == .get else {
                return .refuse(Response(status: 405, headers: [("Allow", "GET")]))
            }
            guard values("upgrade").contains(where: { list($0, has: "websocket") }) else {
                return .refuse(text(400, "Can \"Upgrade\" only to \"WebSocket\"."))
            }
            guard values("connection").contains(where: { list($0, has: "upgrade") }),
                request.minorVersion >= 1
            else {
                return .refuse(text(400, "\"Connection\" must be \"upgrade\"."))
            }
            guard values("sec-websocket-version") == ["13"] else {
                return .refuse(Response(status: 426, headers: [("Sec-WebSocket-Version", "13")]))
            }
            let keys = values("sec-websocket-key")
            guard keys.count == 1, isKey(keys[0]) else { return .refuse(Response(status: 400)) }
            return .accept(headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", acceptValue(forKey: keys[0])),
            ])
        }

        /// The head of a 101 with these fields.
        package static func head(_ headers: [(name: String, value: String)]) -> [UInt8] {
            var head = "HTTP/1.1 101 Switching Protocols\r\n"
            for (name, value) in headers {
                precondition(HeaderSyntax.isName(name) && HeaderSyntax.isValue(value))
                head += "\(name): \(value)\r\n"
            }
            return Array((head + "\r\n").utf8)
        }

        private static func isKey(_ key: String) -> Bool {
            // Why it is no base64 does not matter: the answer is 400 all the same.
            (try? Base64.decode(key))?.count == 16
        }

        private static func text(_ status: Int, _ body: String) -> Response {
            Response(
                status: status,
                headers: [("Content-Type", "text/plain")],
                body: Array(body.utf8)
            )
        }
    }
}
