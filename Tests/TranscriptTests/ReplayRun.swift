import Lavalink
import SimulatedNode
import Wire

/// The modelled node, after everything in a recording was done to it.
struct ReplayRun {
    struct Said {
        /// Milliseconds since the start of the recording.
        var time: Int64
        var socket: String
        var message: JSONValue
    }

    struct Refused {
        var status: Int
        var headers: [String: String]
    }

    private(set) var said: [Said] = []
    /// By the line of the request.
    private(set) var answers: [Int: Response] = [:]
    /// Close codes by the name of the socket; nil for an end without a close frame.
    private(set) var closes: [String: UInt16?] = [:]
    /// In the order of the handshakes.
    private(set) var handshakes: [Refused] = []

    private var node: NodeModel
    private var sockets: [ConnectionID: String] = [:]
    private var connections: [String: ConnectionID] = [:]
    /// The modelled session of each recorded one.
    private var ids: [String: String] = [:]

    init(_ transcript: Transcript) {
        node = NodeModel(settings: ReplayDifferences.settings(for: transcript.name))
        node.script = ReplayDifferences.script(for: transcript)
        var last: Int64 = 0
        for input in ReplayReader(transcript).inputs {
            last = max(last, input.time)
            advance(to: last)
            carryOut(input.action, at: last)
        }
        advance(to: Int64((transcript.entries.last?.time ?? 0) * 1_000) + 20)
    }

    private mutating func advance(to target: Int64) {
        while let due = node.nextDeadline, due <= .milliseconds(target) {
            let (seconds, attoseconds) = due.components
            let time = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
            note(node.advance(to: due), at: time)
        }
    }

    private mutating func carryOut(_ action: ReplayInput.Action, at time: Int64) {
        let now = Duration.milliseconds(time)
        switch action {
        case .request(let line, let request):
            note(node.rest(Ticket(line), translated(request), now: now), at: time)
        case .handshake(let socket, let request, let id):
            shakeHands(socket, translated(request), id, at: time)
        case .closed(let socket):
            guard let connection = connections.removeValue(forKey: socket) else { return }
            note(node.socketClosed(connection, now: now), at: time)
        case .binaryFrame(let socket):
            guard let connection = connections[socket] else { return }
            note(node.clientFrame(connection, isBinary: false, now: now), at: time)
            note(node.clientFrame(connection, isBinary: true, now: now), at: time)
        case .voiceCloses(let guild, let code):
            let guild = Int64(bitPattern: guild)
            let outputs = node.closeVoice(of: guild, code: code, reason: "by request", now: now)
            note(outputs, at: time)
        case .voice(let guild, let outcome):
            node.script.voice.append(VoiceRule(guild: guild, outcome))
        case .terminate(let gracefully):
            note(node.terminate(gracefully: gracefully, now: now), at: time)
        case .start: note(node.start(now: now), at: time)
        }
    }

    private mutating func shakeHands(
        _ socket: String,
        _ request: Request,
        _ recordedID: String?,
        at time: Int64
    ) {
        let (outcome, outputs) = node.handshake(request, now: .milliseconds(time))
        var answer = Refused(status: 0, headers: [:])
        switch outcome {
        case .upgrade(let connection, let headers):
            sockets[connection] = socket
            connections[socket] = connection
            answer = Refused(status: 101, headers: named(headers))
        case .refuse(let response):
            answer = Refused(status: response.status, headers: named(response.headers))
        case .stall, .refuseConnection: break
        }
        handshakes.append(answer)
        note(outputs, at: time)
        let ready = said.last { $0.socket == socket && $0.message["op"]?.string == "ready" }
        if let recordedID, let id = ready?.message["sessionId"]?.string { ids[recordedID] = id }
    }

    private func named(_ headers: [(name: String, value: String)]) -> [String: String] {
        Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
    }

    /// Puts the modelled ids where the recorded ones stand.
    private func translated(_ request: Request) -> Request {
        var path = request.path
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 3, parts[2] == "sessions", let id = ids[String(parts[3])] {
            path =
                (parts[..<3].map(String.init) + [id] + parts[4...].map(String.init))
                .joined(separator: "/")
        }
        var headers = Headers()
        for (name, value) in request.headers.all {
            headers.append(name, name == "Session-Id" ? ids[value] ?? value : value)
        }
        return Request(
            method: request.method,
            path: path,
            query: request.query,
            headers: headers,
            body: request.body
        )
    }

    private mutating func note(_ outputs: [NodeOutput], at time: Int64) {
        for output in outputs {
            switch output {
            case .answer(let ticket, let response): answers[ticket.number] = response
            case .send(let connection, let text):
                guard let socket = sockets[connection], connections[socket] != nil else { continue }
                // What is no JSON is then missing, which the comparison says.
                guard let json = try? JSONDocument(parsing: text) else { continue }
                said.append(Said(time: time, socket: socket, message: json.root))
            case .close(let connection, let code, _): end(connection, code, at: time)
            case .abort(let connection): end(connection, nil, at: time)
            case .reset, .refuseConnection, .listen: break
            }
        }
    }

    private mutating func end(_ connection: ConnectionID, _ code: UInt16?, at time: Int64) {
        guard let socket = sockets[connection] else { return }
        closes[socket] = .some(code)
        connections[socket] = nil
        note(node.socketClosed(connection, now: .milliseconds(time)), at: time)
    }
}
