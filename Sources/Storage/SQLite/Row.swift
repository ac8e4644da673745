import CSQLite
import Wire

/// One row of an answer, read column by column from the left.
///
/// What is not of the type that the schema promises is damage.
struct Row {
    private let statement: OpaquePointer
    private let path: String
    private var column: Int32 = -1

    init(statement: OpaquePointer, path: String) {
        self.statement = statement
        self.path = path
    }

    /// Moves on to the next column; true when there is something in it.
    private mutating func next() -> Bool {
        column += 1
        precondition(column < sqlite3_column_count(statement), "fewer columns than are read")
        return sqlite3_column_type(statement, column) != SQLITE_NULL
    }

    private func require(_ type: Int32) throws(StorageError) {
        guard sqlite3_column_type(statement, column) == type else {
            throw damage("has the wrong type")
        }
    }

    mutating func optionalInteger() throws(StorageError) -> Int64? {
        guard next() else { return nil }
        try require(SQLITE_INTEGER)
        return sqlite3_column_int64(statement, column)
    }

    mutating func optionalText() throws(StorageError) -> String? {
        guard next() else { return nil }
        return String(decoding: try bytes(), as: UTF8.self)
    }

    mutating func optionalBits() throws(StorageError) -> UInt64? {
        try optionalInteger().map { UInt64(bitPattern: $0) }
    }

    mutating func optionalUTF8() throws(StorageError) -> [UInt8]? {
        guard next() else { return nil }
        return Array(try bytes())
    }

    mutating func optionalDocument() throws(StorageError) -> JSONDocument? {
        guard let bytes = try optionalUTF8() else { return nil }
        do throws(JSONSyntaxError) {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw damage("is not JSON: \(error)")
        }
    }

    mutating func integer() throws(StorageError) -> Int64 {
        let number = try optionalInteger()
        return try present(number)
    }

    mutating func bits() throws(StorageError) -> UInt64 {
        let bits = try optionalBits()
        return try present(bits)
    }

    mutating func text() throws(StorageError) -> String {
        let text = try optionalText()
        return try present(text)
    }

    mutating func json() throws(StorageError) -> RawJSON {
        let document = try optionalDocument()
        return try present(document).root.raw
    }

    mutating func flag() throws(StorageError) -> Bool { try integer() != 0 }

    /// The text of the current column; valid until the next step.
    private func bytes() throws(StorageError) -> UnsafeRawBufferPointer {
        try require(SQLITE_TEXT)
        let start = sqlite3_column_text(statement, column)
        let count = Int(sqlite3_column_bytes(statement, column))
        return UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    }

    /// The value of the column that was just read, which the schema says is never null.
    ///
    /// Read it first: as an argument it would be read after this row was taken.
    func present<Value>(_ value: Value?) throws(StorageError) -> Value {
        guard let value else { throw damage("has an impossible value") }
        return value
    }

    /// The column that was just read says what cannot be.
    func damage(_ detail: String) -> StorageError {
        let name = sqlite3_column_name(statement, column).map { String(cString: $0) } ?? "?"
        return StorageError(
            .damaged,
            path: path,
            message: "the column \(name) \(detail)",
            sql: sqlite3_sql(statement).map { String(cString: $0) }
        )
    }
}
