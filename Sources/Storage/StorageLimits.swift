/// What the store may use and how long it waits; all of it can be set, none of it need be.
package struct StorageLimits: Sendable {
    /// Rows waiting to be written; more changes are refused as `busy`.
    ///
    /// Twice the rows that a bot with the most players saves at once.
    package var pendingRows = 100_000
    /// Bytes of texts and JSON waiting to be written; more changes are refused as `busy`.
    package var pendingBytes = 256 * 1024 * 1024
    /// Milliseconds to wait for a lock of another process on the file.
    package var lockWaitMilliseconds: Int32 = 2000
    /// Pages of the write-ahead log (4 KiB each) at which it is checkpointed into the file.
    package var logPages = 1000
    /// Bytes to which the write-ahead log is truncated after a large transaction.
    package var logBytes = 16 * 1024 * 1024
    /// Pages of the file (4 KiB each) that are kept in memory: what is written again and again, the
    /// positions of 10,000 players, takes 100.
    package var cachedPages = 256
    /// Most pages of the file (4 KiB each); none for SQLite's own limit.
    package var filePages: Int?

    package init() {}

    package static let standard = StorageLimits()
}
