/// How much of a request is taken before it is refused.
///
/// Everything that a client can make grow is here; `docs/operations.md` lists the same names.
package struct HTTPLimits: Sendable, Equatable {
    /// Bytes of the request line without its CRLF (RFC 9112 §3: at least 8,000); above, 414.
    package var requestLine = 8_192
    /// Bytes of a method, so that bytes that are not HTTP are refused early; above, 400.
    package var method = 32
    /// Bytes of all field lines with their CRLFs; above, 431.
    package var headerBlock = 16 * 1_024
    /// Field lines of one request; above, 431.
    package var fields = 100
    /// Bytes of a body, with or without chunks; above, 413.
    package var body = 1_024 * 1_024
    /// Highest `Content-Length` that is read: above `body` the answer is 413, above this 400.
    package var contentLength = 256 * 1_024 * 1_024
    /// Bytes of a chunk's size line with its extensions, without the CRLF; above, 400.
    package var chunkLine = 256
    /// Bytes of all trailer lines (which are discarded) with their CRLFs; above, 431.
    package var trailerBlock = 4 * 1_024
    /// Trailer lines of one request; above, 431.
    package var trailers = 8

    package init() {}

    package static let standard = HTTPLimits()
}
