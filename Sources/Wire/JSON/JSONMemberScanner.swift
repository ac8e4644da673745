/// Finds one member of an object in JSON that is known to be well formed, in one pass over the
/// bytes: no places are noted and nothing is checked again.
package struct JSONMemberScanner {
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// The member's text.
    ///
    /// - Parameters:
    ///   - name: of a member of the outermost object.
    ///   - bytes: one JSON value that was parsed before, or made by the writer.
    /// - Returns: nil when there is no such member, when it is no string, or outside an object.
    package static func text(of name: StaticString, in bytes: ArraySlice<UInt8>) -> String? {
        var scanner = JSONMemberScanner(bytes)
        guard let range = scanner.find(name), bytes[range.lowerBound] == quote else { return nil }
        let content = bytes[range].dropFirst().dropLast()
        return JSONString.decode(content, hasEscapes: content.contains(backslash))
    }

    /// Where the member's value stands.
    private mutating func find(_ name: StaticString) -> Range<Int>? {
        skipSpace()
        guard current == UInt8(ascii: "{") else { return nil }
        offset += 1
        skipSpace()
        while current == Self.quote {
            let key = offset
            let hasEscapes = skipString()
            let isFound = isKey(key..<offset, name, hasEscapes)
            skipSpace()
            offset += 1  // the colon
            skipSpace()
            let start = offset
            skipValue()
            if isFound { return start..<offset }
            skipSpace()
            guard current == UInt8(ascii: ",") else { return nil }
            offset += 1
            skipSpace()
        }
        return nil
    }

    /// Nil behind the end.
    private var current: UInt8? { offset < bytes.endIndex ? bytes[offset] : nil }

    private func isKey(_ range: Range<Int>, _ name: StaticString, _ hasEscapes: Bool) -> Bool {
        let content = range.lowerBound + 1..<range.upperBound - 1
        if hasEscapes {
            let text = JSONString.decode(bytes[content], hasEscapes: true)
            return text.utf8.elementsEqual(name.description.utf8)
        }
        guard content.count == name.utf8CodeUnitCount else { return false }
        for step in 0..<content.count
        where bytes[content.lowerBound + step] != name.utf8Start[step] {
            return false
        }
        return true
    }

    /// Steps over a string, and says whether it has escapes.
    private mutating func skipString() -> Bool {
        var hasEscapes = false
        offset += 1
        while let byte = current, byte != Self.quote {
            if byte == Self.backslash {
                hasEscapes = true
                offset += 1
            }
            offset += 1
        }
        offset += 1
        return hasEscapes
    }

    /// Steps over a value: over a container by counting what opens and closes.
    private mutating func skipValue() {
        var depth = 0
        while let byte = current {
            switch byte {
            case Self.quote: _ = skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return }
                depth -= 1
                offset += 1
            case UInt8(ascii: ",") where depth == 0: return
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                offset += 1
                continue
            default:
                offset += 1
                if depth == 0, isAtEndOfScalar { return }
                continue
            }
            if depth == 0 { return }
        }
    }

    private var isAtEndOfScalar: Bool {
        guard let byte = current else { return true }
        return byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || Self.isSpace(byte)
    }

    private mutating func skipSpace() {
        while let byte = current, Self.isSpace(byte) { offset += 1 }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
}
