import Control
import Testing

@testable import Storage

@Suite("The schema")
struct SchemaTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open() throws -> Connection {
        try Connection.open(directory.database, for: .writing)
    }

    @Test("is made whole in a new file, and marked as ours")
    func new() throws {
        try directory.open().close()
        let connection = try open()
        #expect(try connection.integer("PRAGMA user_version") == Int64(Schema.version))
        #expect(try connection.integer("PRAGMA application_id") == 0x4c56_444b)
        let tables = try connection.texts(
            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
        )
        #expect(tables == ["entries", "meta", "players", "positions", "sessions"])
    }

    @Test("comes step by step from any older one", arguments: 0...3)
    func steps(from: Int) throws {
        let steps = [
            "CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1)",
            "ALTER TABLE one ADD COLUMN b TEXT DEFAULT 'x'",
            "CREATE TABLE two AS SELECT a, b FROM one",
        ]
        let connection = try open()
        try Schema.migrate(connection, by: Array(steps.prefix(from)))
        #expect(try connection.integer("PRAGMA user_version") == Int64(from))
        try Schema.migrate(connection, by: steps)
        try Schema.migrate(connection, by: steps)
        #expect(try connection.integer("PRAGMA user_version") == 3)
        #expect(try connection.texts("SELECT b FROM two") == ["x"])
    }

    @Test("of a file of version 1 is brought up with everything that the file has")
    func fromFirst() throws {
        do {
            let old = try open()
            try Schema.migrate(old, by: Array(Schema.migrations.prefix(1)))
            try old.execute(
                """
                INSERT INTO players (bot, guild, volume, paused) VALUES ('radio', 5, 30, 1);
                INSERT INTO sessions VALUES ('radio', 'main', 'abc');
                """
            )
        }
        let store = try directory.open()
        let loaded = try #require(try store.load()[Sample.radio])
        var player = PlayerRecord(guild: try Sample.guild(5))
        player.volume = 30
        player.paused = true
        #expect(loaded.players == [SavedPlayer(player: player)])
        #expect(loaded.sessions == [NodeName("main"): "abc"])
        store.close()
        #expect(try open().integer("PRAGMA user_version") == Int64(Schema.version))
    }

    @Test("stays as it was when one step fails")
    func failing() throws {
        let connection = try open()
        try Schema.migrate(connection, by: ["CREATE TABLE one (a INTEGER)"])
        let error = try #require(throws: StorageError.self) {
            try Schema.migrate(
                connection,
                by: ["", "CREATE TABLE two (a INTEGER)", "CREATE TABLE one (a INTEGER)"]
            )
        }
        #expect(error.message == "table one already exists")
        #expect(error.sql == "CREATE TABLE one (a INTEGER)")
        #expect(try connection.integer("PRAGMA user_version") == 1)
        #expect(try connection.texts("SELECT name FROM sqlite_schema") == ["one"])
        try connection.execute("BEGIN; COMMIT")
    }

    @Test(
        "finds a row by its key alone, to change and to remove it",
        arguments: [
            (EntryTable.rankSQL, "(bot=? AND guild=? AND id=?)"),
            (EntryTable.removalSQL, "(bot=? AND guild=? AND id=?)"),
            (PositionTable.changeSQL, "(bot=? AND guild=?)"),
        ]
    )
    func plan(sql: String, key: String) throws {
        let database = try Database.open(directory.database, limits: .standard)
        let plan = try database.connection.prepare("EXPLAIN QUERY PLAN \(sql)")
        var steps: [String] = []
        try plan.forEachRow { binder in
            while binder.index < sql.count(where: { $0 == "?" }) { binder.null() }
        } _: { row throws(StorageError) in
            for _ in 0..<3 { _ = try row.optionalInteger() }
            steps.append(try row.text())
        }
        #expect(steps.count == 1)
        #expect(steps.first?.hasSuffix(key) == true, "\(steps)")
    }

    @Test("waits for the disk at every commit, and keeps a log")
    func settings() throws {
        let database = try Database.open(directory.database, limits: .standard)
        #expect(try database.connection.integer("PRAGMA synchronous") == 2)
        #expect(try database.connection.texts("PRAGMA journal_mode") == ["wal"])
        #expect(try database.connection.integer("PRAGMA foreign_keys") == 1)
        #expect(try database.connection.integer("PRAGMA wal_autocheckpoint") == 1000)
    }
}
