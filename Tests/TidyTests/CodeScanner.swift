import Testing

/// Blanks comments and string literals, so that rules about code do not read prose.
///
/// It knows line and nested block comments, strings with any number of `#`, strings of many lines,
/// and interpolations, which are blanked with their string.
struct CodeScanner {
    private let bytes: [UInt8]
    private var index = 0
    private var result: [UInt8]
    /// Where comments begin.
    private(set) var comments: [Int] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        result = bytes
    }

    mutating func blanked() -> [UInt8] {
        while index < bytes.count {
            if starts(with: "//") {
                comments.append(index)
                blankLine()
            } else if starts(with: "/*") {
                comments.append(index)
                blankBlockComment()
            } else if let hashes = openingHashes() {
                blankString(hashes)
            } else {
                index += 1
            }
        }
        return result
    }

    private func starts(with text: StaticString) -> Bool {
        guard index + text.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where bytes[index + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The number of `#` before a quotation mark that opens a string here.
    private func openingHashes() -> Int? {
        var end = index
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - index : nil
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where index < bytes.count {
            if bytes[index] != UInt8(ascii: "\n") { result[index] = UInt8(ascii: " ") }
            index += 1
        }
    }

    private mutating func blankLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank(1) }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && index < bytes.count
    }

    private mutating func blankString(_ hashes: Int) {
        blank(hashes)
        let quotes = starts(with: "\"\"\"") ? 3 : 1
        blank(quotes)
        while index < bytes.count {
            if closes(quotes, hashes) { return blank(quotes + hashes) }
            if bytes[index] == UInt8(ascii: "\\"), hasHashes(hashes, at: index + 1) {
                let opens = index + hashes + 1
                let isInterpolation = opens < bytes.count && bytes[opens] == UInt8(ascii: "(")
                blank(hashes + 2)
                if isInterpolation { blankInterpolation() }
            } else {
                blank(1)
            }
        }
    }

    private mutating func blankInterpolation() {
        var depth = 1
        while depth > 0, index < bytes.count {
            if let hashes = openingHashes() {
                blankString(hashes)
                continue
            }
            if bytes[index] == UInt8(ascii: "(") { depth += 1 }
            if bytes[index] == UInt8(ascii: ")") { depth -= 1 }
            blank(1)
        }
    }

    private func closes(_ quotes: Int, _ hashes: Int) -> Bool {
        guard index + quotes <= bytes.count,
            bytes[index..<index + quotes].allSatisfy({ $0 == UInt8(ascii: "\"") })
        else { return false }
        return hasHashes(hashes, at: index + quotes)
    }

    private func hasHashes(_ count: Int, at start: Int) -> Bool {
        start + count <= bytes.count
            && bytes[start..<start + count].allSatisfy { $0 == UInt8(ascii: "#") }
    }
}

@Suite("The code of a file")
struct CodeScannerTests {
    @Test(
        "keeps what the compiler reads, in its columns",
        arguments: [
            ("a // b", "a     "),
            ("a /* b /* c */ d */ e", "a                   e"),
            ("f(\"x\") // y", "f(   )     "),
            ("\"a\\\"b\" + c", "       + c"),
            ("\"a\\(g(\"b\"))c\" + d", "              + d"),
            ("#\"a\"b\"# + c", "        + c"),
            ("\"\"\"\n// a\n\"\"\" + b", "   \n    \n    + b"),
            ("#if DEBUG", "#if DEBUG"),
        ]
    )
    func blanks(text: String, expected: String) {
        var scanner = CodeScanner(Array(text.utf8))
        #expect(String(decoding: scanner.blanked(), as: UTF8.self) == expected)
    }
}
