package import Wire

/// A request to another server.
package struct OutboundRequest: Sendable {
    package var method: Method
    /// Absolute, http or https.
    package var url: String
    package var headers: [(name: String, value: String)]
    /// Nil sends none; POST, PUT and PATCH then say that it is empty.
    package var body: [UInt8]?
    /// For everything, from the name's resolution to the last byte.
    package var timeout: Duration
    package var maximumResponseBytes: Int

    package static let standardTimeout = Duration.seconds(10)
    package static let standardMaximumResponseBytes = 8 * 1024 * 1024

    package init(
        method: Method = .get,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = standardTimeout,
        maximumResponseBytes: Int = standardMaximumResponseBytes
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
    }
}

/// The answer of another server, whole.
package struct OutboundResponse: Sendable {
    package let status: Int
    /// The lines of the header fields as they came: few of them are ever asked for.
    private let head: [UInt8]
    package let body: [UInt8]

    init(status: Int, head: [UInt8], body: [UInt8]) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// Names in lower case, in the order of arrival.
    package var headers: [(name: String, value: String)] {
        lines.compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            return (name, Self.value(line[colon...].dropFirst()))
        }
    }

    /// The first value of a name given in lower case.
    package func header(_ name: String) -> String? {
        for line in lines {
            let rest = line.dropFirst(name.utf8.count)
            guard rest.first == UInt8(ascii: ":"),
                zip(line, name.utf8).allSatisfy({ $0.lowercased == $1 })
            else { continue }
            return Self.value(rest.dropFirst())
        }
        return nil
    }

    private var lines: [ArraySlice<UInt8>] { head.split(separator: UInt8(ascii: "\n")) }

    /// Without the space around it.
    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
        let value = bytes.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let end = value.lastIndex { $0 > UInt8(ascii: " ") }.map { $0 + 1 } ?? value.startIndex
        return String(decoding: value[..<end], as: UTF8.self)
    }
}

/// One request in flight.
package struct TransferID: Hashable, Sendable {
    let rawValue: UInt64
}
