package import Wire

/// Everything that this program asks of a node (lavalink-v4.md §6), as values.
package enum NodeRequest: Hashable, Sendable {
    case updatePlayer(session: String, guild: GuildID, PlayerPatch, noReplace: Bool)
    case destroyPlayer(session: String, guild: GuildID)
    case players(session: String)
    case player(session: String, guild: GuildID)
    case updateSession(session: String, resuming: Bool?, timeout: Int64?)
    case info
    case version
    case stats
    case loadTracks(identifier: String)
    case decodeTracks([String])

    package var method: Wire.Method {
        switch self {
        case .updatePlayer, .updateSession: .patch
        case .destroyPlayer: .delete
        case .decodeTracks: .post
        case .players, .player, .info, .version, .stats, .loadTracks: .get
        }
    }

    /// Path and query.
    ///
    /// Identifiers are percent-encoded strictly: a node reads a `+` as a space (lavalink-v4.md
    /// §6.5).
    package var target: String {
        switch self {
        case .updatePlayer(let session, let guild, _, let noReplace):
            Self.player(session, guild) + (noReplace ? "?noReplace=true" : "")
        case .destroyPlayer(let session, let guild), .player(let session, let guild):
            Self.player(session, guild)
        case .players(let session): Self.session(session) + "/players"
        case .updateSession(let session, _, _): Self.session(session)
        case .info: "/v4/info"
        case .version: "/version"
        case .stats: "/v4/stats"
        case .loadTracks(let identifier):
            "/v4/loadtracks?identifier=" + PercentEncoding.encode(identifier)
        case .decodeTracks: "/v4/decodetracks"
        }
    }

    private static func session(_ session: String) -> String {
        "/v4/sessions/" + PercentEncoding.encode(session)
    }

    private static func player(_ session: String, _ guild: GuildID) -> String {
        "\(Self.session(session))/players/\(guild)"
    }

    /// JSON, to be sent as `application/json`; nil when the request has none.
    package var body: [UInt8]? {
        switch self {
        case .updatePlayer(_, _, let patch, _): patch.body
        case .updateSession(_, let resuming, let timeout): Self.session(resuming, timeout)
        case .decodeTracks(let tracks): Self.list(tracks)
        case .destroyPlayer, .players, .player, .info, .version, .stats, .loadTracks: nil
        }
    }

    private static func session(_ resuming: Bool?, _ timeout: Int64?) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            if let resuming { json.member("resuming", resuming) }
            if let timeout { json.member("timeout", timeout) }
        }
        return json.bytes
    }

    private static func list(_ tracks: [String]) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for track in tracks { json.value(track) }
        }
        return json.bytes
    }
}
