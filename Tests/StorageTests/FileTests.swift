import Control
import Foundation
import Lavalink
import Testing
import Wire

@testable import Storage

@Suite("A store's file")
struct FileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Fills the database and closes it.
    private func fill(players: UInt64 = 200) async throws {
        let store = try directory.open()
        var changes: [StoreChange] = []
        for number in 1...players {
            changes.append(.player(try Sample.player(number)))
            let queue = [try Sample.entry(1), try Sample.entry(2)]
            changes.append(.entries(try Sample.guild(number), queue))
        }
        try await store.commit(changes)
        store.close()
    }

    /// Tries to open the file, and sees that it is refused and left as it was.
    private func refusal() throws -> StorageError {
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        let error = try #require(throws: StorageError.self) { _ = try directory.open() }
        let after = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        #expect(before == after, "the file was changed")
        #expect(error.description.contains(directory.database))
        #expect(!error.description.contains("\n"))
        return error
    }

    private func write(_ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: directory.database))
    }

    @Test("gives everything back after it was closed and opened again")
    func reopened() async throws {
        try await fill(players: 20)
        let first = try directory.open()
        let loaded = try first.load()
        #expect(loaded[Sample.radio]?.players.count == 20)
        try await first.commit([.position(try Sample.guild(3), milliseconds: 5, reported: 6)])
        first.close()
        let again = try directory.open().load()
        #expect(again[Sample.radio]?.players[2].player.position == 5)
        #expect(again[Sample.radio]?.players[3] == loaded[Sample.radio]?.players[3])
    }

    @Test("can be read by its owner alone")
    func permissions() throws {
        let store = try directory.open()
        defer { store.close() }
        for name in ["", "-wal"] {
            let path = directory.database + name
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600, "\(path)")
        }
    }

    @Test("is refused and left alone when it is no database")
    func notADatabase() throws {
        var dice = Dice(seed: 4)
        try write((0..<20_000).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
        let error = try refusal()
        #expect(error.kind == .notADatabase)
        #expect(error.description.contains("move it aside and start again: mkdir -p"))
    }

    @Test("is refused and left alone when it was cut short", arguments: [1, 2, 10, 50])
    func truncated(parts: Int) async throws {
        try await fill()
        let whole = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        try write(whole.prefix(whole.count * parts / 51 / 4096 * 4096 + 100))
        let error = try refusal()
        #expect(error.kind == .damaged || error.kind == .notADatabase, "\(error)")
    }

    @Test("is refused and left alone when pages of it are overwritten")
    func overwritten() async throws {
        try await fill()
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: directory.database)))
        for place in stride(from: 8192, to: bytes.count - 512, by: 16384) {
            for step in 0..<512 { bytes[place + step] = 0xa5 }
        }
        try write(bytes)
        #expect(try refusal().kind == .damaged)
    }

    @Test("is left alone with its log, which its last writer had no time to copy")
    func damagedWithLog() async throws {
        let other = try TemporaryDirectory()
        try await fill()
        let store = try directory.open()
        defer { store.close() }
        try await store.commit([.player(try Sample.player(1000))])
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: directory.database)))
        for place in stride(from: 8192, to: bytes.count - 512, by: 8192) {
            for step in 0..<512 { bytes[place + step] = 0xa5 }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: other.database))
        try FileManager.default.copyItem(
            atPath: directory.database + "-wal",
            toPath: other.database + "-wal"
        )
        let before = try other.contents()
        let error = try #require(throws: StorageError.self) { _ = try other.open() }
        #expect(error.kind == .damaged)
        let after = try other.contents()
        for name in before.keys { #expect(before[name] == after[name], "\(name)") }
    }

    @Test("is refused and left alone when a newer Lavadeck wrote it")
    func newer() async throws {
        try await fill(players: 1)
        let connection = try Connection.open(directory.database, for: .writing)
        try connection.execute("PRAGMA user_version = 99")
        try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        let error = try refusal()
        #expect(error.kind == .newerSchema(found: 99, known: Schema.version))
        let line = "its schema version is 99, this one supports \(Schema.version)"
        #expect(error.description.contains(line))
    }

    @Test("is refused and left alone when its schema cannot be", arguments: [-1, -99])
    func impossibleSchema(version: Int) async throws {
        try await fill(players: 1)
        do {
            let connection = try Connection.open(directory.database, for: .writing)
            try connection.execute("PRAGMA user_version = \(version)")
            try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let error = try refusal()
        #expect(error.kind == .damaged)
        #expect(error.message == "its schema version is \(version)")
    }

    @Test(
        "is refused and left alone when it is another program's",
        arguments: [
            "CREATE TABLE notes (text TEXT)", "PRAGMA application_id = 7",
            "PRAGMA user_version = 1",
        ]
    )
    func foreign(sql: String) throws {
        do {
            let connection = try Connection.open(directory.database, for: .writing)
            try connection.execute(sql)
        }
        #expect(try refusal().kind == .foreign)
    }

    @Test(
        "is refused when it says what cannot be, with the name of the column",
        arguments: [
            ("UPDATE players SET loop = 'sideways'", "loop"),
            ("UPDATE players SET guild = -1", "guild"),
            ("UPDATE players SET track = '{}'", "track"),
            ("UPDATE players SET filters = '{'", "filters"),
            ("UPDATE players SET owed = 256", "owed"),
            ("UPDATE players SET voice_channel = 0", "voice_channel"),
            ("UPDATE entries SET track = '{\"encoded\":1}'", "track"),
        ]
    )
    func impossible(sql: String, column: String) async throws {
        try await fill(players: 1)
        do {
            let connection = try Connection.open(directory.database, for: .writing)
            try connection.execute(sql)
        }
        let store = try directory.open()
        let error = try #require(throws: StorageError.self) { try store.load() }
        #expect(error.kind == .damaged)
        #expect(error.message.hasPrefix("the column \(column) "), "\(error)")
    }

    @Test("cannot be made where there is no directory, and the error says so")
    func missingDirectory() throws {
        let path = directory.path + "/absent/lavadeck.db"
        let error = try #require(throws: StorageError.self) { _ = try SQLiteStore(opening: path) }
        #expect(error.kind == .cannotOpen)
        #expect(error.message == "No such file or directory")
        #expect(error.description.contains("ls -ld \(directory.path)/absent"))
    }

    @Test("cannot be a directory, nor lie within a file")
    func wrongPath() throws {
        let inside = directory.database + "/lavadeck.db"
        for path in [directory.path, "/", ""] {
            let error = try #require(throws: StorageError.self) {
                _ = try SQLiteStore(opening: path)
            }
            #expect(error.kind == .cannotOpen, "\(path): \(error)")
        }
        try write([])
        let error = try #require(throws: StorageError.self) { _ = try SQLiteStore(opening: inside) }
        #expect(error.message == "Not a directory")
    }

    @Test("cannot be made in a directory that is not to be written")
    func readOnlyDirectory() throws {
        // The superuser may write everywhere, except where the kernel keeps its own.
        let place = geteuid() == 0 ? "/sys" : directory.path
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o500],
            ofItemAtPath: directory.path
        )
        defer {
            // The directory is removed afterwards, if this works.
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o700],
                ofItemAtPath: directory.path
            )
        }
        let error = try #require(throws: StorageError.self) {
            _ = try SQLiteStore(opening: place + "/lavadeck.db")
        }
        #expect(error.kind == .cannotOpen)
        #expect(
            ["Permission denied", "Read-only file system", "Operation not permitted"].contains(
                error.message
            )
        )
    }

    @Test("is used by one store at a time")
    func second() throws {
        let first = try directory.open()
        let error = try #require(throws: StorageError.self) { _ = try directory.open() }
        #expect(error.kind == .locked)
        #expect(error.message == "another Lavadeck uses it")
        first.close()
        let second = try directory.open()
        second.close()
    }

    @Test("that is empty becomes a database")
    func emptyFile() async throws {
        try write([])
        let store = try directory.open()
        try await store.commit([.player(try Sample.player(1))])
        #expect(try store.load()[Sample.radio]?.players.count == 1)
    }
}
