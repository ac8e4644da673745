/// Java's own UTF-8 (`DataInput`, "modified UTF-8").
///
/// U+0000 is two bytes, and a character above U+FFFF is a surrogate pair of three bytes each.
enum ModifiedUTF8 {
    /// Bytes that one text may have, for its length stands in 16 bits.
    static let byteLimit = Int(UInt16.max)

    /// Reads what Java's `readUTF` reads; nil for anything else.
    ///
    /// A surrogate without its partner, which Java allows, becomes U+FFFD.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
        if isASCII(bytes) { return String(decoding: bytes, as: UTF8.self) }
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count)
        var rest = bytes
        while let first = rest.popFirst() {
            switch first {
            case 0x00...0x7f:
                units.append(UInt16(first))
            case 0xc0...0xdf:
                guard let second = continuation(&rest) else { return nil }
                units.append(UInt16(first & 0x1f) << 6 | second)
            case 0xe0...0xef:
                guard let second = continuation(&rest), let third = continuation(&rest) else {
                    return nil
                }
                units.append(UInt16(first & 0x0f) << 12 | second << 6 | third)
            default:
                return nil
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether `decode` makes a text of the bytes.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        if isASCII(bytes) { return true }
        var rest = bytes
        while let first = rest.popFirst() {
            switch first {
            case 0x00...0x7f: continue
            case 0xc0...0xdf: guard continuation(&rest) != nil else { return false }
            case 0xe0...0xef:
                guard continuation(&rest) != nil, continuation(&rest) != nil else { return false }
            default: return false
            }
        }
        return true
    }

    /// Whether the bytes are the same in UTF-8, which holds for most.
    static func isASCII(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { $0.allSatisfy { $0 < 0x80 } }
    }

    private static func continuation(_ rest: inout ArraySlice<UInt8>) -> UInt16? {
        guard let byte = rest.popFirst(), byte & 0xc0 == 0x80 else { return nil }
        return UInt16(byte & 0x3f)
    }

    static func encode(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for unit in text.utf16 { append(unit, to: &bytes) }
        return bytes
    }

    private static func append(_ unit: UInt16, to bytes: inout [UInt8]) {
        switch unit {
        case 0x01...0x7f:
            bytes.append(UInt8(unit))
        case 0x00, 0x80...0x7ff:
            bytes.append(0xc0 | UInt8(unit >> 6))
            bytes.append(0x80 | UInt8(unit & 0x3f))
        default:
            bytes.append(0xe0 | UInt8(unit >> 12))
            bytes.append(0x80 | UInt8(unit >> 6 & 0x3f))
            bytes.append(0x80 | UInt8(unit & 0x3f))
        }
    }

    /// The longest beginning of `text` whose encoding is within the limit; nearly always all of it.
    static func fitting(_ text: String) -> String {
        guard text.utf8.count * 2 > byteLimit else { return text }
        var length = 0
        var end = text.unicodeScalars.startIndex
        for index in text.unicodeScalars.indices {
            length += encode(String(text.unicodeScalars[index])).count
            guard length <= byteLimit else { break }
            end = text.unicodeScalars.index(after: index)
        }
        return String(text.unicodeScalars[..<end])
    }
}
