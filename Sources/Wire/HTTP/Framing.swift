/// What the head of a request says about where its body ends and what comes after it.
///
/// Any doubt is an error: two programs that read the same bytes differently are how a request is
/// smuggled past the first of them.
struct Framing: Sendable {
    enum Body: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    private var host: Range<Int>?
    private var length: Int?
    private var isChunked = false
    private var asksToClose = false
    private var asksToKeepAlive = false
    private var expectsContinue = false

    /// Takes note of a field, if it is one that framing depends on.
    mutating func note(
        _ field: Headers.Field,
        in bytes: Span<UInt8>,
        limits: HTTPLimits
    ) throws(RequestError) {
        let name = field.name
        switch name.count {
        case 4 where bytes.equals("host", in: name):
            try noteHost(field.value, in: bytes)
        case 6 where bytes.equals("expect", in: name):
            guard bytes.equals("100-continue", in: field.value) else { throw .unknownExpectation }
            expectsContinue = true
        case 10 where bytes.equals("connection", in: name):
            noteConnection(field.value, in: bytes)
        case 14 where bytes.equals("content-length", in: name):
            guard length == nil else { throw .repeatedContentLength }
            length = try Self.length(field.value, in: bytes, limits: limits)
        case 14 where bytes.equals("content_length", in: name),
            17 where bytes.equals("transfer_encoding", in: name):
            throw .aliasOfFramingField
        case 17 where bytes.equals("transfer-encoding", in: name):
            guard !isChunked, bytes.equals("chunked", in: field.value) else {
                throw .unsupportedTransferEncoding
            }
            isChunked = true
        default: break
        }
    }

    /// Decides once all fields are known.
    func body(
        of line: RequestLine,
        in bytes: Span<UInt8>,
        limits: HTTPLimits
    ) throws(RequestError) -> Body {
        if let host {
            if let authority = line.target.authority, !Authority.match(bytes, authority, host) {
                throw .targetDisagreesWithHost
            }
        } else if line.minorVersion > 0 {
            throw .missingHost
        } else if let authority = line.target.authority, !Authority.isValid(bytes, authority) {
            throw .malformedTarget
        }
        if isChunked {
            // RFC 9112 §6.1 and §6.3: either could be an attempt at smuggling.
            guard line.minorVersion > 0 else { throw .transferEncodingInOldVersion }
            guard length == nil else { throw .lengthAndTransferEncoding }
            return .chunked
        }
        guard let length, length > 0 else { return .none }
        guard length <= limits.body else { throw .bodyTooLarge(limit: limits.body) }
        return .length(length)
    }

    /// RFC 9112 §9.3.
    func keepsAlive(minorVersion: Int) -> Bool {
        !asksToClose && (minorVersion > 0 || asksToKeepAlive)
    }

    /// RFC 9110 §10.1.1: an expectation in HTTP/1.0 is ignored.
    func expectsContinue(minorVersion: Int) -> Bool { expectsContinue && minorVersion > 0 }

    private mutating func noteHost(
        _ value: Range<Int>,
        in bytes: Span<UInt8>
    ) throws(RequestError) {
        guard host == nil else { throw .repeatedHost }
        guard Authority.isValid(bytes, value) else { throw .malformedHost }
        host = value
    }

    private mutating func noteConnection(_ value: Range<Int>, in bytes: Span<UInt8>) {
        var closes = false
        var keeps = false
        bytes.forEachElement(of: value) { element in
            closes = closes || bytes.equals("close", in: element)
            keeps = keeps || bytes.equals("keep-alive", in: element)
        }
        asksToClose = asksToClose || closes
        asksToKeepAlive = asksToKeepAlive || keeps
    }

    /// Digits that an `Int` has room for, whatever they are.
    private static let safeDigits = 18

    /// Decimal digits only, no leading zero: every other spelling is read differently by somebody.
    private static func length(
        _ value: Range<Int>,
        in bytes: Span<UInt8>,
        limits: HTTPLimits
    ) throws(RequestError) -> Int {
        guard !value.isEmpty, value.count <= Self.safeDigits,
            value.count == 1 || bytes[value.lowerBound] != 0x30
        else { throw .malformedContentLength }
        var length = 0
        for index in value {
            guard bytes[index].isDigit else { throw .malformedContentLength }
            length = length * 10 + Int(bytes[index] - 0x30)
        }
        guard length <= limits.contentLength else { throw .malformedContentLength }
        return length
    }
}
