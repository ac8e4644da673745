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
    package var status: Int
    /// Names in lower case, in the order of arrival.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a name given in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// One request in flight.
package struct TransferID: Hashable, Sendable {
    let rawValue: UInt64
}
