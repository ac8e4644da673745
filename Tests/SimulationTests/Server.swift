import Lavalink
import SimulatedNode
import Wire

/// A WebSocket as the node numbers it.
typealias SocketID = ConnectionID

/// One Lavalink node: the model that the recordings verify, and a port before it.
struct Server {
    /// What came out of the node, in its order.
    enum Said {
        case answer(ticket: Int, status: Int, body: [UInt8], retryAfter: Int64?)
        case reset(ticket: Int)
        case refused(ticket: Int)
        case message(SocketID, [UInt8])
        case closed(SocketID, code: Int, reason: String)
    }

    /// What becomes of one request besides what the node makes of it.
    enum Fate {
        case none
        case refused(status: Int, retryAfter: Int?)
        case stalled, stalledAfterApplying, reset, resetAfterApplying
        case late(milliseconds: Int64)
    }

    /// What a voice server does with the next connection of a guild.
    enum VoiceFate: CaseIterable { case unreachable, refused, silent, identifyRefused }

    /// A player that Discord hears.
    struct Copy: Hashable {
        var server: Int
        var user: String
        var session: String
        /// Whether its session has a socket: no request finds one that has none.
        var isReachable: Bool
        var guild: Int64
    }

    /// A player as it is inside the node.
    struct Truth {
        var session: String
        var volume: Int64
        var paused: Bool
        var playbackRate: Double
        var voiceToken: String
        var isConnected: Bool
        /// The mark of what it plays, as the user data carries it; nil for nothing.
        var mark: String?
        var place: Double
        var isPulled: Bool
        var isStarved: Bool
    }

    let number: Int
    private var model: NodeModel
    private var lastTicket = 0
    private var waiting: [Said] = []
    private var heard: [Copy]?

    init(number: Int, settings: ServerSettings, seed: UInt64) {
        self.number = number
        model = NodeModel(settings: settings.nodeSettings, seed: seed)
        model.script.latency = settings.latency
        model.script.load.swing = 0.3
        model.script.load.systemLoad = 0.3
    }

    var isUp: Bool { model.isRunning }
    func isListening(at now: Duration) -> Bool { model.isListening(at: now) }
    var nextDeadline: Duration? { model.nextDeadline }

    /// What was said since it was last asked.
    mutating func takeSaid() -> [Said] {
        defer { waiting = [] }
        return waiting
    }

    private mutating func note(_ outputs: [NodeOutput]) {
        heard = nil
        for output in outputs {
            switch output {
            case .answer(let ticket, let response):
                let rest = response.headers.first { $0.name == "Retry-After" }?.value
                waiting.append(
                    .answer(
                        ticket: ticket.number,
                        status: response.status,
                        body: response.body,
                        retryAfter: rest.flatMap { Int64($0) }
                    )
                )
            case .reset(let ticket): waiting.append(.reset(ticket: ticket.number))
            case .refuseConnection(let ticket): waiting.append(.refused(ticket: ticket.number))
            case .send(let socket, let bytes): waiting.append(.message(socket, bytes))
            case .close(let socket, let code, let reason):
                waiting.append(.closed(socket, code: Int(code), reason: reason))
            case .abort(let socket): waiting.append(.closed(socket, code: 1006, reason: ""))
            case .listen: break
            }
        }
    }

    mutating func tick(_ now: Duration) { note(model.advance(to: now)) }

    // MARK: What reaches the port

