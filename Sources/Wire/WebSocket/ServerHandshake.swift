extension WebSocket {
    /// The server's half of the upgrade, in the order of checks and with the answers of Lavalink.
    package enum ServerHandshake {
        package enum Verdict: Sendable {
            /// Answer 101 with these fields, then frames.
            case accept(headers: [(name: String, value: String)])
            case refuse(Response)
        }

        package static func verdict(on request: Request) -> Verdict {
            let headers = request.headers
            guard request.method == .get else {
                return .refuse(Response(status: 405, headers: [("Allow", "GET")]))
            }
            guard headers.has("Upgrade", token: "websocket") else {
                return .refuse(text(400, "Can \"Upgrade\" only to \"WebSocket\"."))
            }
            guard headers.has("Connection", token: "upgrade"), request.minorVersion >= 1 else {
                return .refuse(text(400, "\"Connection\" must be \"upgrade\"."))
            }
            guard headers.values("Sec-WebSocket-Version") == ["13"] else {
                return .refuse(Response(status: 426, headers: [("Sec-WebSocket-Version", "13")]))
            }
            let keys = headers.values("Sec-WebSocket-Key")
            guard keys.count == 1, isKey(keys[0]) else { return .refuse(Response(status: 400)) }
            return .accept(headers: [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", acceptValue(forKey: keys[0])),
            ])
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
