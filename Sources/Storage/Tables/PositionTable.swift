import Control
import Lavalink

/// Where each player is in its music; a row is one player's.
///
/// A table of its own, since every player that plays is written here again and again: a page holds
/// the positions of a hundred players, and the rows of four.
struct PositionTable {
    private let upsert: Statement
    private let ensure: Statement
    private let change: Statement

    static let changeSQL = """
        UPDATE positions SET position = ?, reported = ? WHERE bot = ? AND guild = ?
        """

    init(_ connection: borrowing Connection) throws(StorageError) {
        upsert = try connection.prepare(
            """
            INSERT INTO positions (position, reported, bot, guild) VALUES (?, ?, ?, ?)
            ON CONFLICT (bot, guild) DO UPDATE SET
                position = excluded.position, reported = excluded.reported
            """
        )
        ensure = try connection.prepare(
            "INSERT OR IGNORE INTO positions (position, reported, bot, guild) VALUES (?, ?, ?, ?)"
        )
        change = try connection.prepare(Self.changeSQL)
    }

    /// The player must have its row.
    func put(_ player: PlayerRecord, of bot: BotName) throws(StorageError) {
        try run(upsert, player.position, player.reportedPosition, player.guild, bot)
    }

    /// Makes a row at the beginning, unless the player has one; the player must have its own.
    func ensure(_ guild: GuildID, of bot: BotName) throws(StorageError) {
        try run(ensure, 0, 0, guild, bot)
    }

    /// Changes nothing when there is no such player.
    func set(
        _ milliseconds: Int64,
        reported: Int64,
        of guild: GuildID,
        of bot: BotName
    ) throws(StorageError) {
        try run(change, milliseconds, reported, guild, bot)
    }

    private func run(
        _ statement: Statement,
        _ milliseconds: Int64,
        _ reported: Int64,
        _ guild: GuildID,
        _ bot: BotName
    ) throws(StorageError) {
        try statement.run { row in
            row.integer(milliseconds)
            row.integer(reported)
            row.text(bot.text)
            row.bits(guild.rawValue)
        }
    }
}
