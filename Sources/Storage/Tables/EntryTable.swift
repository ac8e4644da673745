import Control
import Lavalink

/// The entries of the queues; a row is one entry.
struct EntryTable {
    private let upsert: Statement
    private let setRank: Statement
    private let remove: Statement
    private let removeOfGuild: Statement
    private let all: Statement

    static let rankSQL = "UPDATE entries SET rank = ? WHERE bot = ? AND guild = ? AND id = ?"
    static let removalSQL = "DELETE FROM entries WHERE bot = ? AND guild = ? AND id = ?"

    init(_ connection: borrowing Connection) throws(StorageError) {
        upsert = try connection.prepare(
            """
            INSERT INTO entries (bot, guild, id, rank, track, identifier, requester)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (bot, guild, id) DO UPDATE SET
                rank = excluded.rank, track = excluded.track, identifier = excluded.identifier,
                requester = excluded.requester
            """
        )
        setRank = try connection.prepare(Self.rankSQL)
        remove = try connection.prepare(Self.removalSQL)
        removeOfGuild = try connection.prepare("DELETE FROM entries WHERE bot = ? AND guild = ?")
        all = try connection.prepare(
            """
            SELECT bot, guild, id, rank, track, identifier, requester FROM entries
            ORDER BY bot, guild, rank, id
            """
        )
    }

    /// The player must have its row.
    func put(
        _ ranked: RankedEntry,
        in guild: GuildID,
        of bot: BotName
    ) throws(StorageError) {
        try upsert.run { row in
            row.text(bot.text)
            row.bits(guild.rawValue)
            row.bits(ranked.entry.id.rawValue)
            row.integer(ranked.rank)
            switch ranked.entry.content {
            case .track(let track):
                row.json(track.raw)
                row.null()
            case .identifier(let identifier):
                row.null()
                row.text(identifier)
            }
            row.text(ranked.entry.requester)
        }
    }

    /// Changes nothing when there is no such entry.
    func setRank(_ rank: EntryRank, in guild: GuildID, of bot: BotName) throws(StorageError) {
        try setRank.run { row in
            row.integer(rank.rank)
            row.text(bot.text)
            row.bits(guild.rawValue)
            row.bits(rank.entry.rawValue)
        }
    }

    func remove(_ entry: EntryID, in guild: GuildID, of bot: BotName) throws(StorageError) {
        try remove.run { row in
            row.text(bot.text)
            row.bits(guild.rawValue)
            row.bits(entry.rawValue)
        }
    }

    func removeAll(in guild: GuildID, of bot: BotName) throws(StorageError) {
        try removeOfGuild.run { row in
            row.text(bot.text)
            row.bits(guild.rawValue)
        }
    }

    /// Every queue's entries stand together, by rising rank.
    func forEach(
        _ body: (BotName, GuildID, RankedEntry) -> Void
    ) throws(StorageError) {
        try all.forEachRow { row throws(StorageError) in
            let bot = BotName(try row.text())
            let guild: GuildID = try row.snowflake()
            let id = EntryID(try row.bits())
            let rank = try row.integer()
            let entry = QueueEntry(
                id: id,
                content: try row.content(),
                requester: try row.optionalText()
            )
            body(bot, guild, RankedEntry(rank: rank, entry: entry))
        }
    }
}

extension Row {
    /// A track or an identifier: the schema promises one of the two.
    fileprivate mutating func content() throws(StorageError) -> QueueEntry.Content {
        let track = try optionalTrack()
        let identifier = try optionalText()
        if let track { return .track(track) }
        return .identifier(try present(identifier))
    }
}
