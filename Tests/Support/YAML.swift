/// A value of a YAML text.
package indirect enum YAML: Equatable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case string(String)
    case sequence([YAML])
    case mapping([Member])

    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: YAML
    }

    /// Reads the part of YAML 1.2 that a careful author needs, and refuses everything else.
    ///
    /// There are block mappings and sequences (indented more than what they belong to), `|` and `>`
    /// texts, flow `[]` and `{}` on one line, plain and quoted scalars on one line, and comments.
    /// No anchors, tags, tabs, documents or empty values, and nothing whose type one has to guess.
    package init(reading text: String) throws(YAMLError) {
        var reader = YAMLReader(text)
        self = try reader.document()
    }

    package subscript(_ key: String) -> YAML? {
        guard case .mapping(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    package var flag: Bool? {
        if case .flag(let flag) = self { flag } else { nil }
    }

    /// What a sequence has; empty for anything else.
    package var items: [YAML] {
        if case .sequence(let items) = self { items } else { [] }
    }

    /// What a mapping has; empty for anything else.
    package var members: [Member] {
        if case .mapping(let members) = self { members } else { [] }
    }
}

/// Why a text is not in the part of YAML that is read.
package struct YAMLError: Error, Equatable, CustomStringConvertible {
    package var line: Int
    package var reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String { "line \(line): \(reason)" }
}
