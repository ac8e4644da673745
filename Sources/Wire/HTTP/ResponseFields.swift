/// The header fields of a response, as the lines that are sent: checked once, when they are made.
///
/// `Content-Length`, `Date` and `Connection` are the writer's: they are never among them.
package struct ResponseFields: Sendable, Equatable {
    /// Every line with its CRLF.
    private(set) var bytes: [UInt8] = []

    package init() {}

    package init(_ fields: [(name: String, value: String)]) {
        for field in fields { append(field.name, field.value) }
    }

    /// Adds a field behind the others.
    ///
    /// Control characters in a value become spaces (RFC 9110 §5.5): no value can make a field. The
    /// name is a token, which is a matter of the caller's.
    package mutating func append(_ name: String, _ value: String) {
        precondition(!name.isEmpty && name.utf8.allSatisfy(ByteClass.token.contains))
        bytes.append(contentsOf: name.utf8)
        bytes.append(fieldValue: value)
    }

    package var all: [(name: String, value: String)] {
        bytes.split(separator: ASCII.lineFeed).map { line in
            let colon = line.firstIndex(of: ASCII.colon) ?? line.endIndex
            let name = String(decoding: line[..<colon], as: UTF8.self)
            return (name, String(decoding: line[colon...].dropFirst(2).dropLast(), as: UTF8.self))
        }
    }
}

extension [UInt8] {
    /// Appends what follows the name of a field.
    mutating func append(fieldValue value: String) {
        append(constant: ": ")
        let start = count
        append(contentsOf: value.utf8)
        for index in start..<count where !self[index].isFieldContent { self[index] = ASCII.space }
        append(constant: "\r\n")
    }
}
