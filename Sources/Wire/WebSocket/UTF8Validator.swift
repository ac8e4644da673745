/// Checks UTF-8 that comes in pieces, and stops at the first byte that can no longer become valid.
///
/// Overlong forms, surrogates and what lies above U+10FFFF are invalid (RFC 3629 §4).
struct UTF8Validator {
    /// Continuation bytes still due, and the range of the next of them.
    private var due = 0
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xbf

    /// Whether what was read ends with a whole character.
    var isComplete: Bool { due == 0 }

    /// Reads on, and says whether everything so far is valid or may still become so.
    mutating func consume(_ bytes: [UInt8], from start: Int) -> Bool {
        bytes.withUnsafeBytes { consume($0, from: start) }
    }

    private mutating func consume(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var index = start
        while index < bytes.count {
            if due == 0 {
                index = Self.endOfASCII(in: bytes, from: index)
                guard index < bytes.count else { break }
            }
            let byte = bytes[index]
            index += 1
            if due > 0 {
                guard low <= byte, byte <= high else { return false }
                due -= 1
                low = 0x80
                high = 0xbf
            } else if byte >= 0x80 {
                guard begin(byte) else { return false }
            }
        }
        return true
    }

    /// Steps over eight bytes at a time as long as all of them are ASCII.
    private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { index += 8 }
        return index
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xc2...0xdf: due = 1
        case 0xe0...0xef:
            due = 2
            if byte == 0xe0 { low = 0xa0 }
            if byte == 0xed { high = 0x9f }
        case 0xf0...0xf4:
            due = 3
            if byte == 0xf0 { low = 0x90 }
            if byte == 0xf4 { high = 0x8f }
        default: return false
        }
        return true
    }
}
