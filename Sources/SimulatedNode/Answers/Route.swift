import Wire

/// The paths that a node knows (§6); letters count, and so does a slash at the end.
enum Route: Hashable, Sendable {
    case root, version, info, stats, metrics
    case loadTracks, decodeTrack, decodeTracks
    case planner, freeAddress, freeAll
    case session(String)
    case players(String)
    case player(String, guild: String)

    init?(_ path: String) {
        switch path {
        case "/", "/v3/websocket": self = .root
        case "/version": self = .version
        case "/metrics": self = .metrics
        case "/v4/info": self = .info
        case "/v4/stats": self = .stats
        case "/v4/loadtracks": self = .loadTracks
        case "/v4/decodetrack": self = .decodeTrack
        case "/v4/decodetracks": self = .decodeTracks
        case "/v4/routeplanner/status": self = .planner
        case "/v4/routeplanner/free/address": self = .freeAddress
        case "/v4/routeplanner/free/all": self = .freeAll
        default: self.init(session: path)
        }
    }

    private init?(session path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.starts(with: ["", "v4", "sessions"]), !parts.dropFirst(3).contains("") else {
            return nil
        }
        switch parts.count {
        case 4: self = .session(parts[3])
        case 5 where parts[4] == "players": self = .players(parts[3])
        case 6 where parts[4] == "players": self = .player(parts[3], guild: parts[5])
        default: return nil
        }
    }

    private var methods: [Method] {
        switch self {
        case .decodeTracks, .freeAddress, .freeAll: [.post]
        case .session: [.patch]
        case .player: [.delete, .get, .patch]
        default: [.get]
        }
    }

    /// What the endpoint is asked for; HEAD is answered as GET is.
    func method(for method: Method) -> Method? {
        if method == .options { return .options }
        let wanted = method == .head ? .get : method
        return methods.contains(wanted) ? wanted : nil
    }

    /// For `Allow` of a 405.
    var allowed: String { methods.map(\.rawValue).joined(separator: ", ") }

    /// For `Allow` of OPTIONS.
    var options: String {
        let all = methods.flatMap { $0 == .get ? [$0, .head] : [$0] } + [.options]
        return all.map(\.rawValue).joined(separator: ",")
    }

    func takesBody(_ method: Method) -> Bool {
        (method == .patch || method == .post) && self != .freeAll
    }
}
