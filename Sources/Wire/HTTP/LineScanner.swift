/// Finds the ends of lines in bytes that come in pieces, looking at each byte once.
struct LineScanner: Sendable {
    /// Where the line that is being waited for begins.
    private(set) var start = 0
    private var scanned = 0

    /// The place of the next LF; nil while it has not come.
    mutating func findEnd(in bytes: Span<UInt8>) -> Int? {
        let end = bytes.firstIndex(of: ASCII.lineFeed, in: scanned..<bytes.count)
        scanned = end ?? bytes.count
        return end
    }

    /// The line before the LF at `end`, without its CR, and goes on behind it.
    ///
    /// Nil when there is no CR: RFC 9112 §2.2 lets a recipient be lenient, and two readings of one
    /// line are how requests are smuggled. A CR elsewhere is for the reader of the line to refuse.
    mutating func take(through end: Int, in bytes: Span<UInt8>) -> Range<Int>? {
        guard end > start, bytes[end - 1] == ASCII.carriageReturn else { return nil }
        let line = start..<(end - 1)
        start = end + 1
        scanned = start
        return line
    }
}
