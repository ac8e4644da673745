/// An answer to a client, before its framing is known.
///
/// `Content-Length`, `Date` and `Connection` are the writer's: they are never among `headers`.
package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
