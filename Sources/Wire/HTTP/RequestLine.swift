/// The first line of a request (RFC 9112 §3): what is wanted, and in which version.
struct RequestLine: Sendable {
    var method: Method
    var target: RequestTarget
    var minorVersion: Int

    /// Reads `line` of `bytes`: exactly METHOD SP TARGET SP VERSION.
    init(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(RequestError) {
        guard let first = bytes.firstIndex(of: ASCII.space, in: line),
            let second = bytes.firstIndex(of: ASCII.space, in: (first + 1)..<line.upperBound),
            first > line.lowerBound, second > first + 1
        else { throw .malformedRequestLine }
        for index in line.lowerBound..<first where !ByteClass.token.contains(bytes[index]) {
            throw .malformedRequestLine
        }
        minorVersion = try Self.minorVersion(bytes, (second + 1)..<line.upperBound)
        guard let method = Method(bytes, line.lowerBound..<first) else { throw .unknownMethod }
        self.method = method
        target = try RequestTarget(bytes, (first + 1)..<second, for: method)
    }

    /// `HTTP/1.x` is taken as 1.1 for any x above 0 (RFC 9110 §2.5).
    private static func minorVersion(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RequestError) -> Int {
        let start = range.lowerBound
        guard range.count == 8,
            bytes[start] == UInt8(ascii: "H"), bytes[start + 1] == UInt8(ascii: "T"),
            bytes[start + 2] == UInt8(ascii: "T"), bytes[start + 3] == UInt8(ascii: "P"),
            bytes[start + 4] == ASCII.slash, bytes[start + 5].isDigit,
            bytes[start + 6] == UInt8(ascii: "."), bytes[start + 7].isDigit
        else { throw .malformedRequestLine }
        guard bytes[start + 5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return bytes[start + 7] == UInt8(ascii: "0") ? 0 : 1
    }
}

extension Method {
    /// Compares the bytes as one number; names are in upper case only (RFC 9110 §9.1).
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= 8 else { return nil }
        var packed: UInt64 = 0
        for index in range { packed = packed << 8 | UInt64(bytes[index]) }
        switch packed {
        case 0x47_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504f_5354: self = .post
        case 0x50_5554: self = .put
        case 0x50_4154_4348: self = .patch
        case 0x4445_4c45_5445: self = .delete
        case 0x4f_5054_494f_4e53: self = .options
        case 0x54_5241_4345: self = .trace
        case 0x43_4f4e_4e45_4354: self = .connect
        default: return nil
        }
    }
}
