/// Reads the blocks of a YAML text, line by line; what stands on one line is for `YAMLScalars`.
struct YAMLReader {
    private struct Line {
        var number: Int
        var indent: Int
        /// What follows the indentation.
        var text: String

        /// Whether there is nothing on it, or a comment alone.
        var isSilent: Bool { text.isEmpty || text.hasPrefix("#") }
    }

    private var lines: [Line]
    private var next = 0

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
            let text = $1.drop { $0 == " " }
            return Line(number: $0 + 1, indent: $1.count - text.count, text: String(text))
        }
    }

    mutating func document() throws(YAMLError) -> YAML {
        for line in lines where line.text.contains("\t") || line.text.contains("\r") {
            throw YAMLError(line: line.number, reason: "a tab or a carriage return")
        }
        guard let line = peek() else { throw YAMLError(line: 1, reason: "nothing is there") }
        guard line.indent == 0 else { throw error("the text begins with an indentation", line) }
        let value = try node()
        if let line = peek() { throw error("this belongs to nothing above it", line) }
        return value
    }

    /// The next line that says something.
    private mutating func peek() -> Line? {
        while next < lines.count, lines[next].isSilent { next += 1 }
        return next < lines.count ? lines[next] : nil
    }

    private func error(_ reason: String, _ line: Line) -> YAMLError {
        YAMLError(line: line.number, reason: reason)
    }

    // MARK: Blocks

    /// What begins on the next line.
    private mutating func node() throws(YAMLError) -> YAML {
        guard let line = peek() else {
            throw YAMLError(line: lines.count, reason: "a value is missing at the end")
        }
        if line.text.hasPrefix("- ") || line.text == "-" { return try sequence(at: line.indent) }
        if try split(line) != nil { return try mapping(at: line.indent) }
        next += 1
        return try scalar(line.text, line)
    }

    private mutating func sequence(at indent: Int) throws(YAMLError) -> YAML {
        var items: [YAML] = []
        while let line = peek(), line.indent == indent, line.text.hasPrefix("-") {
            guard line.text.hasPrefix("- ") else { throw error("an item that is empty", line) }
            let rest = line.text.dropFirst(2)
            guard rest.first != " " else { throw error("more than one space after \"-\"", line) }
            guard rest.first != "|", rest.first != ">" else {
                throw error("a block of text as an item", line)
            }
            // What follows the dash is a block of its own, further in.
            lines[next].indent += 2
            lines[next].text = String(rest)
            items.append(try node())
        }
        try endOfBlock(at: indent)
        return .sequence(items)
    }

    private mutating func mapping(at indent: Int) throws(YAMLError) -> YAML {
        var members: [YAML.Member] = []
        while let line = peek(), line.indent == indent {
            guard let (key, rest) = try split(line) else { throw error("no key", line) }
            guard !members.contains(where: { $0.key == key }) else {
                throw error("the key \"\(key)\" is there twice", line)
            }
            next += 1
            members.append(YAML.Member(key: key, value: try value(rest, of: line)))
        }
        try endOfBlock(at: indent)
        return .mapping(members)
    }

    private mutating func endOfBlock(at indent: Int) throws(YAMLError) {
        guard let line = peek(), line.indent > indent else { return }
        throw error("an indentation that belongs to nothing", line)
    }

    /// What a key has: beside it, or further in below it.
    private mutating func value(_ rest: String, of line: Line) throws(YAMLError) -> YAML {
        guard rest.isEmpty || rest.hasPrefix("#") else {
            if rest.hasPrefix("|") || rest.hasPrefix(">") {
                return .string(try block(rest, of: line))
            }
            return try scalar(rest, line)
        }
        guard let below = peek(), below.indent > line.indent else {
            throw error("a key without a value", line)
        }
        return try node()
    }

    private func split(_ line: Line) throws(YAMLError) -> (key: String, rest: String)? {
        var scalars = YAMLScalars(line.text, line: line.number)
        return try scalars.key()
    }

    private func scalar(_ text: String, _ line: Line) throws(YAMLError) -> YAML {
        var scalars = YAMLScalars(text, line: line.number)
        return try scalars.whole()
    }

    // MARK: Blocks of text

    private mutating func block(_ header: String, of line: Line) throws(YAMLError) -> String {
        let isFolded = header.hasPrefix(">")
        guard ["", "-"].contains(header.dropFirst()) else {
            throw error("a block of text that is neither \(header.prefix(1)) nor stripped", line)
        }
        var texts: [String] = []
        var indent: Int?
        while next < lines.count {
            let line = lines[next]
            if line.text.isEmpty {
                texts.append("")
            } else {
                let base = indent ?? line.indent
                guard line.indent >= base, base > 0 else { break }
                guard !isFolded || line.indent == base else {
                    throw error("a folded text with an indentation of its own", line)
                }
                indent = base
                texts.append(String(repeating: " ", count: line.indent - base) + line.text)
            }
            next += 1
        }
        while texts.last == "" { texts.removeLast() }
        guard let indent, indent > line.indent else { throw error("an empty block", line) }
        let text = isFolded ? Self.folded(texts) : texts.joined(separator: "\n")
        return header.hasSuffix("-") ? text : text + "\n"
    }

    /// A line's end is a space, and an empty line is a line's end.
    private static func folded(_ texts: [String]) -> String {
        texts.split(separator: "", omittingEmptySubsequences: false)
            .map { $0.joined(separator: " ") }
            .joined(separator: "\n")
    }
}
