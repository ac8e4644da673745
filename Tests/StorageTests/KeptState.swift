import Control
import Lavalink
import Storage
import Testing
import Wire

/// What the databases in `Databases/` hold: everything that a row can have, of two bots.
///
/// Files of earlier versions were written from these values too, so they never change; what a
/// later schema adds gets values beside them.
enum KeptState {
    static func bots(ofSchema schema: Int) throws -> [BotName: SavedBot] {
        [BotName("radio"): try radio(schema), BotName("disco"): try disco()]
    }

    private static func radio(_ schema: Int) throws -> SavedBot {
        var bot = SavedBot()
        bot.sessions = [
            NodeName("main"): "dxwbqj3zkl1k5kgu", NodeName("spare"): "la3kfsdf5eafe848",
        ]
        bot.players = [
            SavedPlayer(
                player: try playing(),
                queue: [
                    try entry(.max, rank: -1_048_576, track: 3, requester: "90"),
                    try entry(2, rank: 1_048_576, track: 4),
                    try entry(1 << 63, rank: 1_572_864, track: 5, requester: "n\u{e9} \u{1F600}"),
                    try entry(4, rank: 2_097_152, track: 3),
                ]
            ),
            SavedPlayer(
                player: PlayerRecord(guild: try guild(102)),
                queue: schema < 3 ? [] : [unresolved]
            ),
            SavedPlayer(
                player: try leaving(),
                queue: [
                    try entry(5, rank: 1_048_576, track: 6),
                    try entry(6, rank: 1_048_577, track: 7),
                ]
            ),
        ]
        return bot
    }

    /// Has a player in a guild in which the other bot has one too.
    private static func disco() throws -> SavedBot {
        var bot = SavedBot()
        bot.sessions = [NodeName("main"): "0k5n2d8l3m1f9q7z"]
        var player = PlayerRecord(guild: try guild(101))
        player.node = NodeName("main")
        player.loop = .track
        bot.players = [
            SavedPlayer(
                player: player,
                queue: try (1...3).map {
                    try entry($0, rank: Int64($0) << 20, track: Int($0), requester: "disco")
                }
            )
        ]
        return bot
    }

    private static func playing() throws -> PlayerRecord {
        var player = PlayerRecord(guild: try guild(101))
        player.node = NodeName("main")
        player.voiceChannel = ChannelID(rawValue: 81_384_788_765_712_384)
        player.textChannel = ChannelID(rawValue: UInt64(Int64.max))
        player.voice = VoiceParts(
            token: "8c1f\"a",
            endpoint: "rotterdam1234.discord.media:2048",
            sessionId: "30f32c5d54ae86130fc4a215c7474263",
            channelId: ChannelID(rawValue: 81_384_788_765_712_385)
        )
        player.current = CurrentRecord(
            entry: TrackEntry(id: EntryID(9), track: try track(1), requester: "90"),
            play: PlayID(1 << 63 | 1),
            endTime: 90_000
        )
        player.position = 61_500
        player.reportedPosition = 1_500
        player.volume = 150
        player.filters = try RawJSON(
            checking: Array(
                #"{"timescale":{"speed":1.20},"pluginFilters":{ "echo":{"delay":1}}}"#.utf8
            )
        )
        player.loop = .queue
        player.autoplay = true
        player.unconfirmed = [.position, .endTime]
        return player
    }

    private static func leaving() throws -> PlayerRecord {
        var player = PlayerRecord(guild: try guild(103))
        player.node = NodeName("spare")
        player.current = CurrentRecord(
            entry: TrackEntry(id: EntryID(10), track: try track(2)),
            play: PlayID(12)
        )
        player.position = 5
        player.reportedPosition = PlayerRecord.notConfirmed
        player.paused = true
        player.hasLeft = true
        return player
    }

    private static func entry(
        _ id: UInt64,
        rank: Int64,
        track number: Int,
        requester: String? = nil
    ) throws -> RankedEntry {
        RankedEntry(
            rank: rank,
            entry: QueueEntry(
                id: EntryID(id),
                content: .track(try track(number)),
                requester: requester
            )
        )
    }

    private static let unresolved = RankedEntry(
        rank: 1 << 32,
        entry: QueueEntry(
            id: EntryID(11),
            content: .identifier("ytsearch:n\u{e9} \"quoted\""),
            requester: "90"
        )
    )

    private static func guild(_ number: UInt64) throws -> GuildID {
        try #require(GuildID(rawValue: number))
    }

    /// Each as a node might send it, with what a rebuilt one would not have.
    private static func track(_ number: Int) throws -> Track {
        let text = """
            {"encoded":"QAAA\(number)","info":{ "identifier":"id-\(number)","isSeekable":true,
            "author":"caf\\u00e9","length":\(number)80000,"isStream":\(number == 7),"position":0,
            "title":"\u{2116} \(number) \\"quoted\\"","uri":null,"sourceName":"local","added":[1]},
            "pluginInfo":{"b":1.50},"userData":{"n":  \(number)},"later":{"x" :null}}
            """
        return try Track(try JSONDocument(parsing: text).root)
    }
}
