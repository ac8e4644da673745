import Control
import Lavalink
import Wire

/// A socket of a node, numbered by the world.
struct SocketID: Hashable, Sendable {
    let number: Int
}

/// A Lavalink node as far as a control plane can tell (`lavalink-v4.md` §3 and §7): sessions that
/// outlive their sockets, players in them, and answers to requests.
struct ModelNode: Sendable {
    struct Session: Sendable {
        let id: String
        /// Nil while the session is paused.
        var socket: SocketID?
        var resuming = false
        var timeout: Duration = .seconds(60)
        var expiresAt: Instant?
        /// What is kept for a resume.
        var kept: [NodeMessage] = []
        var players: [ModelPlayer] = []
    }

    /// What came of a request; nil for one that is never answered.
    typealias Answer = (status: Int, body: [UInt8])?

    let name: NodeName
    private(set) var isUp = true
    /// Grows with every start of the process.
    private(set) var boot = 0
    private(set) var sessions: [Session] = []
    /// What it said since it was last asked.
    private(set) var outbox: [(socket: SocketID, message: NodeMessage)] = []
    /// Tracks that ended by themselves, for the truth.
    private(set) var ends: [(guild: GuildID, mark: PlayMark)] = []
    private var sessionCount = 0

    init(name: NodeName) { self.name = name }

    var nextDeadline: Instant? {
        var next: Instant?
        for session in sessions {
            for moment in [session.expiresAt] + session.players.map(\.playing?.nextStep) {
                if let moment { next = min(next ?? moment, moment) }
            }
        }
        return next
    }

    mutating func takeOutbox() -> [(socket: SocketID, message: NodeMessage)] {
        defer { outbox = [] }
        return outbox
    }

    mutating func takeEnds() -> [(guild: GuildID, mark: PlayMark)] {
        defer { ends = [] }
        return ends
    }

    // MARK: The process

    mutating func stop() {
        isUp = false
        sessions = []
        outbox = []
    }

    mutating func start() {
        isUp = true
        boot += 1
    }

    mutating func tick(now: Instant) {
        sessions.removeAll { $0.expiresAt.map { $0 <= now } ?? false }
        for index in sessions.indices {
            for player in sessions[index].players.indices {
                guard let due = sessions[index].players[player].playing?.nextStep, due <= now else {
                    continue
                }
                change(index, player, now: now) { $0.step(now: now, &$1) }
            }
        }
    }

    // MARK: Sockets

    /// Takes a WebSocket, and resumes a session when there is a paused one of that id.
    mutating func handshake(_ socket: SocketID, resuming id: String?, now: Instant) {
        if let index = sessions.firstIndex(where: { $0.id == id && $0.socket == nil }) {
            sessions[index].socket = socket
            sessions[index].expiresAt = nil
            let kept = sessions[index].kept
            sessions[index].kept = []
            say(.ready(sessionId: sessions[index].id, resumed: true), index)
            for message in kept { say(message, index) }
            for player in sessions[index].players {
                sayUpdate(of: player, index, now: now)
            }
        } else {
            sessionCount += 1
            let id = "\(name)\(boot).\(sessionCount)"
            sessions.append(Session(id: id, socket: socket))
            say(.ready(sessionId: id, resumed: false), sessions.count - 1)
        }
    }

    /// The node notices that a socket is gone.
    mutating func noticed(endOf socket: SocketID, now: Instant) {
        guard let index = sessions.firstIndex(where: { $0.socket == socket }) else { return }
        if sessions[index].resuming {
            sessions[index].socket = nil
            sessions[index].expiresAt = now.advanced(by: sessions[index].timeout)
        } else {
            sessions.remove(at: index)
        }
    }

    private mutating func say(_ message: NodeMessage, _ index: Int) {
        if let socket = sessions[index].socket {
            outbox.append((socket, message))
        } else if case .event = message {
            sessions[index].kept.append(message)
        }
    }

    private mutating func sayUpdate(of player: ModelPlayer, _ index: Int, now: Instant) {
        guard sessions[index].socket != nil else { return }
        say(.playerUpdate(player.guild, player.state(now: now)), index)
    }

    /// Changes a player and says what came of it.
    private mutating func change<Result>(
        _ index: Int,
        _ player: Int,
        now: Instant,
        _ body: (inout ModelPlayer, inout [ModelPlayer.Said]) -> Result
    ) -> Result {
        var said: [ModelPlayer.Said] = []
        let result = body(&sessions[index].players[player], &said)
        let changed = sessions[index].players[player]
        for word in said {
            switch word {
            case .update: sayUpdate(of: changed, index, now: now)
            case .event(let event):
                if case .trackStuck(let track, _) = event, let mark = PlayMark(of: track) {
                    // It may be given up.
                    ends.append((changed.guild, mark))
                }
                if case .trackEnd(let track, let reason) = event, reason.mayStartNext,
                    let mark = PlayMark(of: track)
                {
                    ends.append((changed.guild, mark))
                }
                say(.event(changed.guild, event), index)
            }
        }
        return result
    }

