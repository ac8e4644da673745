import CSQLite

/// A prepared statement, used many times; finalized with the last reference to it.
///
/// A class, since a structure of several values without copies cannot have an init that throws.
final class Statement {
    private let handle: OpaquePointer
    private let path: String

    init(owning handle: OpaquePointer, path: String) {
        self.handle = handle
        self.path = path
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs a statement that answers no rows.
    func run(_ bind: (inout Binder) -> Void = { _ in }) throws(StorageError) {
        try forEachRow(bind) { _ in }
    }

    /// Runs the statement and reads its rows one by one.
    func forEachRow(
        _ bind: (inout Binder) -> Void = { _ in },
        _ read: (inout Row) throws(StorageError) -> Void
    ) throws(StorageError) {
        defer {
            // Says again what `step` said, which has been thrown by now.
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        var binder = Binder(statement: handle)
        bind(&binder)
        guard binder.code == SQLITE_OK else { throw failure(binder.code) }
        precondition(binder.index == sqlite3_bind_parameter_count(handle), "a value is missing")
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            var row = Row(statement: handle, path: path)
            try read(&row)
        }
    }

    private func failure(_ code: Int32) -> StorageError {
        guard let database = sqlite3_db_handle(handle) else {
            return StorageError(.other, path: path, extendedCode: code)
        }
        return StorageError(
            code,
            on: database,
            path: path,
            sql: sqlite3_sql(handle).map { String(cString: $0) }
        )
    }
}
