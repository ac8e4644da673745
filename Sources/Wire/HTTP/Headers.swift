/// The header fields of one message, kept as the bytes that arrived.
///
/// One array holds every name and value and another one their places, so that a head costs two
/// allocations however many fields it has; a `String` is made when somebody asks for one.
package struct Headers: Sendable {
    struct Field: Sendable, Equatable {
        private var nameStart: UInt32
        private var nameEnd: UInt32
        private var valueStart: UInt32
        private var valueEnd: UInt32

        init(name: Range<Int>, value: Range<Int>) {
            nameStart = UInt32(name.lowerBound)
            nameEnd = UInt32(name.upperBound)
            valueStart = UInt32(value.lowerBound)
            valueEnd = UInt32(value.upperBound)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
        var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    private(set) var storage: [UInt8]
    private(set) var fields: [Field]

    package init() {
        storage = []
        fields = []
    }

    package init(_ fields: [(name: String, value: String)]) {
        self.init()
        for field in fields { append(field.name, field.value) }
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
        for field in fields where matches(field.name, name) { return text(field.value) }
        return nil
    }

    /// The bytes of the value that the subscript would give.
    package func bytes(_ name: StaticString) -> ArraySlice<UInt8>? {
        for field in fields where matches(field.name, name) { return storage[field.value] }
        return nil
    }

    /// The value of every field of that name, in the order of arrival.
    package func values(_ name: StaticString) -> [String] {
        fields.filter { matches($0.name, name) }.map { text($0.value) }
    }

    /// Whether a comma-separated field of that name has `token`, in any case of letters.
    package func has(_ name: StaticString, token: StaticString) -> Bool {
        let bytes = storage.span
        for field in fields where matches(field.name, name) {
            var found = false
            bytes.forEachElement(of: field.value) { found = found || matches($0, token) }
            if found { return true }
        }
        return false
    }

    /// Every field in the order of arrival.
    package var all: [(name: String, value: String)] {
        fields.map { (text($0.name), text($0.value)) }
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: storage[range], as: UTF8.self)
    }

    private func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        return name.withUTF8Buffer { wanted in
            for index in 0..<wanted.count {
                let byte = storage[range.lowerBound + index]
                // Most clients write a name as it is written here.
                if byte != wanted[index], byte.lowercased != wanted[index].lowercased {
                    return false
                }
            }
            return true
        }
    }
}
