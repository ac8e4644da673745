import CSQLite

/// The one owner of an open SQLite database; leaving scope closes it.
///
/// Opened without SQLite's own locks: the owner of this value lets one thread use it at
/// a time.
struct Connection: ~Copyable {
    enum Mode {
        case reading
        /// Makes the file when it is not there.
        case writing
    }

    private let handle: OpaquePointer
    let path: String

    private init(owning handle: OpaquePointer, path: String) {
        self.handle = handle
        self.path = path
    }

    /// Statements that outlive the connection keep it open until they are gone.
    deinit { sqlite3_close_v2(handle) }

    static func open(_ path: String, for mode: Mode) throws(StorageError) -> Connection {
        var flags = SQLITE_OPEN_NOMUTEX
        switch mode {
        case .reading: flags |= SQLITE_OPEN_READONLY
        case .writing: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        var handle: OpaquePointer?
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard let handle else {
            throw StorageError(.cannotOpen, path: path, message: "no memory", extendedCode: code)
        }
        sqlite3_extended_result_codes(handle, 1)
        let connection = Connection(owning: handle, path: path)
        guard code == SQLITE_OK else { throw connection.failure(code) }
        return connection
    }

    /// The error that SQLite has just reported.
    func failure(_ code: Int32, sql: String? = nil) -> StorageError {
        StorageError(code, on: handle, path: path, sql: sql)
    }

    /// Runs statements that answer nothing.
    func execute(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, sql: sql) }
    }

    /// Prepares a statement that is kept for as long as the connection.
    func prepare(_ sql: String) throws(StorageError) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(
            handle,
            sql,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &statement,
            nil
        )
        guard code == SQLITE_OK, let statement else { throw failure(code, sql: sql) }
        return Statement(owning: statement, path: path)
    }

    /// The texts of the first column of all rows.
    func texts(_ sql: String) throws(StorageError) -> [String] {
        let statement = try prepare(sql)
        var found: [String] = []
        try statement.forEachRow { row throws(StorageError) in found.append(try row.text()) }
        return found
    }

    /// The number in the first column of the first row; 0 without one.
    func integer(_ sql: String) throws(StorageError) -> Int64 {
        let statement = try prepare(sql)
        var found: [Int64] = []
        try statement.forEachRow { row throws(StorageError) in found.append(try row.integer()) }
        return found.first ?? 0
    }

    /// Runs `body` in one transaction: all of it is kept, or nothing.
    func transaction(
        _ body: () throws(StorageError) -> Void
    ) throws(StorageError) {
        try execute("BEGIN IMMEDIATE")
        do throws(StorageError) {
            try body()
            try execute("COMMIT")
        } catch {
            rollBack()
            throw error
        }
    }

    /// SQLite has already rolled back after some errors, and says so by being in no transaction.
    func rollBack() {
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// Leaves the write-ahead log as it is when this connection closes.
    func keepLogOnClose() { _ = csqlite_keep_log_on_close(handle) }

    /// Waits this long for another process before it says `locked`.
    func wait(milliseconds: Int32) { sqlite3_busy_timeout(handle, milliseconds) }

    /// Rows written since the connection was opened.
    var rowsWritten: Int64 { sqlite3_total_changes64(handle) }
}
