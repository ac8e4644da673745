/// How much of a request is taken before it is refused.
///
/// Everything that a client can make grow is here; `docs/operations.md` lists the same names.
package struct HTTPLimits: Sendable, Equatable {
    /// Bytes of the request line without its CRLF (RFC 9112 §3 asks for 8,000 at least), else 414.
    package var requestLine = 8_192
    /// Bytes of a method without a space behind it, so that noise is refused early, else 400.
    package var method = 32
    /// Bytes of all field lines with their CRLFs, else 431.
    package var headerBlock = 16 * 1_024
    /// Field lines of one request, else 431.
    package var fields = 100
    /// Bytes of a body, whole or in chunks, else 413.
    package var body = 1_024 * 1_024
    /// A `Content-Length` that a client may mean, else 400; what is over `body` only, gets 413.
    package var contentLength = 256 * 1_024 * 1_024
    /// Bytes of a chunk's size line with its extensions, without the CRLF, else 400.
    package var chunkLine = 256
    /// Bytes of all trailer lines with their CRLFs, which are discarded, else 431.
    package var trailerBlock = 4 * 1_024
    /// Trailer lines of one request, else 431.
    package var trailers = 8

    package init() {}

    package static let standard = HTTPLimits()
}
