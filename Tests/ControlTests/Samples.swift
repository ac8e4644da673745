import Control
import Lavalink
import Wire

extension NodeName {
    static let a = NodeName("a")
    static let b = NodeName("b")
}

extension Instant {
    static func + (left: Instant, right: Duration) -> Instant { left.advanced(by: right) }
}

extension GuildID {
    static let one = GuildID(named: 1)
    static let two = GuildID(named: 2)

    init(named number: UInt64) {
        guard let guild = GuildID(rawValue: number) else { preconditionFailure("0 is no guild") }
        self = guild
    }
}

extension UserID {
    static let bot: UserID = {
        guard let user = UserID(rawValue: 99) else { preconditionFailure("0 is no user") }
        return user
    }()
}

extension VoiceParts {
    static let sample = VoiceParts(
        token: "token",
        endpoint: "voice.example:443",
        sessionId: "voice-session",
        channelId: ChannelID(rawValue: 7)
    )
}

extension Track {
    /// A track of three minutes, or as long as it is said to be.
    static func sample(_ name: String, seconds: Int64 = 180, isStream: Bool = false) -> Track {
        Track(
            encoded: "track-\(name)",
            info: TrackInfo(
                identifier: name,
                author: "Nobody",
                length: isStream ? TrackInfo.unknownLength : seconds * 1000,
                isStream: isStream,
                title: name,
                sourceName: "local"
            )
        )
    }
}

extension NewEntry {
    static func sample(_ name: String) -> NewEntry { NewEntry(track: .sample(name)) }
}

extension QueueEntry {
    static func sample(_ number: UInt64) -> QueueEntry {
        QueueEntry(id: EntryID(number), content: .track(.sample("t\(number)")))
    }
}

extension Filters {
    /// Music at another speed.
    static func speed(_ factor: Double) -> Filters {
        var json = JSONWriter()
        json.object { json in
            json.member("timescale") { json in json.member("speed", factor) }
        }
        guard let filters = try? Filters(checking: json.raw.value, at: "") else {
            preconditionFailure("a speed is a filter")
        }
        return filters
    }
}

extension Fleet.NodeAnswer {
    static let ok = response(status: 200, body: Array("{}".utf8), retryAfter: nil)
    static let gone = response(status: 204, body: [], retryAfter: nil)
    static let noSession = error(404, "Session not found")

    static func error(_ status: Int, _ message: String) -> Fleet.NodeAnswer {
        var json = JSONWriter()
        json.object { json in
            json.member("timestamp", 1)
            json.member("status", status)
            json.member("error", "Error")
            json.member("message", message)
            json.member("path", "/v4")
        }
        return .response(status: status, body: json.bytes, retryAfter: nil)
    }
}

extension PlayerPatch {
    /// The track that it starts, as the node's events will carry it.
    func track(like track: Track) -> Track {
        guard case .play(let encoded, let userData) = self.track else { return track }
        return Track(encoded: encoded, info: track.info, userData: userData ?? .emptyObject)
    }

    var encoded: String? {
        if case .play(let encoded, _) = track { encoded } else { nil }
    }

    /// Which members it has, by their names in JSON.
    var members: Set<String> {
        guard let document = try? JSONDocument(parsing: body) else { return [] }
        return Set(document.root.members.compactMap(\.key.string))
    }
}

extension NodePlayer {
    /// A player as a node that did all as told reports it.
    static func sample(
        _ guild: GuildID = .one,
        _ track: Track?,
        position: Int64 = 0,
        volume: Int = 100,
        paused: Bool = false,
        filters: RawJSON = .emptyObject
    ) -> NodePlayer {
        NodePlayer(
            guildId: guild,
            track: track,
            volume: volume,
            paused: paused,
            state: PlayerState(time: 0, position: position, connected: true, ping: 12),
            voice: VoiceState(
                token: "token",
                endpoint: "voice.example:443",
                sessionId: "voice-session",
                channelId: "7"
            ),
            filters: filters
        )
    }
}
