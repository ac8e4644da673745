import Lavalink
import SimulatedNode
import Testing
import Wire

/// A modelled node, a client's socket on it, and a clock that is moved by hand.
struct Bench {
    static let guild = "817327181659110001"
    static let track = Catalogue.track("tone-120s", length: 120_000).encoded()
    static let voice = #"{"token":"t","endpoint":"voice.example","sessionId":"v","channelId":"9"}"#

    var node: NodeModel
    /// Milliseconds.
    private(set) var now: Int64 = 0
    private(set) var session = ""
    private(set) var connection = ConnectionID(0)
    /// What came over the socket, oldest first.
    private(set) var messages: [String] = []
    /// Answers by the number of the request.
    private(set) var answers: [Int: Response] = [:]
    private(set) var outputs: [NodeOutput] = []
    private var lastTicket = 0

    init(_ settings: NodeSettings = NodeSettings(), connected: Bool = true) {
        node = NodeModel(settings: settings)
        guard connected else { return }
        connect()
        messages = []
    }

    var time: Duration { .milliseconds(now) }

    // MARK: Sockets

    static func handshake(
        _ changes: [String: String?] = [:],
        method: Wire.Method = .get
    ) -> Request {
        var fields: [String: String?] = [
            "Authorization": "youshallnotpass", "User-Id": "170939974227591168",
            "Client-Name": "bench/1.0", "Host": "localhost:2333", "Upgrade": "websocket",
            "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        fields.merge(changes) { $1 }
        var headers = Headers()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            if let value { headers.append(name, value) }
        }
        return Request(method: method, path: NodeModel.webSocketPath, headers: headers)
    }

    /// Returns what `Session-Resumed` said, or nil for a refusal.
    @discardableResult
    mutating func connect(_ changes: [String: String?] = [:]) -> String? {
        let (outcome, outputs) = node.handshake(Self.handshake(changes), now: time)
        guard case .upgrade(let connection, let headers) = outcome else { return nil }
        self.connection = connection
        take(outputs)
        let ready = messages.last { $0.contains(#""op":"ready""#) }
        session = ready.flatMap { Self.json($0)["sessionId"]?.string } ?? session
        return headers.first { $0.name == "Session-Resumed" }?.value
    }

    mutating func lose() { take(node.socketClosed(connection, now: time)) }

    // MARK: Requests

    mutating func send(
        _ method: Wire.Method,
        _ path: String,
        query: String? = nil,
        body: String? = nil,
        headers changes: [String: String?] = [:]
    ) -> Int {
        var fields: [String: String?] = ["Authorization": "youshallnotpass"]
        if body != nil { fields["Content-Type"] = "application/json" }
        fields.merge(changes) { $1 }
        var headers = Headers()
        for (name, value) in fields { if let value { headers.append(name, value) } }
        lastTicket += 1
        let request = Request(
            method: method,
            path: path,
            query: query,
            headers: headers,
            body: Array((body ?? "").utf8)
        )
        take(node.rest(Ticket(lastTicket), request, now: time))
        return lastTicket
    }

    /// Sends a request that is answered at once.
    mutating func ask(
        _ method: Wire.Method,
        _ path: String,
        body: String? = nil,
        headers: [String: String?] = [:]
    ) -> Response? {
        let ticket = send(method, path, body: body, headers: headers)
        return answers[ticket]
    }

    var player: String { "/v4/sessions/\(session)/players/\(Self.guild)" }

    /// Sends a PATCH of the player and waits for the answer, one second at most.
    @discardableResult
    mutating func patch(_ body: String, query: String? = nil) -> Answer {
        let ticket = send(.patch, player, query: query, body: body)
        let limit = now + 1_000
        while answers[ticket] == nil, let due = node.nextDeadline, due <= .milliseconds(limit) {
            advance(to: max(now, due.inMilliseconds))
        }
        return Answer(answers[ticket])
    }

    /// Reads the player.
    mutating func read() -> Answer {
        let ticket = send(.get, player)
        return Answer(answers[ticket])
    }

    mutating func connectVoice() {
        patch(#"{"voice":\#(Self.voice)}"#)
        advance(by: 100)
        messages = []
    }

    mutating func play(_ track: String = Bench.track, _ more: String = "") {
        patch(#"{"track":{"encoded":"\#(track)"}\#(more)}"#)
    }

    // MARK: Time

    mutating func advance(by milliseconds: Int64) { advance(to: now + milliseconds) }

    mutating func advance(to target: Int64) {
        while let due = node.nextDeadline?.inMilliseconds, due < target {
            now = max(now, due)
            take(node.advance(to: time))
        }
        now = target
        take(node.advance(to: time))
    }

    mutating func take(_ new: [NodeOutput]) {
        outputs += new
        for output in new {
            switch output {
            case .answer(let ticket, let response): answers[ticket.number] = response
            case .send(let to, let text) where to == connection:
                messages.append(String(decoding: text, as: UTF8.self))
            default: break
            }
        }
    }

    mutating func clear() {
        messages = []
        outputs = []
    }

    // MARK: What was said

    /// `start`, `update 120`, `end finished 3980` and so on, without stats.
    var story: [String] { messages.compactMap(Self.told) }

    /// The same without updates.
    var events: [String] { story.filter { !$0.hasPrefix("update") } }

    static func json(_ text: String) -> JSONValue { RawJSON.parsed(text) }

    private static func told(_ text: String) -> String? {
        let json = json(text)
        switch json["op"]?.string {
        case "playerUpdate":
            let state = json["state"]
            let gone = state?["connected"]?.bool == true ? "" : " gone"
            return "update \(state?["position"]?.int64 ?? -9)\(gone)"
        case "event":
            let position = json["track"]?["info"]?["position"]?.int64.map { " \($0)" } ?? ""
            switch json["type"]?.string {
            case "TrackStartEvent": return "start" + position
            case "TrackEndEvent": return "end \(json["reason"]?.string ?? "")" + position
            case "TrackExceptionEvent": return "exception" + position
            case "TrackStuckEvent": return "stuck \(json["thresholdMs"]?.int64 ?? 0)"
            case "WebSocketClosedEvent":
                return "closed \(json["code"]?.int64 ?? 0) \(json["byRemote"]?.bool ?? false)"
            default: return "event"
            }
        case "ready": return "ready \(json["resumed"]?.bool ?? false)"
        default: return nil
        }
    }
}

/// An answer, read.
struct Answer {
    let status: Int?
    let text: String

    init(_ response: Response?) {
        status = response?.status
        text = String(decoding: response?.body ?? [], as: UTF8.self)
    }

    var json: JSONValue { RawJSON.parsed(text) }
    var message: String? { json["message"]?.string }
    var position: Int64? { json["state"]?["position"]?.int64 }
    var filters: String? { json["filters"]?.raw.description }
}

extension RawJSON {
    /// Null for what is not JSON.
    static func parsed(_ text: String) -> JSONValue {
        // A text that is not JSON fails every expectation about its members.
        ((try? RawJSON(checking: Array(text.utf8))) ?? .null).value
    }
}

extension Duration {
    var inMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
