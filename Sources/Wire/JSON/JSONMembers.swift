/// An object from outside, read member by member; every refusal names the member.
package struct JSONMembers: Sendable {
    package let object: JSONValue
    package let pointer: String

    /// Takes an object.
    ///
    /// - Parameters:
    ///   - value: what must be an object.
    ///   - pointer: where it stands, for the refusals.
    ///   - known: the names it may have; nil lets any pass.
    /// - Throws: when it is no object, or has a member of another name.
    package init(
        _ value: JSONValue,
        at pointer: String = "",
        known: [String]? = nil
    ) throws(JSONFault) {
        object = value
        self.pointer = pointer
        guard value.kind == .object else {
            throw JSONFault(
                pointer: pointer,
                detail: "must be an object, not \(value.kind.described)",
                location: value.location
            )
        }
        guard let known else { return }
        for (key, _) in value.members {
            guard let name = key.string,
                !known.contains(where: { $0.utf8.elementsEqual(name.utf8) })
            else { continue }
            throw JSONFault(
                pointer: pointer + "/" + Self.escaped(name),
                detail: "is unknown" + Self.suggestion(for: name, among: known),
                location: key.location
            )
        }
    }

    /// The member, unless it is absent or null.
    package func value(_ name: StaticString) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// Whether the member is there, null included.
    package func has(_ name: StaticString) -> Bool { object[name] != nil }

    /// Whether the member is there and null.
    package func isNull(_ name: StaticString) -> Bool { object[name]?.isNull ?? false }

    package func string(_ name: StaticString) throws(JSONFault) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.string else { throw fault(name, "must be a string", value) }
        return text
    }

    /// A whole number, which many languages write as `30000.0`.
    package func int64(
        _ name: StaticString,
        in range: ClosedRange<Int64>? = nil
    ) throws(JSONFault) -> Int64? {
        guard let value = value(name) else { return nil }
        guard let number = value.int64 ?? value.double.flatMap({ Int64(exactly: $0) }) else {
            throw fault(name, "must be a whole number", value)
        }
        if let range, !range.contains(number) {
            throw fault(name, "must be from \(range.lowerBound) to \(range.upperBound)", value)
        }
        return number
    }

    package func double(
        _ name: StaticString,
        in range: ClosedRange<Double>? = nil
    ) throws(JSONFault) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.double else { throw fault(name, "must be a number", value) }
        if let range, !range.contains(number) {
            throw fault(name, "must be from \(range.lowerBound) to \(range.upperBound)", value)
        }
        return number
    }

    package func bool(_ name: StaticString) throws(JSONFault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.bool else { throw fault(name, "must be true or false", value) }
        return flag
    }

    /// An object that is passed on as it is.
    package func rawObject(_ name: StaticString) throws(JSONFault) -> RawJSON? {
        guard let value = value(name) else { return nil }
        guard value.kind == .object else { throw fault(name, "must be an object", value) }
        return value.raw
    }

    package func elements(_ name: StaticString) throws(JSONFault) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard value.kind == .array else { throw fault(name, "must be an array", value) }
        return value.elements
    }

    package func members(
        _ name: StaticString,
        known: [String]? = nil
    ) throws(JSONFault) -> JSONMembers? {
        guard let value = value(name) else { return nil }
        return try JSONMembers(value, at: pointer + "/\(name)", known: known)
    }

    /// Refuses null where null means nothing.
    package func refuseNull(_ names: StaticString...) throws(JSONFault) {
        for name in names {
            guard let value = object[name], value.isNull else { continue }
            throw fault(name, "must not be null", value)
        }
    }

    package func require<Value>(_ name: StaticString, _ value: Value?) throws(JSONFault) -> Value {
        guard let value else {
            throw JSONFault(
                pointer: pointer + "/\(name)",
                detail: "is missing",
                location: object.location
            )
        }
        return value
    }

    /// A refusal of one member, for checks that are the caller's own.
    package func fault(
        _ name: StaticString,
        _ detail: String,
        _ value: JSONValue? = nil
    ) -> JSONFault {
        JSONFault(
            pointer: pointer + "/\(name)",
            detail: detail,
            location: (value ?? object[name] ?? object).location
        )
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    private static func suggestion(for name: String, among known: [String]) -> String {
        guard let nearest = Spelling.nearest(to: name, among: known) else { return "" }
        return "; did you mean \"\(nearest)\"?"
    }
}
