/// Why something could not be kept or read.
package struct StorageError: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// More waits to be written than the limit allows; the disk is too slow.
        case busy(PendingLimit)
        /// The store is closed.
        case closed
        /// The file cannot be opened or made: permissions, a missing directory.
        case cannotOpen
        /// The file is no SQLite database.
        case notADatabase
        /// The file is a database of some other program.
        case foreign
        /// The file was written by a newer Lavadeck.
        case newerSchema(found: Int, known: Int)
        /// The file is broken, or says what cannot be.
        case damaged
        /// The file, its directory or its file system cannot be written.
        case readOnly
        /// There is no space left.
        case diskFull
        /// Some other process has held the file for too long.
        case locked
        /// The disk or the file system failed.
        case inputOutput
        /// Whatever else SQLite says.
        case other
    }

    /// A limit of what may wait.
    package enum PendingLimit: Equatable, Sendable {
        case rows(Int)
        case bytes(Int)
    }

    package var kind: Kind
    package var path: String
    /// What SQLite or the system said, in its words.
    package var message: String
    /// SQLite's primary result code; 0 when the failure was not SQLite's.
    package var code: Int32
    /// SQLite's extended result code.
    package var extendedCode: Int32
    /// The statement that failed.
    package var sql: String?

    package init(
        _ kind: Kind,
        path: String,
        message: String = "",
        extendedCode: Int32 = 0,
        sql: String? = nil
    ) {
        self.kind = kind
        self.path = path
        self.message = message
        self.code = extendedCode & 0xff
        self.extendedCode = extendedCode
        self.sql = sql
    }

    /// Whether it stands in the way of everything; else other rows may be written all the same,
    /// when one is too big for SQLite, say.
    var isOfFile: Bool { kind != .other }

    /// Whether the same may succeed later, without a change of the file.
    package var isPassing: Bool {
        switch kind {
        case .busy, .locked, .diskFull, .inputOutput, .readOnly: true
        case .closed, .cannotOpen, .notADatabase, .foreign, .newerSchema, .damaged, .other: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// One line: what is wrong, where, and how to mend it.
    package var description: String {
        var line = "the database \(path) \(complaint)"
        if !message.isEmpty { line += ": \(message)" }
        if extendedCode != 0 { line += " (SQLite code \(extendedCode))" }
        if let sql { line += " in \"\(Self.oneLine(sql))\"" }
        if let advice { line += "; \(advice)" }
        return line
    }

    private var complaint: String {
        switch kind {
        case .busy(.rows(let limit)):
            "is too slow: more than \(limit) changes are waiting to be written"
        case .busy(.bytes(let limit)):
            "is too slow: more than \(limit) bytes are waiting to be written"
        case .closed: "is closed"
        case .cannotOpen: "cannot be opened"
        case .notADatabase: "is not a SQLite database"
        case .foreign: "belongs to another program"
        case .newerSchema(let found, let known):
            "was written by a newer Lavadeck: its schema version is \(found), this one supports \(known)"
        case .damaged: "is damaged"
        case .readOnly: "cannot be written"
        case .diskFull: "has no space left"
        case .locked: "is locked by another process"
        case .inputOutput: "could not be read or written"
        case .other: "failed"
        }
    }

    private var advice: String? {
        switch kind {
        case .damaged, .notADatabase: "move it aside and start again: \(settingAside)"
        case .foreign: "configure another database file, or move this one aside: \(settingAside)"
        case .newerSchema: "run the newer version, or move the file aside: \(settingAside)"
        case .cannotOpen:
            "check that its directory exists and that this user can read and write it: "
                + "ls -ld \(Self.quoted(directory))"
        case .readOnly: "check the permissions: ls -l \(Self.quoted(path))"
        case .diskFull: "free some space: df \(Self.quoted(directory))"
        case .inputOutput: "check the system log for disk errors"
        case .locked: "find the process that uses it: fuser -v \(Self.quoted(path))"
        case .busy, .closed, .other: nil
        }
    }

    /// The log beside the file goes with it: next to a new file it would be harmful.
    private var settingAside: String {
        let aside = Self.quoted((directory == "." ? "" : directory + "/") + "set-aside")
        return "mkdir -p \(aside) && mv \(Self.quoted(path))* \(aside)/"
    }

    private var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// As a word of a shell's command line.
    private static func quoted(_ path: String) -> String {
        let plain = path.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return plain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }

    private static func oneLine(_ sql: String) -> String {
        sql.split { $0.isWhitespace }.joined(separator: " ")
    }
}
