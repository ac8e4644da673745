import CSQLite
import Wire

/// Gives a statement its values, one after the other.
///
/// The first failure is kept and ends the statement before it runs.
struct Binder {
    private let statement: OpaquePointer
    /// How many values were given.
    private(set) var index: Int32 = 0
    private(set) var code = SQLITE_OK

    init(statement: OpaquePointer) { self.statement = statement }

    private mutating func give(_ bind: (OpaquePointer, Int32) -> Int32) {
        index += 1
        guard code == SQLITE_OK else { return }
        code = bind(statement, index)
    }

    mutating func null() { give { sqlite3_bind_null($0, $1) } }

    mutating func integer(_ number: Int64?) {
        guard let number else { return null() }
        give { sqlite3_bind_int64($0, $1, number) }
    }

    /// SQLite has no unsigned numbers: the same 64 bits are kept as a signed one.
    mutating func bits(_ number: UInt64?) { integer(number.map { Int64(bitPattern: $0) }) }

    mutating func flag(_ flag: Bool) { integer(flag ? 1 : 0) }

    mutating func text(_ text: String?) {
        guard var text else { return null() }
        text.withUTF8 { bytes in self.bytes(bytes) }
    }

    mutating func json(_ json: RawJSON?) {
        guard let json else { return null() }
        json.bytes.withUnsafeBufferPointer { bytes in self.bytes(bytes) }
    }

    /// A length beyond `Int32` is beyond SQLite's limit too, and refused there.
    private mutating func bytes(_ bytes: UnsafeBufferPointer<UInt8>) {
        give { statement, index in
            guard let start = bytes.baseAddress else {
                return csqlite_bind_text(statement, index, "", 0)
            }
            return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                csqlite_bind_text(statement, index, $0, Int32(clamping: bytes.count))
            }
        }
    }
}
