package import Wire

/// Something that a node sends as JSON.
///
/// Reading is lenient: what is missing gets a neutral value, what is unknown is kept or passed
/// over, and only what a caller could do nothing with is refused.
package protocol NodeValue: Sendable {
    /// Reads one value of a message or an answer; `pointer` says where it stands, for the fault.
    init(_ value: JSONValue, at pointer: String) throws(JSONFault)
}

extension NodeValue {
    package init(_ value: JSONValue) throws(JSONFault) { try self.init(value, at: "") }

    /// Reads the whole body of an answer.
    package init(parsing bytes: [UInt8]) throws(NodeMessageError) {
        let root = try NodeMessageError.root(of: bytes)
        do throws(JSONFault) {
            try self.init(root)
        } catch {
            throw .malformed(error)
        }
    }
}

extension Array where Element: NodeValue {
    /// Reads an array, and refuses it when one element cannot be read.
    package init(_ value: JSONValue, at pointer: String = "") throws(JSONFault) {
        guard value.kind == .array else {
            throw JSONFault(
                pointer: pointer,
                detail: "must be an array, not \(value.kind.described)",
                location: value.location
            )
        }
        self = []
        for (index, element) in value.elements.enumerated() {
            append(try Element(element, at: "\(pointer)/\(index)"))
        }
    }

    /// Reads the whole body of an answer.
    package init(parsing bytes: [UInt8]) throws(NodeMessageError) {
        let root = try NodeMessageError.root(of: bytes)
        do throws(JSONFault) {
            try self.init(root)
        } catch {
            throw .malformed(error)
        }
    }
}

/// Why bytes from a node are nothing that this program can use.
package enum NodeMessageError: Error, Equatable, CustomStringConvertible {
    case notJSON(JSONSyntaxError)
    case malformed(JSONFault)

    package var description: String {
        switch self {
        case .notJSON(let error): "the node sent text that is not JSON: \(error)"
        case .malformed(let fault): "the node sent unusable JSON: \(fault)"
        }
    }

    static func root(of bytes: [UInt8]) throws(NodeMessageError) -> JSONValue {
        do throws(JSONSyntaxError) {
            return try JSONDocument(parsing: bytes).root
        } catch {
            throw .notJSON(error)
        }
    }
}

// MARK: Lenient members

extension JSONValue {
    /// The member, unless it is absent or null.
    func present(_ name: StaticString) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    /// The member's text; nil when it is absent, null or no string.
    func text(_ name: StaticString) -> String? { self[name]?.string }

    /// The member as a whole number, see `wholeNumber`.
    func whole(_ name: StaticString) -> Int64? { self[name]?.wholeNumber }

    /// The member as a number of things: from 0 to `Int32.max`, whatever the node says.
    func count(_ name: StaticString) -> Int? {
        whole(name).map { Int(min(max($0, 0), Int64(Int32.max))) }
    }

    /// The member as milliseconds of music: from 0 to `TrackInfo.longest`, whatever the node says.
    func milliseconds(_ name: StaticString) -> Int64? {
        whole(name).map { min(max($0, 0), TrackInfo.longest) }
    }

    func real(_ name: StaticString) -> Double? { self[name]?.double }

    func flag(_ name: StaticString) -> Bool? { self[name]?.bool }

    /// The member as it came, `{}` when it is absent or null.
    func rawObject(_ name: StaticString) -> RawJSON { present(name)?.raw ?? .emptyObject }

    /// A whole number, also when it is written with a fraction or as a string.
    ///
    /// NodeLink does both (lavalink-v4.md §18).
    var wholeNumber: Int64? {
        if let number = int64 { return number }
        if let number = double { return Int64(exactly: number.rounded(.towardZero)) }
        return string.flatMap { Int64($0) }
    }

    /// The member, or a fault that names it.
    func required(_ name: StaticString, at pointer: String) throws(JSONFault) -> JSONValue {
        guard let value = present(name) else {
            throw JSONFault(pointer: "\(pointer)/\(name)", detail: "is missing", location: location)
        }
        return value
    }

    /// The member's text, or a fault that names it.
    func requiredText(_ name: StaticString, at pointer: String) throws(JSONFault) -> String {
        let value = try required(name, at: pointer)
        guard let text = value.string else {
            throw JSONFault(
                pointer: "\(pointer)/\(name)",
                detail: "must be a string, not \(value.kind.described)",
                location: value.location
            )
        }
        return text
    }

    /// The same as its bytes, which are not copied where there is nothing to unescape.
    func requiredUTF8(
        _ name: StaticString,
        at pointer: String
    ) throws(JSONFault) -> ArraySlice<UInt8> {
        if let bytes = self[name]?.plainText { return bytes }
        return Array(try requiredText(name, at: pointer).utf8)[...]
    }

    /// Refuses what is no object.
    func requireObject(at pointer: String) throws(JSONFault) {
        guard kind == .object else {
            throw JSONFault(
                pointer: pointer,
                detail: "must be an object, not \(kind.described)",
                location: location
            )
        }
    }
}
