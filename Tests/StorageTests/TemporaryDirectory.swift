import Foundation
import Storage

/// A directory of its own for one test; gone with the last reference to it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "storage-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit {
        // A directory that stays behind harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { path + "/lavadeck.db" }

    func open(limits: StorageLimits = .standard) throws -> SQLiteStore {
        try SQLiteStore(opening: database, limits: limits)
    }

    /// What is in the files, by name; to see that nothing touched them.
    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: path) {
            contents[name] = try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))
        }
        return contents
    }
}
