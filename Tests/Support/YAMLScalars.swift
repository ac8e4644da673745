/// Reads what stands on one line of a YAML text: scalars, and flow collections of them.
struct YAMLScalars {
    private let characters: [Character]
    private let line: Int
    private var place = 0

    init(_ text: String, line: Int) {
        characters = Array(text)
        self.line = line
    }

    /// The key of a mapping that the line begins with, and what follows its colon.
    mutating func key() throws(YAMLError) -> (key: String, rest: String)? {
        let key: String
        switch peek {
        case "[", "{": return nil
        case "\"", "'":
            key = try quoted()
            guard peek == ":" else { return nil }
        default:
            guard let colon = plainColon() else { return nil }
            key = String(characters[..<colon])
            guard case .string = try resolved(key) else {
                throw error("the key \(key) must be quoted")
            }
            place = colon
        }
        place += 1
        guard place == characters.count || peek == " " else {
            throw error("no space after the colon of \(key)")
        }
        skipSpaces()
        return (key, String(characters[place...]))
    }

    /// Where a plain key ends.
    private func plainColon() -> Int? {
        for index in characters.indices {
            if characters[index] == "#", index > 0, characters[index - 1] == " " { return nil }
            guard characters[index] == ":" else { continue }
            if index + 1 == characters.count || characters[index + 1] == " " { return index }
        }
        return nil
    }

    /// All of the line, up to a comment.
    mutating func whole() throws(YAMLError) -> YAML {
        let value = try self.value(inFlow: false)
        let end = place
        skipSpaces()
        guard place == characters.count || (peek == "#" && place > end) else {
            throw error("something follows the value")
        }
        return value
    }

    // MARK: Values

    private mutating func value(inFlow: Bool) throws(YAMLError) -> YAML {
        switch peek {
        case "\"", "'": return .string(try quoted())
        case "[": return try sequence()
        case "{": return try mapping()
        default: return try resolved(plain(inFlow: inFlow))
        }
    }

    private mutating func sequence() throws(YAMLError) -> YAML {
        var items: [YAML] = []
        try elements(until: "]") { reader throws(YAMLError) in
            items.append(try reader.value(inFlow: true))
        }
        return .sequence(items)
    }

    private mutating func mapping() throws(YAMLError) -> YAML {
        var members: [YAML.Member] = []
        try elements(until: "}") { reader throws(YAMLError) in
            guard case .string(let key) = try reader.value(inFlow: true) else {
                throw reader.error("a key that is no text")
            }
            guard !members.contains(where: { $0.key == key }) else {
                throw reader.error("the key \"\(key)\" is there twice")
            }
            guard reader.peek == ":" else { throw reader.error("no colon after \(key)") }
            reader.place += 1
            guard reader.peek == " " else { throw reader.error("no space after the colon") }
            reader.skipSpaces()
            members.append(YAML.Member(key: key, value: try reader.value(inFlow: true)))
        }
        return .mapping(members)
    }

    private mutating func elements(
        until end: Character,
        _ element: (inout YAMLScalars) throws(YAMLError) -> Void
    ) throws(YAMLError) {
        place += 1
        skipSpaces()
        if peek == end {
            place += 1
            return
        }
        while true {
            try element(&self)
            skipSpaces()
            guard let character = peek else { throw error("no \(end) on this line") }
            place += 1
            if character == end { return }
            guard character == "," else { throw error("neither a comma nor \(end)") }
            skipSpaces()
        }
    }

    // MARK: Texts

    private mutating func quoted() throws(YAMLError) -> String {
        let quote = characters[place]
        place += 1
        var text = ""
        while let character = peek {
            place += 1
            if character == quote {
                guard quote == "'", peek == "'" else { return text }
                place += 1
                text.append("'")
            } else if character == "\\", quote == "\"" {
                text.append(try escaped())
            } else {
                text.append(character)
            }
        }
        throw error("a quote without an end")
    }

    private mutating func escaped() throws(YAMLError) -> Character {
        let known: [Character: Character] = ["n": "\n", "t": "\t", "\"": "\"", "\\": "\\"]
        guard let character = peek, let meant = known[character] else {
            throw error("an escape other than \\n, \\t, \\\" and \\\\")
        }
        place += 1
        return meant
    }

    private mutating func plain(inFlow: Bool) throws(YAMLError) -> String {
        let start = place
        while let character = peek {
            if inFlow, ",[]{}".contains(character) { break }
            if character == ":", place + 1 == characters.count || characters[place + 1] == " " {
                guard inFlow else { throw error("a colon within a plain text") }
                break
            }
            if character == "#", place > start, characters[place - 1] == " " { break }
            place += 1
        }
        while place > start, characters[place - 1] == " " { place -= 1 }
        return String(characters[start..<place])
    }

    /// What a plain text stands for.
    private func resolved(_ text: String) throws(YAMLError) -> YAML {
        switch text {
        case "null": return .null
        case "true": return .flag(true)
        case "false": return .flag(false)
        default: break
        }
        guard let first = text.first else { throw error("a value is missing") }
        let isIndicated = "&*!%@`?|>,[]{}#'\"~=".contains(first) || text.hasPrefix("- ")
        let doubtful = [
            "yes", "no", "on", "off", "y", "n", "true", "false", "null", ".inf", ".nan",
        ]
        guard !isIndicated, text != "-", !doubtful.contains(text.lowercased()) else {
            throw error("\(text) must be quoted")
        }
        guard first.isNumber || "+-.".contains(first) else { return .string(text) }
        guard let number = Double(text), text.last?.isNumber == true, first != "+", first != ".",
            !text.contains("x")
        else { throw error("\(text) must be quoted") }
        return .number(number)
    }

    // MARK: Places

    private var peek: Character? { place < characters.count ? characters[place] : nil }

    private mutating func skipSpaces() {
        while peek == " " { place += 1 }
    }

    private func error(_ reason: String) -> YAMLError { YAMLError(line: line, reason: reason) }
}
