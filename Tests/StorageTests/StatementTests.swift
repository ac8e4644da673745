import Testing
import Wire

@testable import Storage

@Suite("A statement")
struct StatementTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func connection() throws -> Connection {
        try Connection.open(directory.database, for: .writing)
    }

    @Test(
        "gives back texts byte for byte",
        arguments: ["", "a", "é😀", "a\u{0}b", "\u{0}", "'\"; --"]
    )
    func texts(text: String) throws {
        let connection = try connection()
        let echo = try connection.prepare("SELECT ?, typeof(?1)")
        var found: [String] = []
        try echo.forEachRow({ $0.text(text) }) { row throws(StorageError) in
            found.append(try row.text())
            found.append(try row.text())
        }
        #expect(found == [text, "text"])
    }

    @Test(
        "gives back all 64 bits of a number",
        arguments: [0, 1, UInt64.max, 1 << 63, UInt64(Int64.max)] as [UInt64]
    )
    func bits(number: UInt64) throws {
        let connection = try connection()
        let echo = try connection.prepare("SELECT ?, ?")
        var found: [UInt64?] = []
        try echo.forEachRow({ row in
            row.bits(number)
            row.bits(nil)
        }) { row throws(StorageError) in
            found.append(try row.bits())
            found.append(try row.optionalBits())
        }
        #expect(found == [number, nil])
    }

    @Test("forgets its values after each use, also after a failure")
    func cleared() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE one (a INTEGER NOT NULL) STRICT")
        let insert = try connection.prepare("INSERT INTO one VALUES (?)")
        try insert.run { $0.integer(1) }
        let error = try #require(throws: StorageError.self) { try insert.run { $0.integer(nil) } }
        #expect(error.kind == .other)
        #expect(error.code == 19)
        #expect(error.extendedCode == 1299)
        #expect(error.sql == "INSERT INTO one VALUES (?)")
        #expect(error.message == "NOT NULL constraint failed: one.a")
        try insert.run { $0.integer(2) }
        #expect(try connection.integer("SELECT sum(a) FROM one") == 3)
    }

    @Test("takes a value of the wrong type for damage, and names the column")
    func wrongType() throws {
        let connection = try connection()
        let select = try connection.prepare("SELECT 'x' AS word, 1 AS number, NULL AS absent")
        let readings: [(column: String, read: (inout Row) throws(StorageError) -> Void)] = [
            ("word", { row throws(StorageError) in _ = try row.integer() }),
            (
                "number",
                { row throws(StorageError) in
                    _ = try row.text()
                    _ = try row.text()
                }
            ),
            (
                "absent",
                { row throws(StorageError) in
                    _ = try row.text()
                    _ = try row.integer()
                    _ = try row.integer()
                }
            ),
            ("word", { row throws(StorageError) in _ = try row.json() }),
        ]
        for (column, read) in readings {
            let error = try #require(throws: StorageError.self) {
                try select.forEachRow({ _ in }, read)
            }
            #expect(error.kind == .damaged)
            #expect(error.message.hasPrefix("the column \(column) "))
        }
    }

    @Test("rolls back what a transaction did before it failed")
    func transaction() throws {
        let connection = try connection()
        try connection.execute("CREATE TABLE one (a INTEGER NOT NULL) STRICT")
        let insert = try connection.prepare("INSERT INTO one VALUES (?)")
        #expect(throws: StorageError.self) {
            try connection.transaction { () throws(StorageError) in
                try insert.run { $0.integer(1) }
                try insert.run { $0.integer(nil) }
            }
        }
        #expect(try connection.integer("SELECT count(*) FROM one") == 0)
        try connection.transaction { () throws(StorageError) in try insert.run { $0.integer(1) } }
        #expect(try connection.integer("SELECT count(*) FROM one") == 1)
        #expect(connection.rowsWritten == 2)
    }
}

@Suite("A storage error")
struct StorageErrorTests {
    @Test(
        "says in one line what is wrong, where, and how to mend it",
        arguments: [
            (
                .damaged, "/data/lavadeck.db",
                "the database /data/lavadeck.db is damaged: m (SQLite code 11); move it aside and start again: "
                    + "mkdir -p /data/set-aside && mv /data/lavadeck.db* /data/set-aside/"
            ),
            (
                .damaged, "lava deck.db",
                "the database lava deck.db is damaged: m (SQLite code 11); move it aside and start again: "
                    + "mkdir -p set-aside && mv 'lava deck.db'* set-aside/"
            ),
            (
                .damaged, "/a'b/x",
                "the database /a'b/x is damaged: m (SQLite code 11); move it aside and start again: "
                    + #"mkdir -p '/a'\''b/set-aside' && mv '/a'\''b/x'* '/a'\''b/set-aside'/"#
            ),
            (
                .diskFull, "/x",
                "the database /x has no space left: m (SQLite code 11); free some space: df /"
            ),
            (
                .busy(.rows(10)), "x",
                "the database x is too slow: more than 10 changes are waiting to be written: m (SQLite code 11)"
            ),
        ] as [(StorageError.Kind, String, String)]
    )
    func description(kind: StorageError.Kind, path: String, line: String) {
        let error = StorageError(kind, path: path, message: "m", extendedCode: 11)
        #expect(error.description == line)
    }

    @Test("names the statement, on one line")
    func sql() {
        let error = StorageError(.other, path: "x", message: "m", sql: "SELECT\n    1")
        #expect(error.description == "the database x failed: m in \"SELECT 1\"")
    }

    @Test("knows what may pass by itself")
    func passing() {
        let passing: [StorageError.Kind] = [
            .busy(.rows(1)), .locked, .diskFull, .inputOutput, .readOnly,
        ]
        let lasting: [StorageError.Kind] = [
            .closed, .cannotOpen, .notADatabase, .foreign, .newerSchema(found: 2, known: 1),
            .damaged,
            .other,
        ]
        #expect(passing.allSatisfy { StorageError($0, path: "").isPassing })
        #expect(!lasting.contains { StorageError($0, path: "").isPassing })
    }
}
