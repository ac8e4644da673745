/// A JSON value that is passed on byte for byte and never rebuilt.
package struct RawJSON: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Takes bytes that are known to be one JSON value, because they were parsed before or come
    /// from the writer; anything else is a mistake of the caller.
    package init(trusted bytes: [UInt8]) { self.bytes = bytes }

    package init(trusted bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    /// Takes bytes from outside.
    ///
    /// - Throws: where they are not one JSON value.
    package init(checking bytes: [UInt8]) throws(JSONSyntaxError) {
        self = try JSONDocument(parsing: bytes).root.raw
    }

    package static let emptyObject = RawJSON(trusted: Array("{}".utf8))
    package static let null = RawJSON(trusted: Array("null".utf8))

    package var isEmptyObject: Bool {
        guard bytes.first == UInt8(ascii: "{") else { return false }
        return bytes.dropFirst().first { !JSONMemberScanner.isSpace($0) } == UInt8(ascii: "}")
    }

    /// The text of a member of this object, found in one pass that builds nothing.
    ///
    /// Nil when there is no such member, when it is no string, and when this is no object.
    package func text(of name: StaticString) -> String? {
        JSONMemberScanner.text(of: name, in: bytes[...])
    }

    /// The same, parsed again: for the few places that must look inside.
    package var value: JSONValue {
        // These bytes were parsed before, or made by the writer: a failure is a mistake of ours.
        guard let document = try? JSONDocument(parsing: bytes) else {
            preconditionFailure("raw JSON that is not JSON")
        }
        return document.root
    }
}

extension RawJSON: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