    /// What comes of a WebSocket handshake.
    mutating func handshake(user: String, session: String?, now: Duration) -> Handshake {
        var fields = [
            ("Authorization", model.settings.password), ("User-Id", user),
            ("Host", "node"), ("Upgrade", "websocket"), ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        if let session { fields.append(("Session-Id", session)) }
        let request = Request(
            method: .get,
            path: NodeModel.webSocketPath,
            headers: Headers(fields.map { (name: $0.0, value: $0.1) })
        )
        let (outcome, outputs) = model.handshake(request, now: now)
        note(outputs)
        return switch outcome {
        case .upgrade(let socket, _): .opened(socket)
        case .refuse(let response): .rejected(status: response.status)
        case .stall: .silence
        case .refuseConnection: .refused
        }
    }

    enum Handshake {
        case opened(SocketID)
        case rejected(status: Int)
        case refused, silence
    }

    /// Carries out a request; its answer, if there is one, carries the number that is returned.
    mutating func take(
        _ request: NodeRequest,
        fate: Fate,
        voice: VoiceFate?,
        now: Duration
    ) -> Int {
        lastTicket += 1
        if let voice, case .updatePlayer(_, let guild, let patch, _) = request, patch.voice != nil {
            model.script.voice.removeAll { $0.times == 0 }
            model.script.voice.append(
                VoiceRule(guild: guild.rawValue, times: 1, voice.outcome)
            )
        }
        model.script.rules = fate.action.map { [AnswerRule(nil, nil, 1, $0)] } ?? []
        let target = request.target.split(separator: "?", maxSplits: 1)
        let wire = Request(
            method: request.method,
            path: String(target[0]),
            query: target.count > 1 ? String(target[1]) : nil,
            headers: Headers([
                (name: "Authorization", value: model.settings.password),
                (name: "Content-Type", value: "application/json"),
            ]),
            body: request.body ?? []
        )
        note(model.rest(Ticket(lastTicket), wire, now: now))
        model.script.rules = []
        return lastTicket
    }

    /// The node notices that a socket is gone.
    mutating func noticed(endOf socket: SocketID, now: Duration) {
        note(model.socketClosed(socket, now: now))
    }

    // MARK: What happens to it

    mutating func end(gracefully: Bool, now: Duration) {
        note(model.terminate(gracefully: gracefully, now: now))
    }

    mutating func start(now: Duration) { note(model.start(now: now)) }

    mutating func closeVoice(of guild: Int64, code: Int, now: Duration) {
        note(model.closeVoice(of: guild, code: code, reason: "closed", now: now))
    }

    mutating func say(_ text: [UInt8], now: Duration) { note(model.broadcast(text, now: now)) }

    mutating func repeatEvents(_ count: Int) { model.script.repeatedEvents += count }

    mutating func spoilHandshake(_ kind: Int) {
        model.script.handshakes.append([.refuse(status: 503), .stall, .silentAfterUpgrade][kind])
    }

    /// Nothing goes wrong any more.
    mutating func calmDown() {
        model.script.voice = []
        model.script.handshakes = []
        model.script.repeatedEvents = 0
    }

    // MARK: What it is like inside

    /// Every player that is heard.
    mutating func copies() -> [Copy] {
        if let heard { return heard }
        let copies = model.sessionSnapshots.flatMap { session in
            session.audible.map {
                Copy(
                    server: number,
                    user: session.user,
                    session: session.id,
                    isReachable: session.isConnected,
                    guild: $0
                )
            }
        }
        heard = copies
        return copies
    }

    /// Sessions of a user, those without a socket too.
    func sessions(of user: String) -> [String] {
        model.sessionSnapshots.filter { $0.user == user }.map(\.id)
    }

    /// Every player of a guild that a user has, heard or not.
    func truths(of guild: Int64, user: String, now: Duration) -> [Truth] {
        model.sessionSnapshots.filter { $0.user == user && $0.guilds.contains(guild) }
            .compactMap { truth(of: guild, in: $0.id, now: now) }
    }

    func truth(of guild: Int64, in session: String, now: Duration) -> Truth? {
        model.snapshot(of: guild, in: session, now: now).map { player in
            Truth(
                session: session,
                volume: player.volume,
                paused: player.paused,
                playbackRate: player.playbackRate,
                voiceToken: player.voiceToken,
                isConnected: player.isConnected,
                mark: player.track.map { $0.userData.value["lavadeck"]?.string ?? "none" },
                place: player.track?.position ?? 0,
                isPulled: player.track?.isPulled ?? false,
                isStarved: player.track?.isStarved ?? false
            )
        }
    }
}

/// How a node of the world is made.
struct ServerSettings {
    var version = "4.2.2"
    var sources: [String]?
    var disablesTimescale = false
    var startTime: Int64 = 0
    var firstTrackTime: Int64 = 0
    /// Whether requests take as long as on a real node.
    var isSlow = false
}

extension ServerSettings {
    fileprivate var nodeSettings: NodeSettings {
        var settings = NodeSettings()
        settings.version = version
        settings.sources = sources
        settings.disabledFilters = disablesTimescale ? ["timescale"] : []
        settings.startTime = startTime
        settings.firstTrackTime = firstTrackTime
        return settings
    }

    fileprivate var latency: Latency { isSlow ? .measured : .none }
}

extension Server.Fate {
    fileprivate var action: AnswerRule.Action? {
        switch self {
        case .none: nil
        case .refused(let status, let rest): .status(status, retryAfter: rest, message: nil)
        case .stalled: .stall
        case .stalledAfterApplying: .stallAfterApplying
        case .reset: .reset
        case .resetAfterApplying: .resetAfterApplying
        case .late(let time): .delayAnswer(time)
        }
    }
}

extension Server.VoiceFate {
    fileprivate var outcome: VoiceOutcome {
        switch self {
        case .unreachable: .unreachable
        case .refused: .upgradeRefused
        case .silent: .silent
        case .identifyRefused: .identifyRefused(code: 4006, reason: "Session no longer valid.")
        }
    }
}

/// The tracks of the world: `name` says how they play.
enum Song {
    /// A track as a node would describe it; one that no node can read is `unreadable`.
    static func track(_ name: String, length: Int64, source: String, isStream: Bool) -> Track {
        Track(
            Catalogue.track(
                name,
                title: name,
                length: isStream ? TrackInfo.unknownLength : length,
                isStream: isStream,
                source: source
            )
        )
    }
}
