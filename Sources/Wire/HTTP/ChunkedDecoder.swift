/// A body in chunks (RFC 9112 §7.1), taken apart as its bytes come in.
package struct ChunkedDecoder: Sendable {
    private enum Stage: Sendable, Equatable {
        case size
        case data(remaining: Int)
        case carriageReturn
        case lineFeed
        case trailers(bytes: Int, count: Int)
        case done
    }

    private let limits: HTTPLimits
    private var stage = Stage.size
    private var lines = LineScanner()

    package init(limits: HTTPLimits) { self.limits = limits }

    package var isDone: Bool { stage == .done }

    /// Appends to `body` what `bytes` hold of it, and returns how many bytes are done with.
    ///
    /// The next call has to begin with the ones that are not.
    package mutating func decode(
        _ bytes: Span<UInt8>,
        into body: inout [UInt8]
    ) throws(RequestError) -> Int {
        var position = 0
        while position < bytes.count, stage != .done {
            let rest = bytes.extracting(position...)
            guard let consumed = try step(rest, into: &body) else { break }
            position += consumed
        }
        return position
    }

    /// Takes one element; nil when it is not complete.
    private mutating func step(
        _ bytes: Span<UInt8>,
        into body: inout [UInt8]
    ) throws(RequestError) -> Int? {
        switch stage {
        case .size:
            return try takeSize(bytes, soFar: body.count)
        case .data(let remaining):
            let count = min(remaining, bytes.count)
            bytes.extracting(0..<count).withUnsafeBufferPointer { body.append(contentsOf: $0) }
            stage = count == remaining ? .carriageReturn : .data(remaining: remaining - count)
            return count
        case .carriageReturn:
            guard bytes[0] == ASCII.carriageReturn else { throw .malformedChunk }
            stage = .lineFeed
            return 1
        case .lineFeed:
            guard bytes[0] == ASCII.lineFeed else { throw .malformedChunk }
            stage = .size
            return 1
        case .trailers(let size, let count):
            return try takeTrailer(bytes, size, count)
        case .done:
            return nil
        }
    }

    private mutating func takeSize(
        _ bytes: Span<UInt8>,
        soFar: Int
    ) throws(RequestError) -> Int? {
        let end = lines.findEnd(in: bytes)
        guard (end ?? bytes.count) - 1 <= limits.chunkLine else { throw .malformedChunk }
        guard let end else { return nil }
        guard let line = lines.take(through: end, in: bytes) else { throw .malformedChunk }
        let size = try ChunkLine.size(bytes, line)
        guard size <= limits.body - soFar else { throw .bodyTooLarge(limit: limits.body) }
        lines = LineScanner()
        stage = size == 0 ? .trailers(bytes: 0, count: 0) : .data(remaining: size)
        return end + 1
    }

    private mutating func takeTrailer(
        _ bytes: Span<UInt8>,
        _ size: Int,
        _ count: Int
    ) throws(RequestError) -> Int? {
        let end = lines.findEnd(in: bytes)
        guard size + (end ?? bytes.count) + 1 <= limits.trailerBlock else {
            throw .headerBlockTooLarge(limit: limits.trailerBlock)
        }
        guard let end else { return nil }
        guard let line = lines.take(through: end, in: bytes) else { throw .bareLineEnding }
        lines = LineScanner()
        guard !line.isEmpty else {
            stage = .done
            return end + 1
        }
        guard count < limits.trailers else { throw .tooManyFields(limit: limits.trailers) }
        let field = try FieldLine.parse(bytes, line)
        guard !Self.isForbidden(field, bytes) else { throw .forbiddenTrailer }
        stage = .trailers(bytes: size + end + 1, count: count + 1)
        return end + 1
    }

    /// RFC 9110 §6.5.1: framing, routing and authentication are decided by the head alone.
    private static func isForbidden(_ field: Headers.Field, _ bytes: Span<UInt8>) -> Bool {
        switch field.name.count {
        case 4: bytes.equals("host", in: field.name)
        case 6: bytes.equals("cookie", in: field.name) || bytes.equals("expect", in: field.name)
        case 10: bytes.equals("connection", in: field.name)
        case 12: bytes.equals("content-type", in: field.name)
        case 13: bytes.equals("authorization", in: field.name)
        case 14:
            bytes.equals("content-length", in: field.name)
                || bytes.equals("content_length", in: field.name)
        case 16: bytes.equals("content-encoding", in: field.name)
        case 17:
            bytes.equals("transfer-encoding", in: field.name)
                || bytes.equals("transfer_encoding", in: field.name)
        default: false
        }
    }
}

/// `chunk-size [ chunk-ext ]` (RFC 9112 §7.1 and §7.1.1).
enum ChunkLine {
    /// Digits of a size: a larger one cannot be within any limit.
    private static let sizeDigits = 8

    static func size(_ bytes: Span<UInt8>, _ line: Range<Int>) throws(RequestError) -> Int {
        var index = line.lowerBound
        var size = 0
        while index < line.upperBound, let digit = bytes[index].hexValue {
            size = size << 4 | digit
            index += 1
            guard index - line.lowerBound <= sizeDigits else { throw .malformedChunk }
        }
        guard index > line.lowerBound else { throw .malformedChunk }
        while index < line.upperBound {
            guard let next = endOfExtension(bytes, index, line.upperBound) else {
                throw .malformedChunk
            }
            index = next
        }
        return size
    }

    /// Goes over one `;name` or `;name=value`; white space is not taken.
    private static func endOfExtension(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        guard bytes[start] == ASCII.semicolon else { return nil }
        guard let name = endOfToken(bytes, start + 1, limit) else { return nil }
        guard name < limit, bytes[name] == ASCII.equals else { return name }
        guard name + 1 < limit, bytes[name + 1] == ASCII.quote else {
            return endOfToken(bytes, name + 1, limit)
        }
        return endOfQuoted(bytes, name + 2, limit)
    }

    private static func endOfToken(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        var end = start
        while end < limit, ByteClass.token.contains(bytes[end]) { end += 1 }
        return end > start ? end : nil
    }

    /// The place behind the closing quote (RFC 9110 §5.6.4).
    private static func endOfQuoted(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
        var index = start
        while index < limit {
            let byte = bytes[index]
            guard byte.isFieldContent else { return nil }
            if byte == ASCII.quote { return index + 1 }
            if byte == ASCII.backslash {
                guard index + 1 < limit, bytes[index + 1].isFieldContent else { return nil }
                index += 1
            }
            index += 1
        }
        return nil
    }
}
