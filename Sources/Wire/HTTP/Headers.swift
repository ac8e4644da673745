/// The header fields of one message, kept as the bytes that arrived.
///
/// One array holds every name and value and another one their places, so that a head costs two
/// allocations however many fields it has; a `String` is made when somebody asks for one.
package struct Headers: Sendable {
    struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    private(set) var storage: [UInt8]
    private(set) var fields: [Field]

    package init() {
        storage = []
        fields = []
    }

    /// Takes a head as it arrived, and where its fields are in it.
    init(storage: [UInt8], fields: [Field]) {
        self.storage = storage
        self.fields = fields
    }

    package var count: Int { fields.count }

    package mutating func append(_ name: String, _ value: String) {
        let start = storage.count
        storage.append(contentsOf: name.utf8)
        let middle = storage.count
        storage.append(contentsOf: value.utf8)
        fields.append(Field(name: start..<middle, value: middle..<storage.count))
    }

    /// The value of the first field of that name, in any case of letters (RFC 9110 §5.1).
    package subscript(_ name: StaticString) -> String? {
        for field in fields where matches(field.name, name) {
            return String(decoding: storage[field.value], as: UTF8.self)
        }
        return nil
    }

    /// Every field in the order of arrival.
    package var all: [(name: String, value: String)] {
        fields.map { field in
            (
                String(decoding: storage[field.name], as: UTF8.self),
                String(decoding: storage[field.value], as: UTF8.self)
            )
        }
    }

    private func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { wanted in
            for (index, byte) in wanted.enumerated()
            where lowercased(byte) != lowercased(storage[range.lowerBound + index]) {
                return false
            }
            return true
        }
    }

    private func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
}
