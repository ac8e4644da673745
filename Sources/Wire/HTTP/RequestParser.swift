/// Requests out of the bytes of one connection, whatever pieces they come in.
///
/// Knows no socket and no clock. After an error nothing more comes out: where the next request
/// begins is not known any more.
package struct RequestParser: ~Copyable, Sendable {
    package enum Output: Sendable {
        /// Everything that was there has been used.
        case needsMore
        /// A body will only come after `100 Continue`; asked once for a request.
        case expectsContinue
        case request(Request)
    }

    /// Where in a request the bytes so far end.
    package enum Phase: Sendable, Equatable {
        case idle
        case head
        case body
    }

    private enum Stage: Sendable {
        case head
        case body(remaining: Int)
        case chunked
        case failed(RequestError)
    }

    /// Bytes of a body that are reserved before any of it has come.
    private static let reservedBody = 16 * 1_024

    private let limits: HTTPLimits
    private var stage = Stage.head
    private var buffer: [UInt8] = []
    private var start = 0
    // Beside the stage, not in it: a body grows where it is, whatever pieces it comes in.
    private var head: HeadParser
    private var decoder: ChunkedDecoder
    private var request: Request?
    private var mayAskToContinue = false
    /// The last request that had no body, with its head: most clients send the same one again.
    private var last: Request?
    private var lastHead: [UInt8] = []
    /// The buffer is the head of `last`, byte for byte.
    private var isRepeated = false

    /// Bytes of a head that is kept to be compared with.
    private static let longestRepeated = 1_024

    package init(limits: HTTPLimits = .standard) {
        self.limits = limits
        head = HeadParser(limits: limits)
        decoder = ChunkedDecoder(limits: limits)
    }

    package var phase: Phase {
        switch stage {
        case .head: start < buffer.count ? .head : .idle
        case .body, .chunked: .body
        case .failed: .idle
        }
    }

    /// Bytes that were appended and are in no request yet.
    package var unusedBytes: Int { buffer.count - start }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        isRepeated = false
        if start == buffer.count {
            start = 0
            isRepeated = isHeadOfLast(bytes)
            buffer = isRepeated ? lastHead : Array(bytes)
            return
        }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The same bytes say the same again: nothing in a head depends on what came before it.
    private func isHeadOfLast(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .head = stage, lastHead.count == bytes.count, !bytes.isEmpty else {
            return false
        }
        return lastHead.withUnsafeBytes { known in
            var offset = 0
            while offset + 8 <= known.count {
                guard
                    known.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                        == bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                else { return false }
                offset += 8
            }
            return (offset..<known.count).allSatisfy { known[$0] == bytes[$0] }
        }
    }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        Array(bytes).withUnsafeBytes { append($0) }
    }

    /// Takes out the bytes behind the last request: they are another protocol's.
    package mutating func takeRest() -> [UInt8] {
        defer { release() }
        return Array(buffer[start...])
    }

    /// The next request, if all of it has come.
    package mutating func next() throws(RequestError) -> Output {
        do throws(RequestError) {
            return try advance()
        } catch {
            stage = .failed(error)
            release()
            throw error
        }
    }

    private mutating func advance() throws(RequestError) -> Output {
        switch stage {
        case .head where isRepeated:
            guard let last else { return .needsMore }
            release()
            return .request(last)
        case .head where unusedBytes == 0: return .needsMore
        case .head:
            let bytes = buffer  // a second owner for the span: `self` cannot be both
            guard let whole = try head.advance(over: bytes.span.extracting(start...)) else {
                return .needsMore
            }
            return try begin(whole)
        case .body(let remaining):
            let count = min(remaining, buffer.count - start)
            request?.body.append(contentsOf: buffer[start..<(start + count)])
            use(count)
            guard count == remaining else {
                stage = .body(remaining: remaining - count)
                return askToContinue()
            }
            return finish()
        case .chunked:
            try decodeChunks()
            return decoder.isDone ? finish() : askToContinue()
        case .failed(let error):
            throw error
        }
    }

    private mutating func begin(_ whole: HeadParser.Head) throws(RequestError) -> Output {
        let version = whole.line.minorVersion
        mayAskToContinue = whole.framing.expectsContinue(minorVersion: version)
        head = HeadParser(limits: limits)
        request = makeRequest(whole)
        switch whole.body {
        case .none:
            remember()
            return finish()
        case .length(let length):
            request?.body.reserveCapacity(min(length, Self.reservedBody))
            stage = .body(remaining: length)
        case .chunked:
            decoder = ChunkedDecoder(limits: limits)
            stage = .chunked
        }
        return try advance()
    }

    /// Keeps a request without a body that was all there was.
    private mutating func remember() {
        guard unusedBytes == 0, let request,
            request.headers.storage.count <= Self.longestRepeated
        else { return }
        last = request
        lastHead = request.headers.storage
    }

    private mutating func decodeChunks() throws(RequestError) {
        // Taken out, so that it has one owner while it grows.
        var body = request?.body ?? []
        request?.body = []
        let bytes = buffer
        let count = try decoder.decode(bytes.span.extracting(start...), into: &body)
        request?.body = body
        use(count)
    }

    private mutating func finish() -> Output {
        guard let request else { return .needsMore }
        self.request = nil
        stage = .head
        return .request(request)
    }

    /// RFC 9110 §10.1.1: not when some of the body has come already.
    private mutating func askToContinue() -> Output {
        defer { mayAskToContinue = false }
        let nothingCame = request?.body.isEmpty ?? true
        return mayAskToContinue && nothingCame && unusedBytes == 0 ? .expectsContinue : .needsMore
    }

    private mutating func use(_ count: Int) {
        start += count
        if start == buffer.count { release() }
    }

    private mutating func release() {
        isRepeated = false
        buffer = []
        start = 0
    }

    private mutating func makeRequest(_ whole: HeadParser.Head) -> Request {
        let owner = buffer
        let bytes = owner.span.extracting(start...)
        let target = whole.line.target
        var path = bytes.text(target.path)
        if path.isEmpty { path = whole.line.method == .options ? "*" : "/" }
        let query = target.query.map { bytes.text($0) }
        return Request(
            method: whole.line.method,
            path: path,
            query: query,
            headers: Headers(storage: takeHead(whole.end), fields: whole.fields),
            minorVersion: whole.line.minorVersion,
            keepsAlive: whole.framing.keepsAlive(minorVersion: whole.line.minorVersion)
        )
    }

    /// The bytes of the head; without a copy when there is nothing else in the buffer.
    private mutating func takeHead(_ count: Int) -> [UInt8] {
        if start == 0, count == buffer.count {
            defer { buffer = [] }
            return buffer
        }
        let head = Array(buffer[start..<(start + count)])
        use(count)
        return head
    }
}
