/// The tables, and how an older file comes to have them.
enum Schema {
    /// Marks the file as ours ("LVDK"), so that no other program's database is written over.
    static let applicationID: Int64 = 0x4c56_444b

    /// Step *n* brings a file from schema *n* to *n* + 1; a step that was released never changes.
    static let migrations = [first, second, third, fourth]

    static var version: Int { migrations.count }

    /// Brings an open file to the newest schema, in one transaction: all steps are taken, or none.
    static func migrate(
        _ connection: borrowing Connection,
        by migrations: [String] = migrations
    ) throws(StorageError) {
        guard try connection.integer("PRAGMA user_version") != migrations.count else { return }
        try connection.execute("BEGIN IMMEDIATE")
        do throws(StorageError) {
            // Read again: another process may have been faster.
            let found = Int(try connection.integer("PRAGMA user_version"))
            for step in migrations.dropFirst(found) { try connection.execute(step) }
            try connection.execute("PRAGMA application_id = \(applicationID)")
            try connection.execute("PRAGMA user_version = \(migrations.count)")
            try connection.execute("COMMIT")
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// Bots and nodes stand by their names of the configuration, tracks as the node sent them.
    ///
    /// `channel` is where the player shall be; `voice_channel` is where the voice values that the
    /// bot brought say it is. `rank` orders a queue and leaves gaps. Unsigned 64-bit ids are kept
    /// as the signed number of the same bits.
    private static let first = """
        CREATE TABLE meta (
            key TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT;

        CREATE TABLE sessions (
            bot TEXT NOT NULL,
            node TEXT NOT NULL,
            session_id TEXT NOT NULL,
            PRIMARY KEY (bot, node)
        ) STRICT;

        CREATE TABLE players (
            bot TEXT NOT NULL,
            guild INTEGER NOT NULL,
            node TEXT,
            channel INTEGER,
            text_channel INTEGER,
            voice_token TEXT,
            voice_endpoint TEXT,
            voice_session_id TEXT,
            voice_channel INTEGER,
            place INTEGER NOT NULL DEFAULT 0,
            place_reported INTEGER NOT NULL DEFAULT 0,
            volume INTEGER NOT NULL DEFAULT 100,
            paused INTEGER NOT NULL DEFAULT 0,
            filters TEXT NOT NULL DEFAULT '{}',
            loop TEXT NOT NULL DEFAULT 'none',
            autoplay INTEGER NOT NULL DEFAULT 0,
            entry INTEGER,
            track TEXT,
            requester TEXT,
            play INTEGER,
            end_time INTEGER,
            PRIMARY KEY (bot, guild)
        ) STRICT;

        CREATE TABLE entries (
            bot TEXT NOT NULL,
            guild INTEGER NOT NULL,
            id INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            track TEXT NOT NULL,
            requester TEXT,
            PRIMARY KEY (bot, guild, id),
            FOREIGN KEY (bot, guild) REFERENCES players (bot, guild) ON DELETE CASCADE
        ) STRICT;
        """

    /// `owed` holds the bits of `Difference`.
    private static let second = """
        ALTER TABLE players ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE players ADD COLUMN has_left INTEGER NOT NULL DEFAULT 0;
        """

    /// An entry is a track, or the identifier of one that is still to be loaded.
    ///
    /// SQLite cannot take a NOT NULL back, so the table is made anew.
    private static let third = """
        CREATE TABLE new_entries (
            bot TEXT NOT NULL,
            guild INTEGER NOT NULL,
            id INTEGER NOT NULL,
            rank INTEGER NOT NULL,
            track TEXT,
            identifier TEXT,
            requester TEXT,
            PRIMARY KEY (bot, guild, id),
            FOREIGN KEY (bot, guild) REFERENCES players (bot, guild) ON DELETE CASCADE,
            CHECK ((track IS NULL) <> (identifier IS NULL))
        ) STRICT;
        INSERT INTO new_entries (bot, guild, id, rank, track, requester)
            SELECT bot, guild, id, rank, track, requester FROM entries;
        DROP TABLE entries;
        ALTER TABLE new_entries RENAME TO entries;
        """

    /// Positions are written every few seconds, which must not write a whole player each time.
    private static let fourth = """
        CREATE TABLE positions (
            bot TEXT NOT NULL,
            guild INTEGER NOT NULL,
            position INTEGER NOT NULL,
            reported INTEGER NOT NULL,
            PRIMARY KEY (bot, guild),
            FOREIGN KEY (bot, guild) REFERENCES players (bot, guild) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        INSERT INTO positions (bot, guild, position, reported)
            SELECT bot, guild, place, place_reported FROM players;
        ALTER TABLE players DROP COLUMN place;
        ALTER TABLE players DROP COLUMN place_reported;
        """
}
