import Control
import Lavalink
import Storage
import Support
import Testing
import Wire

/// Values for the tests, and random ones from a seed.
enum Sample {
    static let radio = BotName("radio")
    static let disco = BotName("disco")

    static func guild(_ number: UInt64) throws -> GuildID {
        try #require(GuildID(rawValue: number))
    }

    /// A track whose every part is written in a way that a rebuilt one would not be.
    static func track(_ number: Int) throws -> Track {
        let text = """
            {"encoded":"QAAA\(number)","info":{ "identifier" : "id-\(number)","isSeekable":true,
             "author":"caf\\u00e9","length":180000.0,"isStream":false,"position":0,
             "title":"№ \(number) \\"quoted\\" 😀","uri":null,"sourceName":"local","added":[1, 2]},
             "pluginInfo":{ "b":1.50,"a":"\\/"},"userData":{"n":  \(number)},"later":{"x" :null}}
            """
        return try Track(try JSONDocument(parsing: text).root)
    }

    static func entry(_ id: UInt64, rank: Int64? = nil) throws -> RankedEntry {
        RankedEntry(
            rank: rank ?? Int64(id) * 1024,
            entry: QueueEntry(
                id: EntryID(id),
                content: id % 7 == 0
                    ? .identifier("ytsearch:\(id) \u{0}é")
                    : .track(try track(Int(id % 1000))),
                requester: id % 3 == 0 ? nil : "user \(id)\u{0}é"
            )
        )
    }

    /// A player that has everything.
    static func player(_ guild: UInt64) throws -> PlayerRecord {
        var player = PlayerRecord(guild: try Self.guild(guild))
        player.node = NodeName("main")
        player.voiceChannel = ChannelID(rawValue: 11)
        player.textChannel = ChannelID(rawValue: UInt64(Int64.max))
        player.voice = VoiceParts(
            token: "tok\"en",
            endpoint: "eu.discord.media:443",
            sessionId: "",
            channelId: ChannelID(rawValue: 12)
        )
        player.current = CurrentRecord(
            entry: TrackEntry(id: EntryID(.max), track: try track(7), requester: "me"),
            play: PlayID(1 << 63),
            endTime: 90_000
        )
        player.position = 61_500
        player.reportedPosition = 1_500
        player.volume = 1000
        player.paused = true
        player.filters = try RawJSON(checking: Array(#"{ "timescale":{"speed":1.20}}"#.utf8))
        player.loop = .queue
        player.autoplay = true
        player.unconfirmed = [.position, .endTime]
        player.hasLeft = true
        return player
    }
}

/// Random values from a seed.
struct Dice: RandomNumberGenerator {
    private var source: SplitMix

    init(seed: UInt64) { source = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { source.next() }

    mutating func roll(_ range: ClosedRange<UInt64>) -> UInt64 { .random(in: range, using: &self) }

    /// A change of one of a few players, so that changes meet one another.
    mutating func change() throws -> StoreChange {
        let guild = try Sample.guild(roll(1...4))
        switch roll(0...12) {
        case 0, 1, 2:
            var player = try Sample.player(guild.rawValue)
            player.position = Int64(roll(0...999_999))
            player.paused = roll(0...1) == 0
            if roll(0...2) == 0 { player.current = nil }
            if roll(0...2) == 0 { player.voice = VoiceParts() }
            return .player(player)
        case 3:
            return .position(
                guild,
                milliseconds: Int64(roll(0...999)),
                reported: Int64(roll(0...9))
            )
        case 4: return .removePlayer(guild)
        case 5, 6, 7:
            return .entries(
                guild,
                try (0...roll(0...4)).map { _ in
                    try Sample.entry(roll(1...20), rank: Int64(roll(0...50)) - 25)
                }
            )
        case 8: return .removeEntries(guild, (0...roll(0...3)).map { _ in EntryID(roll(1...20)) })
        case 9: return .removeAllEntries(guild)
        case 11:
            return .ranks(
                guild,
                (0...roll(0...4)).map { _ in
                    EntryRank(entry: EntryID(roll(1...20)), rank: Int64(roll(0...50)) - 25)
                }
            )
        case 10:
            let node = NodeName("node \(roll(1...3))")
            return .session(node, roll(0...2) == 0 ? nil : "session \(roll(0...9))")
        default: return roll(0...9) == 0 ? .removeAllPlayers : .removeAllEntries(guild)
        }
    }
}
