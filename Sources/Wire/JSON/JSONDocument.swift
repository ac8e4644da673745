/// A parsed JSON text (RFC 8259): the bytes as they came, and where every value is in them.
///
/// Nothing is copied out until somebody asks, so a part that only passes through this program
/// leaves it byte for byte as it came.
package final class JSONDocument: Sendable {
    /// One value's place; a container is followed by its content, up to `next`.
    struct Entry: Sendable {
        enum Kind: UInt8, Sendable { case object, array, string, escapedString, number, bool, null }

        var kind: Kind
        var start: UInt32
        var end: UInt32
        var next: UInt32
    }

    let bytes: [UInt8]
    let entries: [Entry]

    /// Containers within containers that a text may have.
    package static let depthLimit = 64

    /// Bytes that a text may have: places are kept in 32 bits.
    package static let byteLimit = Int(Int32.max)

    package enum Dialect: Sendable {
        /// RFC 8259, and no key twice in one object.
        case strict
        /// The same, with `//` and `/* */` comments between tokens: for the configuration file.
        case withComments
    }

    /// Reads one JSON text.
    ///
    /// - Throws: the first place at which the text is not JSON.
    package init(
        parsing bytes: [UInt8],
        as dialect: Dialect = .strict
    ) throws(JSONSyntaxError) {
        var scanner = JSONScanner(allowsComments: dialect == .withComments)
        self.entries = try scanner.scan(bytes)
        self.bytes = bytes
    }

    package convenience init(
        parsing text: String,
        as dialect: Dialect = .strict
    ) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8), as: dialect)
    }

    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// Whether the string at `index` is that name.
    func isKey(_ index: Int, _ name: StaticString) -> Bool {
        let entry = entries[index]
        if entry.kind == .escapedString {
            let text = JSONValue(document: self, index: index).string
            return text?.utf8.elementsEqual(name.description.utf8) ?? false
        }
        let start = Int(entry.start) + 1
        guard Int(entry.end) - 1 - start == name.utf8CodeUnitCount else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            for step in 0..<name.utf8CodeUnitCount
            where bytes[start + step] != name.utf8Start[step] {
                return false
            }
            return true
        }
    }
}

/// Why and where a text is not JSON.
package struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case invalidNumber
        case invalidEscape
        case controlCharacterInString
        case invalidUTF8
        case duplicateKey(String)
        case tooDeep(limit: Int)
        case tooLong(limit: Int)
        case contentAfterEnd
        case unterminatedComment
    }

    package var reason: Reason
    /// Offset of the byte at fault, from 0.
    package var offset: Int
    package var location: TextLocation

    package var description: String {
        "\(reason) at line \(location.line), column \(location.column)"
    }
}

extension JSONSyntaxError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedEnd: "the text ends before the value does"
        case .unexpectedByte(let byte) where (0x21...0x7e).contains(byte):
            "unexpected '\(Character(UnicodeScalar(byte)))'"
        case .unexpectedByte(let byte): "unexpected byte 0x\(String(byte, radix: 16))"
        case .invalidNumber: "a number is not valid in JSON"
        case .invalidEscape: "a string has an escape that is not valid in JSON"
        case .controlCharacterInString: "a string has a control character that is not escaped"
        case .invalidUTF8: "a string is not UTF-8"
        case .duplicateKey(let key): "the key \"\(key)\" occurs twice in one object"
        case .tooDeep(let limit): "objects and arrays are nested more than \(limit) deep"
        case .tooLong(let limit): "the text is longer than \(limit) bytes"
        case .contentAfterEnd: "the value is followed by more text"
        case .unterminatedComment: "a comment does not end"
        }
    }
}

/// A line and a column of a text, both from 1; a column counts bytes.
package struct TextLocation: Equatable, Sendable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package init(offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        line = 1 + before.count { $0 == 0x0a }
        column = offset - ((before.lastIndex(of: 0x0a) ?? -1))
    }
}
