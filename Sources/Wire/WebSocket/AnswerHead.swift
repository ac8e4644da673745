/// The head of an HTTP answer, as much of it as an upgrade needs.
struct AnswerHead: Sendable {
    let status: Int
    /// Names in lower case, in the order of arrival.
    let headers: Headers
    /// Bytes up to and with the empty line.
    let length: Int

    /// Parses a head that is there as a whole, or says nil.
    init?(parsing bytes: [UInt8], limit: Int) throws(WebSocket.HandshakeError) {
        guard let length = Self.length(in: bytes.prefix(limit)) else {
            guard bytes.count < limit else { throw .headTooLarge(limit: limit) }
            return nil
        }
        self.length = length
        var lines = bytes[..<length].split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        lines.removeAll { $0.isEmpty }
        guard let first = lines.first else { throw .malformedHead }
        status = try Self.status(of: first)
        var headers = Headers()
        for line in lines.dropFirst() {
            let (name, value) = try Self.field(line)
            headers.append(name, value)
        }
        self.headers = headers
    }

    /// The body that follows (RFC 9112 §6.3), or nil while more of it is to come.
    func body(in bytes: [UInt8], atEnd: Bool, limit: Int) -> [UInt8]? {
        if status == 204 || status == 304 { return [] }
        if headers.has("Transfer-Encoding", token: "chunked") {
            let (body, isWhole) = Self.unchunked(bytes)
            guard isWhole || atEnd || body.count >= limit || bytes.count >= 2 * limit else {
                return nil
            }
            return Array(body.prefix(limit))
        }
        let declared = headers["Content-Length"].flatMap { Int($0) } ?? .max
        guard bytes.count >= min(max(declared, 0), limit) || atEnd else { return nil }
        return Array(bytes.prefix(min(max(declared, 0), limit)))
    }

    /// Where the empty line ends; a bare line feed ends a line as well (RFC 9112 §2.2).
    private static func length(in bytes: ArraySlice<UInt8>) -> Int? {
        var lineStart = bytes.startIndex
        while let end = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[lineStart..<end]
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return end + 1 }
            lineStart = end + 1
        }
        return nil
    }

    /// The three digits of `HTTP/1.x 200 OK`.
    private static func status(of line: ArraySlice<UInt8>) throws(WebSocket.HandshakeError) -> Int {
        let parts = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].starts(with: Array("HTTP/1.".utf8)), parts[0].count == 8,
            parts[1].count == 3, parts[1].allSatisfy({ (0x30...0x39).contains($0) })
        else { throw .malformedHead }
        let status = parts[1].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard status >= 100 else { throw .malformedHead }
        return status
    }

    private static func field(
        _ line: ArraySlice<UInt8>
    ) throws(WebSocket.HandshakeError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(ByteClass.token.contains)
        else { throw .malformedHead }
        let bytes = line.span
        let offset = colon - line.startIndex
        return (
            bytes.text(0..<offset).lowercased(),
            bytes.text(bytes.trimmed((offset + 1)..<bytes.count))
        )
    }

    /// The data of the chunks that are there, and whether the last one is among them.
    private static func unchunked(_ bytes: [UInt8]) -> (body: [UInt8], isWhole: Bool) {
        var body: [UInt8] = []
        var offset = 0
        while let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) {
            let digits = bytes[offset..<end].prefix { $0 != 0x3b && $0 != 0x0d && $0 != 0x20 }
            let text = String(decoding: digits, as: UTF8.self)
            guard let size = Int(text, radix: 16), size > 0 else { return (body, true) }
            let start = end + 1
            guard size <= bytes.count - start else { return (body + bytes[start...], false) }
            body.append(contentsOf: bytes[start..<(start + size)])
            offset = min(start + size + 2, bytes.count)
        }
        return (body, false)
    }
}
