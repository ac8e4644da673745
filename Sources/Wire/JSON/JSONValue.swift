/// One value of a document; cheap to pass around, decoded when asked.
package struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    package enum Kind: String, Sendable { case object, array, string, number, boolean, null }

    private var entry: JSONDocument.Entry { document.entries[index] }

    package var kind: Kind {
        switch entry.kind {
        case .object: .object
        case .array: .array
        case .string, .escapedString: .string
        case .number: .number
        case .bool: .boolean
        case .null: .null
        }
    }

    package var isNull: Bool { entry.kind == .null }

    /// The bytes of this value as they stand in the document.
    package var raw: RawJSON { RawJSON(trusted: bytes) }

    /// Where this value begins.
    package var location: TextLocation {
        TextLocation(offset: Int(entry.start), in: document.bytes)
    }

    /// The same, without a copy.
    package var bytes: ArraySlice<UInt8> { document.bytes[Int(entry.start)..<Int(entry.end)] }

    /// What stands between the quotes of a string without escapes; nil for anything else.
    package var plainText: ArraySlice<UInt8>? {
        guard entry.kind == .string else { return nil }
        return document.bytes[Int(entry.start) + 1..<Int(entry.end) - 1]
    }

    package var string: String? {
        guard kind == .string else { return nil }
        return JSONString.decode(
            bytes.dropFirst().dropLast(),
            hasEscapes: entry.kind == .escapedString
        )
    }

    package var bool: Bool? {
        guard entry.kind == .bool else { return nil }
        return document.bytes[Int(entry.start)] == UInt8(ascii: "t")
    }

    /// A number written without fraction and exponent, when it fits 64 bits.
    package var int64: Int64? {
        guard entry.kind == .number else { return nil }
        var location = Int(entry.start)
        let end = Int(entry.end)
        let text = document.bytes
        let isNegative = text[location] == UInt8(ascii: "-")
        if isNegative { location += 1 }
        var magnitude: UInt64 = 0
        while location < end {
            let digit = text[location] &- 0x30
            guard digit < 10 else { return nil }
            let (product, over) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !over, !carry else { return nil }
            magnitude = sum
            location += 1
        }
        if isNegative {
            return magnitude <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// Any finite number.
    package var double: Double? {
        guard entry.kind == .number else { return nil }
        if let whole = int64 { return Double(whole) }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else {
            return nil
        }
        return value
    }

    /// The member of that name; nil when there is none, or this is no object.
    package subscript(_ name: StaticString) -> JSONValue? {
        guard entry.kind == .object else { return nil }
        var key = index + 1
        while key < Int(entry.next) {
            if document.isKey(key, name) { return JSONValue(document: document, index: key + 1) }
            key = Int(document.entries[key + 1].next)
        }
        return nil
    }

    /// How many members have none of these names.
    package func memberCount(otherThan names: [StaticString]) -> Int {
        guard entry.kind == .object else { return 0 }
        var count = 0
        var key = index + 1
        while key < Int(entry.next) {
            if !names.contains(where: { document.isKey(key, $0) }) { count += 1 }
            key = Int(document.entries[key + 1].next)
        }
        return count
    }

    /// The members in the order of the text; empty when this is no object.
    package var members: [(key: JSONValue, value: JSONValue)] {
        guard entry.kind == .object else { return [] }
        var found: [(key: JSONValue, value: JSONValue)] = []
        var key = index + 1
        while key < Int(entry.next) {
            found.append(
                (
                    JSONValue(document: document, index: key),
                    JSONValue(document: document, index: key + 1)
                )
            )
            key = Int(document.entries[key + 1].next)
        }
        return found
    }

    /// The elements in the order of the text; empty when this is no array.
    package var elements: [JSONValue] {
        guard entry.kind == .array else { return [] }
        var found: [JSONValue] = []
        var element = index + 1
        while element < Int(entry.next) {
            found.append(JSONValue(document: document, index: element))
            element = Int(document.entries[element].next)
        }
        return found
    }
}

extension JSONValue {
    /// Whether both say the same, whatever the order of members, the space and the way of writing
    /// strings; numbers are the same when their values are.
    ///
    /// Strings are compared by their bytes: to Swift's `==` an accent of its own and a letter with
    /// an accent are one text, to JSON they are two.
    package func isEquivalent(to other: JSONValue) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .null: return true
        case .boolean: return bool == other.bool
        case .string: return utf8 == other.utf8
        case .number: return isSameNumber(as: other)
        case .array:
            let (left, right) = (elements, other.elements)
            return left.count == right.count
                && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case .object:
            let (left, right) = (members, other.members)
            guard left.count == right.count else { return false }
            var byName: [[UInt8]: JSONValue] = [:]
            for (key, value) in right { byName[key.utf8] = value }
            return left.allSatisfy { key, value in
                byName[key.utf8]?.isEquivalent(to: value) ?? false
            }
        }
    }

    private var utf8: [UInt8] { Array((string ?? "").utf8) }

    private func isSameNumber(as other: JSONValue) -> Bool {
        if raw == other.raw { return true }
        if let whole = int64, let otherWhole = other.int64 { return whole == otherWhole }
        return double != nil && double == other.double
    }
}
