/// What the store may use and how long it waits; all of it can be set, none of it need be.
package struct StorageLimits: Sendable {
    /// Rows that may wait to be written before further changes are refused as `busy`; twice what
    /// a bot has that saves all its players.
    package var pendingRows = 100_000
    /// Bytes of texts and JSON that may wait likewise.
    package var pendingBytes = 256 * 1024 * 1024
    /// How long another process may hold the file.
    package var lockWaitMilliseconds: Int32 = 2000
    /// Pages of the write-ahead log after which it is copied into the file (4 KiB each).
    package var logPages = 1000
    /// Bytes to which the write-ahead log is cut back after a large transaction.
    package var logBytes = 16 * 1024 * 1024
    /// Pages that the file may have (4 KiB each); nil for SQLite's own limit.
    package var filePages: Int?

    package init() {}

    package static let standard = StorageLimits()
}
