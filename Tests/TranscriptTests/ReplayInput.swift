import Lavalink
import SimulatedNode
import Wire

/// One thing that was done to the real node, to be done to the modelled one.
struct ReplayInput {
    enum Action {
        case handshake(socket: String, Request, recordedID: String?)
        case request(line: Int, Request)
        /// The client's socket ends.
        case closed(socket: String)
        case binaryFrame(socket: String)
        case voiceCloses(guild: UInt64, code: Int)
        case voice(guild: UInt64, VoiceOutcome)
        case terminate(gracefully: Bool)
        case start
    }

    /// Milliseconds since the start of the recording.
    var time: Int64
    /// Among those of the same time.
    var rank = 0
    var action: Action
}

/// Turns a recording into what its client and its surroundings did.
struct ReplayReader {
    /// What an answer takes when the node is warm; longer ones were the JVM's warming up.
    static let usualTime: Int64 = 25

    let transcript: Transcript
    private(set) var inputs: [ReplayInput] = []
    /// When the client, which does one thing after the other, did the last one.
    private var lastTime: Int64 = 0
    private var lastGuild: UInt64 = 0

    init(_ transcript: Transcript) {
        self.transcript = transcript
        for entry in transcript.entries { read(entry) }
        for insertion in ReplayDifferences.insertions where insertion.file == transcript.name {
            for request in insertion.requests { add(insertion.time, .request(line: 0, request)) }
        }
        if let order = ReplayDifferences.simultaneous[transcript.name] { align(order) }
        inputs = inputs.enumerated().sorted { left, right in
            (left.element.time, left.element.rank, left.offset)
                < (right.element.time, right.element.rank, right.offset)
        }.map(\.element)
    }

    /// Makes requests of the same moment follow one another in the order of these lines.
    private mutating func align(_ lines: [Int]) {
        for index in inputs.indices {
            guard case .request(let line, _) = inputs[index].action,
                let rank = lines.firstIndex(of: line)
            else { continue }
            inputs[index].time = ReplayDifferences.simultaneousTime
            inputs[index].rank = rank
        }
    }

    private mutating func read(_ entry: Transcript.Entry) {
        let time = Int64(entry.time * 1_000)
        switch entry.kind {
        case .step(let title): readStep(title, time)
        case .rest(let exchange): readRequest(exchange, entry, time)
        case .handshake(let socket, let headers, let isAuthorized, let status, _):
            let request = handshake(headers, isAuthorized, status)
            if request.path == NodeModel.webSocketPath {
                let id = recordedID(socket, after: entry.line)
                add(time, .handshake(socket: socket, request, recordedID: id))
            } else {
                add(time, .request(line: entry.line, request))
            }
            lastTime = time
        case .close(let socket, let code, _):
            // The others are the node's doing.
            if code == 1000 { add(time - 2, .closed(socket: socket)) }
            if code == 1003 { add(time - 2, .binaryFrame(socket: socket)) }
        case .lost(let socket):
            if transcript.name != "restart" { add(time + 5, .closed(socket: socket)) }
        case .message, .ping, .pong: break
        }
    }

    private mutating func add(_ time: Int64, _ action: ReplayInput.Action) {
        inputs.append(ReplayInput(time: time, action: action))
    }

    private mutating func readStep(_ title: String, _ time: Int64) {
        lastTime = time
        if title.hasPrefix("node gets SIG") {
            add(time, .terminate(gracefully: title.contains("SIGTERM")))
            add(time + 3_000, .start)
        } else if title.hasPrefix("voice server closes with ") {
            let code = title.split(separator: " ").last.flatMap { Int($0) } ?? 0
            add(time + 3, .voiceCloses(guild: guild(after: time), code: code))
        } else if title == "identify rejected with 4006" {
            let outcome = VoiceOutcome.identifyRefused(code: 4006, reason: "rejected")
            add(time, .voice(guild: 817_327_181_659_110_011, outcome))
        } else if title == "endpoint refuses connections" {
            add(time, .voice(guild: 817_327_181_659_110_012, .unreachable))
        }
    }

    /// The guild of the first request or message about a player after `time`.
    private func guild(after time: Int64) -> UInt64 {
        for entry in transcript.entries where Int64(entry.time * 1_000) > time {
            guard case .message(_, let message) = entry.kind,
                message["op"]?.string == "event",
                let guild = message["guildId"]?.string.flatMap({ UInt64($0) })
            else { continue }
            // A close that the node mends unseen is about the player that was used last.
            return message["byRemote"]?.bool == true ? guild : lastGuild
        }
        return lastGuild
    }

    // MARK: Requests

    private mutating func readRequest(
        _ exchange: Transcript.Exchange,
        _ entry: Transcript.Entry,
        _ time: Int64
    ) {
        // The line was parsed before.
        let took = (try? JSONDocument(parsing: entry.bytes).root["ms"]?.double) ?? 0
        let start = exchange.status == nil ? lastTime + 1 : time - min(Int64(took), Self.usualTime)
        add(start, .request(line: entry.line, request(exchange)))
        lastTime = exchange.status == nil ? start : time
        let parts = exchange.path.split(separator: "?")[0].split(separator: "/")
        if parts.count == 5, let guild = UInt64(parts[4]) { lastGuild = guild }
    }

    private func request(_ exchange: Transcript.Exchange) -> Request {
        let parts = exchange.path.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        var headers = Headers()
        switch exchange.status {
        case 401: break
        case 403: headers.append("Authorization", "wrong")
        default: headers.append("Authorization", NodeSettings().password)
        }
        if let type = contentType(exchange) { headers.append("Content-Type", type) }
        let body: [UInt8] =
            switch exchange.request {
            case .none: []
            case .json(let value): value.raw.bytes
            case .text(let text): Array(text.utf8)
            }
        return Request(
            method: Method(rawValue: exchange.method) ?? .trace,
            path: String(parts[0]),
            query: parts.count > 1 ? String(parts[1]) : nil,
            headers: headers,
            body: body
        )
    }

    /// The recording does not hold it, but what the node said about it.
    private func contentType(_ exchange: Transcript.Exchange) -> String? {
        guard exchange.status == 415 else { return "application/json" }
        let message = exchange.response?["message"]?.string ?? ""
        return message.contains("text/plain") ? "text/plain" : nil
    }

    private func handshake(
        _ recorded: [String: String],
        _ isAuthorized: Bool,
        _ status: Int
    ) -> Request {
        var headers = Headers()
        for (name, value) in recorded.sorted(by: { $0.key < $1.key }) {
            headers.append(name, value)
        }
        if isAuthorized {
            let password = NodeSettings().password
            headers.append("Authorization", status == 401 ? "wrong" : password)
        }
        headers.append("Upgrade", "websocket")
        headers.append("Connection", "Upgrade")
        headers.append("Sec-WebSocket-Version", "13")
        headers.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        let path =
            switch status {
            case 200: "/v3/websocket"
            case 404: NodeModel.webSocketPath + "/"
            default: NodeModel.webSocketPath
            }
        return Request(method: .get, path: path, headers: headers)
    }

    private func recordedID(_ socket: String, after line: Int) -> String? {
        for entry in transcript.entries where entry.line > line {
            guard case .message(socket, let message) = entry.kind,
                message["op"]?.string == "ready"
            else { continue }
            return message["sessionId"]?.string
        }
        return nil
    }
}
