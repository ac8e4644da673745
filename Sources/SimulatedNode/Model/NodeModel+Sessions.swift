import Lavalink
import Wire

extension NodeModel {
    /// PATCH of a session (§6.7): what is omitted stays, null is refused.
    mutating func patchSession(_ id: String, _ request: Request) -> Response {
        // What is not JSON is 400 like any other shape that is wrong.
        let document = try? JSONDocument(parsing: request.body)
        guard let root = document?.root, root.kind == .object else {
            return error(400, "Bad Request", request)
        }
        let (resuming, timeout) = (root["resuming"], root["timeout"])
        if let resuming, resuming.bool == nil { return error(400, "Bad Request", request) }
        if let timeout, timeout.int64 == nil { return error(400, "Bad Request", request) }
        guard let key = connectedSession(id) else {
            return error(404, "Session not found", request)
        }
        if let flag = resuming?.bool { sessions[key]?.resuming = flag }
        if let seconds = timeout?.int64 {
            sessions[key]?.timeout = min(seconds, NodeSession.longestTimeout)
        }
        return Answers.ok { json in
            json.object { json in
                json.member("resuming", sessions[key]?.resuming)
                json.member("timeout", sessions[key]?.timeout)
            }
        }
    }

    // MARK: What the node says about itself

    /// Tells a session the stats, and notes the next time.
    mutating func sendStats(_ key: Int) {
        guard sessions[key] != nil else { return }
        var json = JSONWriter()
        json.object { json in
            json.member("op", "stats")
            let load = measuredLoad()
            writeStats(into: &json, load, frames: load.frames ?? frames(of: key))
        }
        tell(key, json.bytes)
        agenda.add(.stats(session: key), at: clock + settings.statsInterval)
    }

    /// Full frames for a session with a player that played the whole last minute; none counts:
    /// null.
    private func frames(of key: Int) -> Stats.FrameStats? {
        let players = sessions[key]?.players.values
        guard players?.contains(where: { $0.hasPlayed(sinceMinuteBefore: clock) }) == true else {
            return nil
        }
        return Stats.FrameStats(sent: 3_000, nulled: 0, deficit: 0)
    }

    mutating func statsAnswer() -> Response {
        let load = measuredLoad()
        return Answers.ok { json in
            json.object { json in writeStats(into: &json, load, frames: nil) }
        }
    }

    private mutating func measuredLoad() -> NodeLoad {
        defer { hasToldStats = true }
        return hasToldStats ? script.load.sampled(using: &moments) : script.load.unmeasured()
    }

    /// Paused sessions do not count (§3.2).
    private var counts: (players: Int, playing: Int) {
        var counts = (players: 0, playing: 0)
        for key in sessionOrder {
            guard let session = sessions[key], session.connection != nil else { continue }
            counts.players += session.guilds.count
            counts.playing += session.players.values.count(where: \.isPlaying)
        }
        return counts
    }

    private func writeStats(
        into json: inout JSONWriter,
        _ load: NodeLoad,
        frames: Stats.FrameStats?
    ) {
        let counts = counts
        json.key("frameStats")
        if let frames {
            json.object { json in
                json.member("sent", frames.sent)
                json.member("nulled", frames.nulled)
                json.member("deficit", frames.deficit)
            }
        } else {
            json.null()
        }
        json.member("players", counts.players)
        json.member("playingPlayers", counts.playing)
        json.member("uptime", clock - startedAt)
        json.member("memory") { json in
            json.member("free", 36_000_000)
            json.member("used", 73_051_904)
            json.member("allocated", 109_051_904)
            json.member("reservable", 536_870_912)
        }
        json.member("cpu") { json in
            json.member("cores", load.cores)
            json.member("systemLoad", load.systemLoad)
            json.member("lavalinkLoad", load.lavalinkLoad)
        }
    }

    func metrics() -> Response {
        let counts = counts
        let text = """
            # HELP lavalink_players_total Players of connected sessions
            # TYPE lavalink_players_total gauge
            lavalink_players_total \(counts.players)
            # HELP lavalink_playing_players_total Those of them that play
            # TYPE lavalink_playing_players_total gauge
            lavalink_playing_players_total \(counts.playing)

            """
        return Answers.text(text, type: "text/plain;version=0.0.4;charset=utf-8")
    }

    func info() -> Response {
        let numbers = settings.version.split(separator: ".").map { Int($0) ?? 0 }
        return Answers.ok { json in
            json.object { json in
                json.member("version") { json in
                    json.member("semver", settings.version)
                    json.member("major", numbers.first ?? 0)
                    json.member("minor", numbers.dropFirst().first ?? 0)
                    json.member("patch", numbers.dropFirst(2).first ?? 0)
                    json.member("preRelease", "")
                }
                json.member("buildTime", 1_772_323_200_000)
                json.member("git") { json in
                    json.member("branch", "simulated")
                    json.member("commit", "0000000")
                    json.member("commitTime", 1_772_323_200_000)
                }
                json.member("jvm", "17.0.0")
                json.member("lavaplayer", "2.2.6")
                let sources = settings.sources ?? ["youtube", "soundcloud", "local", "http"]
                json.array("sourceManagers", sources) { json, name in json.value(name) }
                let filters = NodeFilters.names.filter { name in
                    name != "pluginFilters" && !settings.disabledFilters.contains(name)
                }
                json.array("filters", filters) { json, name in json.value(name) }
                json.array("plugins", [String]()) { json, name in json.value(name) }
            }
        }
    }
}
