/// The inside of JSON strings, both ways.
enum JSONString {
    /// The text between the quotes of a string that has been checked.
    ///
    /// A surrogate without its partner, which the grammar allows, becomes U+FFFD.
    static func decode(_ content: ArraySlice<UInt8>, hasEscapes: Bool) -> String {
        guard hasEscapes else { return String(decoding: content, as: UTF8.self) }
        var units: [UInt8] = []
        units.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            if content[index] != UInt8(ascii: "\\") {
                units.append(content[index])
                index += 1
            } else if content[index + 1] == UInt8(ascii: "u") {
                let scalar = unicodeEscape(content, &index)
                units.append(contentsOf: Array(String(Character(scalar)).utf8))
            } else {
                units.append(simpleEscape(content[index + 1]))
                index += 2
            }
        }
        return String(decoding: units, as: UTF8.self)
    }

    private static func simpleEscape(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// The scalar of one `\uXXXX`, or of two that make a surrogate pair; moves `index` behind it.
    private static func unicodeEscape(
        _ content: ArraySlice<UInt8>,
        _ index: inout Int
    ) -> UnicodeScalar {
        let first = unit(content, at: index)
        index += 6
        if UTF16.isLeadSurrogate(first), index + 6 <= content.endIndex,
            content[index] == UInt8(ascii: "\\"), content[index + 1] == UInt8(ascii: "u")
        {
            let second = unit(content, at: index)
            if UTF16.isTrailSurrogate(second) {
                index += 6
                let value = 0x10000 + ((UInt32(first) - 0xd800) << 10 | (UInt32(second) - 0xdc00))
                return UnicodeScalar(value) ?? "\u{fffd}"
            }
        }
        return UnicodeScalar(UInt32(first)) ?? "\u{fffd}"
    }

    private static func unit(_ content: ArraySlice<UInt8>, at index: Int) -> UInt16 {
        content[index + 2..<index + 6].reduce(0) { $0 << 4 | UInt16($1.hexValue ?? 0) }
    }

    /// Appends `text` as a JSON string, quotes included (RFC 8259 §7).
    static func encode(_ text: String, into bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { encode($0, into: &bytes) }
    }

    /// The same for text that is UTF-8 already; what needs no escape is copied in one piece.
    static func encode(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
        let plain = text.firstIndex(where: needsEscape) ?? text.count
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<plain]))
            if plain == text.count { output.append(UInt8(ascii: "\"")) }
        }
        guard plain < text.count else { return }
        var start = plain
        for index in start..<text.count where needsEscape(text[index]) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            appendEscape(text[index], into: &bytes)
            start = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscape(_ byte: UInt8, into bytes: inout [UInt8]) {
        switch byte {
        case 0x0a: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0d: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20: appendUnicodeEscape(byte, into: &bytes)
        default: bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        }
    }

    private static func appendUnicodeEscape(_ byte: UInt8, into bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: Array("\\u00".utf8))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }
}
