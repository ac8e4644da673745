/// The target of a request (RFC 9112 §3.2), as the places of its parts.
struct RequestTarget: Sendable {
    /// Empty for an absolute target without a path.
    var path: Range<Int>
    var query: Range<Int>?
    /// The authority of a target in absolute form.
    var authority: Range<Int>?

    /// Takes origin form, absolute form and, for OPTIONS, `*`; authority form is for proxies.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, for method: Method) throws(RequestError) {
        var start = range.lowerBound
        if bytes[start] == ASCII.asterisk {
            guard range.count == 1, method == .options else { throw .malformedTarget }
            path = range
            return
        }
        if bytes[start] != ASCII.slash {
            guard let afterScheme = Self.endOfScheme(bytes, range) else { throw .malformedTarget }
            start = afterScheme
            while start < range.upperBound, bytes[start] != ASCII.slash,
                bytes[start] != ASCII.question
            { start += 1 }
            authority = afterScheme..<start
        }
        let mark = bytes.firstIndex(of: ASCII.question, in: start..<range.upperBound)
        path = start..<(mark ?? range.upperBound)
        // A control character in a path is an attack on its decoder; in a query it may be
        // part of a value, except NUL.
        try Self.validate(bytes, path, ByteClass.path, firstAllowed: 0x20)
        if let mark {
            let part = (mark + 1)..<range.upperBound
            try Self.validate(bytes, part, ByteClass.query, firstAllowed: 0x01)
            query = part
        }
    }

    private static func endOfScheme(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let start = range.lowerBound
        if range.count >= 7, bytes.equals("http://", in: start..<(start + 7)) { return start + 7 }
        if range.count >= 8, bytes.equals("https://", in: start..<(start + 8)) { return start + 8 }
        return nil
    }

    private static func validate(
        _ bytes: Span<UInt8>,
        _ range: Range<Int>,
        _ allowed: ByteClass,
        firstAllowed: Int
    ) throws(RequestError) {
        for index in range {
            let byte = bytes[index]
            guard allowed.contains(byte) else { throw .malformedTarget }
            guard byte == ASCII.percent else { continue }
            guard index + 2 < range.upperBound, let high = bytes[index + 1].hexValue,
                let low = bytes[index + 2].hexValue, high << 4 | low >= firstAllowed
            else { throw .malformedTarget }
        }
    }
}
