import Control
import Lavalink
import Wire

/// The players; a row is one player without its queue and its position.
struct PlayerTable {
    private let upsert: Statement
    private let ensure: Statement
    private let remove: Statement
    private let removeOfBot: Statement
    private let all: Statement

    /// In the order in which `Binder.player` and `Row.player` go through them.
    private static let columns = [
        "bot", "guild", "node", "channel", "text_channel", "voice_token", "voice_endpoint",
        "voice_session_id", "voice_channel", "volume", "paused", "filters", "loop", "autoplay",
        "owed", "has_left", "entry", "track", "requester", "play", "end_time",
    ]

    init(_ connection: borrowing Connection) throws(StorageError) {
        let names = Self.columns.joined(separator: ", ")
        let marks = Self.columns.map { _ in "?" }.joined(separator: ", ")
        let updates = Self.columns.dropFirst(2).map { "\($0) = excluded.\($0)" }
        upsert = try connection.prepare(
            """
            INSERT INTO players (\(names)) VALUES (\(marks))
            ON CONFLICT (bot, guild) DO UPDATE SET \(updates.joined(separator: ", "))
            """
        )
        ensure = try connection.prepare("INSERT OR IGNORE INTO players (bot, guild) VALUES (?, ?)")
        remove = try connection.prepare("DELETE FROM players WHERE bot = ? AND guild = ?")
        removeOfBot = try connection.prepare("DELETE FROM players WHERE bot = ?")
        all = try connection.prepare(
            """
            SELECT \(names), coalesce(position, 0), coalesce(reported, 0)
            FROM players LEFT JOIN positions USING (bot, guild) ORDER BY bot, guild
            """
        )
    }

    func put(_ player: PlayerRecord, of bot: BotName) throws(StorageError) {
        try upsert.run { row in
            row.text(bot.text)
            row.player(player)
        }
    }

    /// Makes a row with the defaults of a new player, unless the player has one.
    func ensure(_ guild: GuildID, of bot: BotName) throws(StorageError) {
        try ensure.run { row in
            row.text(bot.text)
            row.bits(guild.rawValue)
        }
    }

    /// The queue and the position go with their player.
    func remove(_ guild: GuildID, of bot: BotName) throws(StorageError) {
        try remove.run { row in
            row.text(bot.text)
            row.bits(guild.rawValue)
        }
    }

    func removeAll(of bot: BotName) throws(StorageError) {
        try removeOfBot.run { row in row.text(bot.text) }
    }

    /// By rising guild within a bot.
    func forEach(
        _ body: (BotName, PlayerRecord) -> Void
    ) throws(StorageError) {
        try all.forEachRow { row throws(StorageError) in
            body(BotName(try row.text()), try row.player())
        }
    }
}

extension Binder {
    fileprivate mutating func player(_ player: PlayerRecord) {
        bits(player.guild.rawValue)
        text(player.node?.text)
        bits(player.voiceChannel?.rawValue)
        bits(player.textChannel?.rawValue)
        text(player.voice.token)
        text(player.voice.endpoint)
        text(player.voice.sessionId)
        bits(player.voice.channelId?.rawValue)
        integer(Int64(player.volume))
        flag(player.paused)
        json(player.filters)
        text(player.loop.rawValue)
        flag(player.autoplay)
        integer(Int64(player.unconfirmed.rawValue))
        flag(player.hasLeft)
        bits(player.current?.entry.id.rawValue)
        json(player.current?.entry.track.raw)
        text(player.current?.entry.requester)
        bits(player.current?.play.rawValue)
        integer(player.current?.endTime)
    }
}

extension Row {
    fileprivate mutating func player() throws(StorageError) -> PlayerRecord {
        var player = PlayerRecord(guild: try snowflake())
        player.node = try optionalText().map { NodeName($0) }
        player.voiceChannel = try optionalSnowflake()
        player.textChannel = try optionalSnowflake()
        player.voice.token = try optionalText()
        player.voice.endpoint = try optionalText()
        player.voice.sessionId = try optionalText()
        player.voice.channelId = try optionalSnowflake()
        player.volume = Int(try integer())
        player.paused = try flag()
        player.filters = try json()
        let loop = try text()
        player.loop = try present(LoopMode(rawValue: loop))
        player.autoplay = try flag()
        let unconfirmed = try integer()
        player.unconfirmed = Difference(rawValue: try present(UInt8(exactly: unconfirmed)))
        player.hasLeft = try flag()
        player.current = try current()
        player.position = try integer()
        player.reportedPosition = try integer()
        return player
    }

    private mutating func current() throws(StorageError) -> CurrentRecord? {
        let entry = try optionalBits()
        let track = try optionalTrack()
        let requester = try optionalText()
        let play = try optionalBits()
        let endTime = try optionalInteger()
        guard let entry, let track, let play else { return nil }
        return CurrentRecord(
            entry: TrackEntry(id: EntryID(entry), track: track, requester: requester),
            play: PlayID(play),
            endTime: endTime
        )
    }
}
