import Testing

/// Words that the code once had, and the field's own in their place (the glossary of
/// CONTRIBUTING.md).
let retiredWords: [(word: String, instead: String)] = [
    ("unheard", "orphaned"), ("zombie", "orphaned session"), ("zombies", "orphaned sessions"),
    ("reap", "delete"), ("reaped", "deleted"), ("parting", "disconnect"),
    ("farewell", "deletion"), ("farewells", "deletions"), ("letGo", "released"),
    ("givenUpAt", "failover"), ("toldAt", "lastChange"), ("untold", "unconfirmed"),
    ("untaken", "notConfirmed"), ("passingOn", "dispatchTimeout"),
    ("longestRest", "retryAfterMax"), ("partingWait", "disconnectTimeout"),
    ("TextPlace", "TextLocation"), ("nobody", "no subscriber, no client, no task"),
    ("whoever", "the caller, the reader, the owner"), ("everybody", "every subscriber"),
    ("trouble", "error, failure"),
]

/// Words that are retired as names in code only: sentences need them.
let retiredNames: [(word: String, instead: String)] = [
    ("place", "position, location, index or offset"), ("places", "positions or indices"),
    ("home", "the assigned node"), ("owed", "unconfirmed"),
    ("wish", "desired"),
    ("told", "sent"),
    ("heard", "received, or reported"),
]

func retiredWords(in file: SourceFile) -> [Finding] {
    guard file.path.hasPrefix("Sources/") else { return [] }
    let names = file.path.hasPrefix("Sources/Control/") ? retiredNames : [retiredNames[0]]
    return findings(retiredWords, in: file.lines, of: file)
        + findings(names, in: file.code.map { String($0) }, of: file)
}

private func findings(
    _ words: [(word: String, instead: String)],
    in lines: some Sequence<String>,
    of file: SourceFile
) -> [Finding] {
    lines.enumerated().flatMap { index, line in
        let found = Set(line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        return words.filter { found.contains($0.word) }.map { word, instead in
            let message = "\"\(word)\" is retired: write \(instead)"
            return Finding(path: file.path, line: index + 1, message: message)
        }
    }
}

@Suite("Retired words")
struct RetiredWordsTests {
    @Test(
        "are found as whole words",
        arguments: [
            ("Sources/A/B.swift", "/// Nobody, and nobody else.", 1),
            ("Sources/A/B.swift", "let place = 1", 1), ("Sources/A/B.swift", "// in its place", 0),
            ("Sources/A/B.swift", "let placement = replace(1)", 0),
            ("Sources/Control/B.swift", "var home: NodeName?", 1),
            ("Sources/A/B.swift", "let home = 1", 0), ("Tests/A/B.swift", "let place = 1", 0),
        ]
    )
    func finds(path: String, text: String, count: Int) {
        #expect(retiredWords(in: SourceFile(path: path, text: text)).count == count)
    }

    @Test("are nowhere")
    func holds() { expectNone(Repository.swiftFiles.flatMap { retiredWords(in: $0) }) }
}
