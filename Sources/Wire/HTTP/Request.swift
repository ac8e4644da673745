/// A request of a client, whole.
package struct Request: Sendable {
    package var method: Method
    /// The path, still percent-encoded, beginning with `/`, or `*`.
    package var path: String
    /// What follows the first `?`, without it, still percent-encoded.
    package var query: String?
    package var headers: Headers
    package var body: [UInt8]
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    package var minorVersion: Int
    /// Whether the connection may serve another request after this one (RFC 9112 §9.3).
    package var keepsAlive: Bool

    package init(
        method: Method,
        path: String,
        query: String? = nil,
        headers: Headers = Headers(),
        body: [UInt8] = [],
        minorVersion: Int = 1,
        keepsAlive: Bool = true
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.minorVersion = minorVersion
        self.keepsAlive = keepsAlive
    }
}