    /// The periodic updates of everything that plays.
    mutating func sayUpdates(now: Instant) {
        for index in sessions.indices where sessions[index].socket != nil {
            for player in sessions[index].players.indices
            where sessions[index].players[player].playing != nil {
                sessions[index].players[player].run(until: now)
                sayUpdate(of: sessions[index].players[player], index, now: now)
            }
        }
    }

    /// Discord ends the voice connection of a guild; the track runs on (`lavalink-v4.md` §19).
    mutating func closeVoice(of guild: GuildID, code: Int, now: Instant) {
        for index in sessions.indices {
            guard let player = sessions[index].players.firstIndex(where: { $0.guild == guild }),
                sessions[index].players[player].isConnected
            else { continue }
            sessions[index].players[player].isConnected = false
            let reason = "closed"
            say(.event(guild, .webSocketClosed(code: code, reason: reason, byRemote: true)), index)
        }
    }
}

// MARK: Requests

extension ModelNode {
    /// What Discord's voice server does with a new connection.
    enum VoiceFate: Sendable { case works, refused, hangs }

    mutating func answer(_ request: NodeRequest, voice: VoiceFate, now: Instant) -> Answer {
        switch request {
        case .info: return (200, Self.info)
        case .loadTracks(let identifier): return (200, Self.load(identifier))
        case .updateSession(let id, let resuming, let timeout):
            guard let index = connected(id) else { return Self.noSession }
            if let resuming { sessions[index].resuming = resuming }
            if let timeout { sessions[index].timeout = .seconds(timeout) }
            return (200, Array("{}".utf8))
        case .players(let id):
            guard let index = connected(id) else { return Self.noSession }
            return (200, list(index, now: now))
        case .destroyPlayer(let id, let guild):
            guard let index = connected(id) else { return Self.noSession }
            destroy(guild, index, now: now)
            return (204, [])
        case .updatePlayer(let id, let guild, let patch, _):
            guard let index = connected(id) else { return Self.noSession }
            return change(guild, index, patch, voice, now: now)
        case .player, .version, .stats, .decodeTracks: return (404, [])
        }
    }

    private func connected(_ id: String) -> Int? {
        sessions.firstIndex { $0.id == id && $0.socket != nil }
    }

    private mutating func list(_ index: Int, now: Instant) -> [UInt8] {
        for player in sessions[index].players.indices {
            sessions[index].players[player].run(until: now)
        }
        var json = JSONWriter()
        json.array { json in
            for player in sessions[index].players {
                player.reported(now: now).write(into: &json)
            }
        }
        return json.bytes
    }

    private mutating func destroy(_ guild: GuildID, _ index: Int, now: Instant) {
        guard let player = sessions[index].players.firstIndex(where: { $0.guild == guild }) else {
            return
        }
        change(index, player, now: now) { $0.end(.stopped, &$1) }
        sessions[index].players.remove(at: player)
    }

    private mutating func change(
        _ guild: GuildID,
        _ index: Int,
        _ patch: PlayerPatch,
        _ voice: VoiceFate,
        now: Instant
    ) -> Answer {
        let position = sessions[index].players.firstIndex { $0.guild == guild }
        if position == nil { sessions[index].players.append(ModelPlayer(guild: guild)) }
        let player = position ?? sessions[index].players.count - 1
        if let new = patch.voice {
            let known = sessions[index].players[player]
            if known.hangs { return nil }
            if known.voice != new || !known.isConnected {
                switch voice {
                case .hangs:
                    sessions[index].players[player].hangs = true
                    return nil
                case .refused: return (500, Self.error(500, "Failed to connect to voice server"))
                case .works: sessions[index].players[player].connect(new, now: now)
                }
            }
        }
        guard change(index, player, now: now, { $0.apply(patch, now: now, &$1) }) else {
            if let mark = patch.mark { ends.append((guild, mark)) }
            return (500, Self.error(500, "No message available"))
        }
        var json = JSONWriter()
        sessions[index].players[player].reported(now: now).write(into: &json)
        return (200, json.bytes)
    }

    static func error(_ status: Int, _ message: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("timestamp", 1)
            json.member("status", status)
            json.member("error", "Error")
            json.member("message", message)
            json.member("path", "/v4")
        }
        return json.bytes
    }

    private static let noSession: Answer = (404, error(404, "Session not found"))

    private static let info = Array(
        #"{"version":{"semver":"4.2.2","major":4},"sourceManagers":["local"],"filters":[]}"#.utf8
    )

    private static func load(_ identifier: String) -> [UInt8] {
        guard let (kind, length) = ModelKind.read(identifier) else {
            return Array(#"{"loadType":"empty","data":null}"#.utf8)
        }
        var track = ModelKind.track(kind, length: length, number: 0)
        track.encoded = identifier
        var json = JSONWriter()
        json.object { json in
            json.member("loadType", "track")
            json.key("data")
            track.write(into: &json)
        }
        return json.bytes
    }
}

extension PlayerPatch {
    /// The mark of the track that it starts.
    var mark: PlayMark? {
        guard case .play(let encoded, let userData?) = track,
            let info = ModelKind.read(encoded).map({ ModelKind.track($0, length: $1, number: 0) })
        else { return nil }
        var track = info
        track.userData = userData
        return PlayMark(of: track)
    }
}
