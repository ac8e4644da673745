/// The head of one request, read line by line as its bytes come in.
///
/// Every line is checked as soon as it is complete, so that a bad request is refused without
/// waiting for its end, and so that the outcome does not depend on how the bytes were cut.
struct HeadParser: Sendable {
    private enum Stage: Sendable {
        case mayBeEmptyLine
        case requestLine
        case fields(RequestLine, from: Int)
    }

    private let limits: HTTPLimits
    private var stage = Stage.mayBeEmptyLine
    private var lines = LineScanner()
    private var framing = Framing()
    private var fields: [Headers.Field] = []

    init(limits: HTTPLimits) { self.limits = limits }

    /// What a whole head says; places count from where the head began.
    struct Head: Sendable {
        var line: RequestLine
        var fields: [Headers.Field]
        var framing: Framing
        var body: Framing.Body
        var end: Int
    }

    /// Goes on with `bytes`, which begin where the head begins.
    mutating func advance(over bytes: Span<UInt8>) throws(RequestError) -> Head? {
        while let line = try nextLine(in: bytes) {
            switch stage {
            case .mayBeEmptyLine where line.isEmpty:
                stage = .requestLine  // RFC 9112 §2.2: one CRLF before a request is ignored
            case .mayBeEmptyLine, .requestLine:
                stage = .fields(try RequestLine(bytes, line), from: lines.start)
                fields.reserveCapacity(8)
            case .fields(let request, _) where line.isEmpty:
                let body = try framing.body(of: request, in: bytes, limits: limits)
                return Head(
                    line: request,
                    fields: fields,
                    framing: framing,
                    body: body,
                    end: lines.start
                )
            case .fields:
                try takeField(bytes, line)
            }
        }
        return nil
    }

    private mutating func takeField(
        _ bytes: Span<UInt8>,
        _ line: Range<Int>
    ) throws(RequestError) {
        guard fields.count < limits.fields else { throw .tooManyFields(limit: limits.fields) }
        let field = try FieldLine.parse(bytes, line)
        try framing.note(field, in: bytes, limits: limits)
        fields.append(field)
    }

    private mutating func nextLine(in bytes: Span<UInt8>) throws(RequestError) -> Range<Int>? {
        let end = lines.findEnd(in: bytes)
        try checkLimits(bytes, upTo: end ?? bytes.count)
        guard let end else { return nil }
        guard let line = lines.take(through: end, in: bytes) else { throw .bareLineEnding }
        return line
    }

    /// Goes before anything else is said about a line, and holds for one that is not complete.
    private func checkLimits(_ bytes: Span<UInt8>, upTo end: Int) throws(RequestError) {
        if case .fields(_, let from) = stage {
            guard end + 1 - from <= limits.headerBlock else {
                throw .headerBlockTooLarge(limit: limits.headerBlock)
            }
            return
        }
        let probe = lines.start..<min(end, lines.start + limits.method + 1)
        if probe.count > limits.method, bytes.firstIndex(of: ASCII.space, in: probe) == nil {
            throw .methodTooLong(limit: limits.method)
        }
        guard end - 1 - lines.start <= limits.requestLine else {
            throw .requestLineTooLong(limit: limits.requestLine)
        }
    }
}
