/// A request of a client, whole.
package struct Request: Sendable {
    private let head: Head
    package var body: [UInt8]

    /// All but the body: one object, since a request goes through many hands.
    private final class Head: Sendable {
        let method: Method
        let path: String
        let query: String?
        let headers: Headers
        let minorVersion: Int
        let keepsAlive: Bool

        init(
            _ method: Method,
            _ path: String,
            _ query: String?,
            _ headers: Headers,
            _ minorVersion: Int,
            _ keepsAlive: Bool
        ) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.minorVersion = minorVersion
            self.keepsAlive = keepsAlive
        }
    }

    package init(
        method: Method,
        path: String,
        query: String? = nil,
        headers: Headers = Headers(),
        body: [UInt8] = [],
        minorVersion: Int = 1,
        keepsAlive: Bool = true
    ) {
        head = Head(method, path, query, headers, minorVersion, keepsAlive)
        self.body = body
    }

    package var method: Method { head.method }
    /// The path, still percent-encoded, beginning with `/`, or `*`.
    package var path: String { head.path }
    /// What follows the first `?`, without it, still percent-encoded.
    package var query: String? { head.query }
    package var headers: Headers { head.headers }
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    package var minorVersion: Int { head.minorVersion }
    /// Whether the connection may serve another request after this one (RFC 9112 §9.3).
    package var keepsAlive: Bool { head.keepsAlive }
}
