// Compiled with Sources/Wire, Sources/Lavalink and the pure part of Sources/SimulatedNode as Wire.

/// Reads each line as a request of one byte and a body, and lets time pass in between.
///
/// Whatever a client says, a simulated node must not trap.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzNodeModel(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var talk = Talk()
    talk.connect()
    for line in UnsafeBufferPointer(start: start, count: count).split(separator: 10).prefix(32) {
        guard let first = line.first else { continue }
        talk.take(first, Array(line.dropFirst()))
    }
    return 0
}

/// A client's talk with a node, and the clock.
private struct Talk {
    private var node = NodeModel()
    private var now: Int64 = 0
    private var tickets = 0
    private var connection = ConnectionID(0)
    private var session = ""

    private var time: Duration { .milliseconds(now) }

    mutating func connect() {
        var headers = Headers()
        headers.append("Authorization", node.settings.password)
        headers.append("User-Id", "1")
        headers.append("Session-Id", session)
        headers.append("Host", "localhost")
        headers.append("Upgrade", "websocket")
        headers.append("Connection", "Upgrade")
        headers.append("Sec-WebSocket-Version", "13")
        headers.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        let request = Request(method: .get, path: NodeModel.webSocketPath, headers: headers)
        let (outcome, outputs) = node.handshake(request, now: time)
        guard case .upgrade(let connection, _) = outcome else { return }
        self.connection = connection
        for case .send(_, let bytes) in outputs {
            guard let message = try? JSONDocument(parsing: bytes).root else {
                preconditionFailure("a node wrote what is not JSON")
            }
            session = message["sessionId"]?.string ?? session
        }
    }

    mutating func take(_ first: UInt8, _ body: [UInt8]) {
        let player = "/v4/sessions/\(session)/players/1"
        switch first {
        case UInt8(ascii: "s"): ask(.patch, "/v4/sessions/\(session)", body)
        case UInt8(ascii: "t"): ask(.post, "/v4/decodetracks", body)
        case UInt8(ascii: "l"):
            let query = "identifier=" + String(decoding: body, as: UTF8.self)
            ask(.get, "/v4/loadtracks", [], query)
        case UInt8(ascii: "d"): ask(.delete, player, [])
        case UInt8(ascii: "c"):
            _ = node.socketClosed(connection, now: time)
            connect()
        case UInt8(ascii: "w"):
            now += Int64(body.count) * 500
            _ = node.advance(to: time)
        default: ask(.patch, player, body)
        }
    }

    private mutating func ask(
        _ method: Method,
        _ path: String,
        _ body: [UInt8],
        _ query: String? = nil
    ) {
        var headers = Headers()
        headers.append("Authorization", node.settings.password)
        headers.append("Content-Type", "application/json")
        tickets += 1
        let request = Request(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: body
        )
        _ = node.rest(Ticket(tickets), request, now: time)
    }
}
