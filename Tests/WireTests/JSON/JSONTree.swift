import Wire

/// A JSON value rebuilt as an enum, so that two readers can be compared.
///
/// Texts are kept as bytes: Swift's `==` takes canonically equivalent ones for the same.
enum JSONTree: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    case array([JSONTree])
    case object([[UInt8]: JSONTree])

    init(_ value: JSONValue) {
        self =
            switch value.kind {
            case .null: .null
            case .boolean: .bool(value.bool ?? false)
            case .number: .number(value.double ?? .nan)
            case .string: .string(Array((value.string ?? "").utf8))
            case .array: .array(value.elements.map { JSONTree($0) })
            case .object:
                .object(
                    Dictionary(
                        value.members.map {
                            (Array(($0.key.string ?? "").utf8), JSONTree($0.value))
                        },
                        uniquingKeysWith: { first, _ in first }
                    )
                )
            }
    }

    /// Writes this value; members in the order of their keys' bytes.
    func write(into json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let flag): json.value(flag)
        case .number(let number): json.value(number)
        case .string(let bytes): json.value(String(decoding: bytes, as: UTF8.self))
        case .array(let items): json.array { json in for item in items { item.write(into: &json) } }
        case .object(let members):
            json.object { json in
                for (key, value) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
                {
                    json.key(named: String(decoding: key, as: UTF8.self))
                    value.write(into: &json)
                }
            }
        }
    }
}

extension JSONTree: Decodable {
    /// Any key at all.
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// What Foundation's reader makes of a text.
    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {  // no object: tried below
            var members: [[UInt8]: JSONTree] = [:]
            for key in object.allKeys {
                members[Array(key.stringValue.utf8)] = try object.decode(JSONTree.self, forKey: key)
            }
            self = .object(members)
        } else if var array = try? decoder.unkeyedContainer() {  // no array: tried below
            var items: [JSONTree] = []
            while !array.isAtEnd { items.append(try array.decode(JSONTree.self)) }
            self = .array(items)
        } else {
            self = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ value: any SingleValueDecodingContainer) throws -> JSONTree {
        if value.decodeNil() { return .null }
        if let flag = try? value.decode(Bool.self) { return .bool(flag) }  // no flag: tried below
        if let text = try? value.decode(String.self) {  // no text: it must be a number
            return .string(Array(text.utf8))
        }
        return .number(try value.decode(Double.self))
    }
}
