/// A set of ASCII characters, as a bit for each.
struct ByteClass: Sendable {
    let low: UInt64
    let high: UInt64

    func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low >> byte & 1 != 0 : byte < 128 && high >> (byte - 64) & 1 != 0
    }

    /// `tchar` of RFC 9110 §5.6.2.
    static let token = ByteClass(low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    /// `pchar` of RFC 3986 §3.3 with `/`; a `%` is only its beginning.
    static let path = ByteClass(low: 0x2fff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff)
    /// `query` of RFC 3986 §3.4; a `%` is only its beginning.
    static let query = ByteClass(low: 0xafff_fff2_0000_0000, high: 0x47ff_fffe_87ff_ffff)
    /// `reg-name` of RFC 3986 §3.2.2 without the comma, which joins two hosts to a list.
    static let host = ByteClass(low: 0x2bff_6ff2_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    /// `unreserved` of RFC 3986 §2.3.
    static let unreserved = ByteClass(low: 0x03ff_6000_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    /// The same without `~`: letters, digits, `.`, `-` and `_`.
    static let name = ByteClass(low: 0x03ff_6000_0000_0000, high: 0x07ff_fffe_87ff_fffe)
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }

    /// The letter in lower case; any other byte as it is.
    package var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// What the byte is worth as a hexadecimal digit.
    package var hexValue: Int? {
        if isDigit { return Int(self) - 0x30 }
        let letter = lowercased
        return letter &- 0x61 < 6 ? Int(letter) - 0x57 : nil
    }

    /// Whether a name may have it that needs no escape in a path, a label, a header or a log line.
    package var isNameCharacter: Bool { ByteClass.name.contains(self) }

    /// Whether a field value may have it (RFC 9110 §5.5): HTAB, SP, visible or not ASCII.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7f || self == 0x09 }

    var isBlank: Bool { self == 0x20 || self == 0x09 }
}

/// The bytes that HTTP is made of, by name.
enum ASCII {
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2a
    static let plus: UInt8 = 0x2b
    static let comma: UInt8 = 0x2c
    static let slash: UInt8 = 0x2f
    static let colon: UInt8 = 0x3a
    static let semicolon: UInt8 = 0x3b
    static let equals: UInt8 = 0x3d
    static let question: UInt8 = 0x3f
    static let backslash: UInt8 = 0x5c
    static let underscore: UInt8 = 0x5f
}

extension Span<UInt8> {
    /// Whether the bytes in `range` are `text`, which is in lower case, in any case of letters.
    func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<wanted.count
            where self[range.lowerBound + index].lowercased != wanted[index] {
                return false
            }
            return true
        }
    }

    /// `range` without the blanks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower].isBlank { lower += 1 }
        while lower < upper, self[upper - 1].isBlank { upper -= 1 }
        return lower..<upper
    }

    /// The place of the first `byte` in `range`.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        for index in range where self[index] == byte { return index }
        return nil
    }

    /// The elements of a comma-separated list, trimmed; empty ones included.
    func forEachElement(of range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while true {
            let end = firstIndex(of: ASCII.comma, in: start..<range.upperBound)
            body(trimmed(start..<(end ?? range.upperBound)))
            guard let end else { return }
            start = end + 1
        }
    }

    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
