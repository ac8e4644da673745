import Glibc

/// Looks at a file before anything writes to it, so that one that is not right stays as it is.
enum Inspection {
    /// Refuses a file that is damaged, another program's or a newer version's.
    static func inspect(_ path: String, limits: StorageLimits) throws(StorageError) {
        let connection = try Connection.open(path, for: .reading)
        connection.keepLogOnClose()
        connection.wait(milliseconds: limits.lockWaitMilliseconds)
        try checkOwner(connection)
        try checkContent(connection)
    }

    /// Makes the file when there is none; only the owner may read it: voice tokens are in it.
    ///
    /// Asks the system itself, whose errors say more than SQLite's. A file that is there is not
    /// opened: closing it would undo the locks that SQLite has on it.
    static func makeOrFind(_ path: String) throws(StorageError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            Glibc.close(descriptor)
        } else if errno != EEXIST || access(path, R_OK | W_OK) != 0 {
            throw StorageError(cannotOpen: path, systemError: errno)
        } else if isDirectory(path) {
            throw StorageError(cannotOpen: path, systemError: EISDIR)
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func checkOwner(
        _ connection: borrowing Connection
    ) throws(StorageError) {
        let application = try connection.integer("PRAGMA application_id")
        let schema = Int(try connection.integer("PRAGMA user_version"))
        if application == Schema.applicationID {
            guard schema <= Schema.version else {
                throw StorageError(
                    .newerSchema(found: schema, known: Schema.version),
                    path: connection.path
                )
            }
            guard schema >= 0 else {
                throw StorageError(
                    .damaged,
                    path: connection.path,
                    message: "its schema version is \(schema)"
                )
            }
        } else {
            let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
            guard application == 0, schema == 0, isEmpty else {
                throw StorageError(.foreign, path: connection.path)
            }
        }
    }

    /// So many places of damage are named.
    private static let findingLimit = 3

    private static func checkContent(
        _ connection: borrowing Connection
    ) throws(StorageError) {
        let findings = try connection.texts("PRAGMA quick_check(\(findingLimit))")
        guard findings != ["ok"] else { return }
        let lines = findings.flatMap { $0.split(separator: "\n") }.filter { !$0.hasPrefix("***") }
        throw StorageError(
            .damaged,
            path: connection.path,
            message: lines.prefix(findingLimit).joined(separator: ", ")
        )
    }
}
