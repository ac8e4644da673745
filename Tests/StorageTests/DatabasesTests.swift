import Control
import Foundation
import Testing

@testable import Storage

/// Files that builds of every schema since the second have written; see `Databases/README.md`.
@Suite("A database of an earlier version")
struct DatabasesTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("Databases")

    private static func file(ofSchema number: Int) -> URL {
        folder.appendingPathComponent("schema-\(number).sqlite")
    }

    private static let asked = ProcessInfo.processInfo.environment["LAVADECK_WRITE_DATABASE"]

    @Test("opens with everything that it holds", arguments: 2...Schema.version)
    func opens(schema: Int) throws {
        let directory = try TemporaryDirectory()
        let file = Self.file(ofSchema: schema)
        try #require(
            FileManager.default.fileExists(atPath: file.path),
            "write one, as Databases/README.md says"
        )
        try FileManager.default.copyItem(
            at: file,
            to: URL(fileURLWithPath: directory.database)
        )
        do {
            let found = try Connection.open(directory.database, for: .reading)
            #expect(try found.integer("PRAGMA user_version") == Int64(schema))
        }
        let store = try directory.open()
        #expect(try store.load() == KeptState.bots(ofSchema: schema))
        store.close()
        let now = try Connection.open(directory.database, for: .reading)
        #expect(try now.integer("PRAGMA user_version") == Int64(Schema.version))
        #expect(try now.texts("PRAGMA foreign_key_check").isEmpty)
    }

    @Test("is small")
    func size() throws {
        for schema in 2...Schema.version {
            #expect(try Data(contentsOf: Self.file(ofSchema: schema)).count < 64 * 1024)
        }
    }

    @Test("is written where LAVADECK_WRITE_DATABASE says", .enabled(if: asked != nil))
    func write() async throws {
        let store = try SQLiteStore(opening: try #require(Self.asked))
        let bots = try KeptState.bots(ofSchema: Schema.version)
        for (bot, state) in bots.sorted(by: { $0.key < $1.key }) {
            for (node, session) in state.sessions.sorted(by: { $0.key < $1.key }) {
                try await store.commit([.session(node, session)], of: bot)
            }
            for saved in state.players {
                try await store.commit([.player(saved.player)], of: bot)
                try await store.commit([.entries(saved.player.guild, saved.queue)], of: bot)
            }
        }
        #expect(try store.load() == bots)
        store.close()
    }
}
