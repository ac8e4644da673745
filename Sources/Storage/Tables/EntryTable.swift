import Control
import Lavalink

/// The entries of the queues; a row is one entry.
struct EntryTable {
    private let upsert: Statement
    private let remove: Statement
    private let removeOfGuild: Statement
    private let all: Statement

    init(_ connection: borrowing Connection) throws(StorageError) {
        upsert = try connection.prepare(
            """
            INSERT INTO entries (bot, guild, id, rank, track, requester) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (bot, guild, id) DO UPDATE SET
                rank = excluded.rank, track = excluded.track, requester = excluded.requester
            """
        )
        remove = try connection.prepare(
            "DELETE FROM entries WHERE bot = ? AND guild = ? AND id = ?"
        )
        removeOfGuild = try connection.prepare("DELETE FROM entries WHERE bot = ? AND guild = ?")
        all = try connection.prepare(
            """
            SELECT bot, guild, id, rank, track, requester FROM entries
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
            row.json(ranked.entry.track.raw)
            row.text(ranked.entry.requester)
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
                track: try row.track(),
                requester: try row.optionalText()
            )
            body(bot, guild, RankedEntry(rank: rank, entry: entry))
        }
    }
}
