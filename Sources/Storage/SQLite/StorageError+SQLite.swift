import CSQLite
import Glibc

extension StorageError {
    /// What SQLite says about the last call on a connection.
    init(_ code: Int32, on database: OpaquePointer, path: String, sql: String?) {
        var message = String(cString: sqlite3_errmsg(database))
        let systemError = sqlite3_system_errno(database)
        if code & 0xff == SQLITE_CANTOPEN || code & 0xff == SQLITE_IOERR, systemError != 0 {
            message += ", " + Self.text(ofSystemError: systemError)
        }
        self.init(Self.kind(of: code), path: path, message: message, extendedCode: code, sql: sql)
    }

    /// A failure of a system call.
    init(cannotOpen path: String, systemError: Int32) {
        self.init(.cannotOpen, path: path, message: Self.text(ofSystemError: systemError))
    }

    private static func text(ofSystemError code: Int32) -> String {
        String(cString: strerror(code))
    }

    private static func kind(of code: Int32) -> Kind {
        switch code & 0xff {
        case SQLITE_CORRUPT: .damaged
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
        case SQLITE_READONLY: .readOnly
        case SQLITE_FULL: .diskFull
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .locked
        case SQLITE_IOERR: .inputOutput
        default: .other
        }
    }
}
