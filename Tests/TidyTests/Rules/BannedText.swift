import Testing

/// Text that code may not contain, and what to write in its place.
struct Ban: Sendable {
    let text: String
    let instead: String
    /// Whether it holds for tests as well.
    var inTests = true
    /// Files in which it may stand.
    var exempt: [String] = []
}

let bans: [Ban] = [
    Ban(text: "@unchecked Sendable", instead: "a value, or a @Loop final class"),
    Ban(text: "nonisolated(unsafe)", instead: "state on the loop, or a Mutex"),
    Ban(text: "Task.detached", instead: "Task.immediate on the loop"),
    Ban(
        text: "unsafeBitCast",
        instead: "Loop.assumeIsolated",
        exempt: ["Sources/Runtime/Loop.swift"]
    ),
    Ban(
        text: "print(",
        instead: "Log, or StandardOutput in a command",
        inTests: false,
        // The echo server for measuring has no log.
        exempt: ["Sources/EchoServer/Echo.swift", "Sources/EchoServer/main.swift"]
    ),
    Ban(text: "try!", instead: "try, or a precondition that says why"),
    Ban(text: "fatalError(", instead: "preconditionFailure with a reason, or a thrown error"),
    Ban(text: "import Foundation", instead: "FoundationEssentials, if it must be", inTests: false),
    Ban(text: "Date(", instead: "an Instant as an argument, or Timestamp", inTests: false),
    Ban(text: "Task.sleep", instead: "a deadline on the loop; in tests, wait for what happens"),
    Ban(text: "sleep(", instead: "a deadline on the loop; in tests, wait for what happens"),
    Ban(text: "usleep(", instead: "a deadline on the loop; in tests, wait for what happens"),
    Ban(text: "nanosleep(", instead: "a deadline on the loop; in tests, wait for what happens"),
]

/// Every place where a ban is broken in code; comments and strings may name what is banned.
func bannedText(in file: SourceFile, _ bans: [Ban] = bans) -> [Finding] {
    let bans = bans.filter { ban in
        (ban.inTests || !file.isTest) && !ban.exempt.contains(file.path)
    }
    return file.code.enumerated().flatMap { index, line in
        bans.filter { contains(line, word: $0.text) }.map { ban in
            Finding(
                path: file.path,
                line: index + 1,
                message: "\"\(ban.text)\" is banned: use \(ban.instead)"
            )
        }
    }
}

/// Marks of work that was left, in comments too.
func unfinishedMarks(in file: SourceFile) -> [Finding] {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    return file.lines.enumerated().flatMap { index, line in
        marks.filter { contains(line, word: $0) }.map { mark in
            Finding(path: file.path, line: index + 1, message: "\(mark): do it, or file an issue")
        }
    }
}

/// Whether a line has the text, and not as a part of a longer word.
private func contains(_ line: String, word: String) -> Bool {
    var rest = line[...]
    while let found = rest.firstRange(of: word) {
        let before =
            found.lowerBound == line.startIndex ? " " : line[line.index(before: found.lowerBound)]
        let after = found.upperBound == line.endIndex ? " " : line[found.upperBound]
        let endsInWord = word.last?.isLetter == true
        if !isWord(before), !(endsInWord && isWord(after)) { return true }
        rest = line[found.upperBound...]
    }
    return false
}

private func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
}

@Suite("Banned text")
struct BannedTextTests {
    @Test(
        "is found in code alone, and as a word",
        arguments: [
            ("final class A: @unchecked Sendable {}", 1), ("// @unchecked Sendable", 0),
            ("let text = \"try!\"", 0), ("print(1)", 1), ("fingerprint(1)", 0),
            ("HTTPDate(1)", 0), ("Date()", 1), ("import Foundation", 1),
            ("import FoundationEssentials", 0), ("try await Task.sleep(for: x)", 1),
            ("usleep(1)", 1), ("Task.detached {}", 1), ("unsafeBitCast(a, to: B.self)", 1),
        ]
    )
    func finds(text: String, count: Int) {
        let found = bannedText(in: SourceFile(path: "Sources/A/B.swift", text: text))
        #expect((found.isEmpty ? 0 : 1) == count, "\(found)")
    }

    @Test("names what to write in its place")
    func saysWhatInstead() {
        let file = SourceFile(path: "Sources/A/B.swift", text: "\n  Task.detached {}")
        let line =
            "Sources/A/B.swift:2: "
            + "\"Task.detached\" is banned: use Task.immediate on the loop"
        #expect(bannedText(in: file).map(\.description) == [line])
    }

    @Test("leaves exempt files and tests alone where it says so")
    func exempts() {
        let loop = SourceFile(path: "Sources/Runtime/Loop.swift", text: "unsafeBitCast(a)")
        let oracle = SourceFile(path: "Tests/A/B.swift", text: "import Foundation")
        #expect(bannedText(in: loop).isEmpty && bannedText(in: oracle).isEmpty)
    }

    @Test("includes marks of unfinished work in comments")
    func findsMarks() {
        let file = SourceFile(path: "Sources/A/B.swift", text: "// TO" + "DO: later")
        #expect(unfinishedMarks(in: file).count == 1)
    }

    @Test("is nowhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { bannedText(in: $0) })
        expectNone(Repository.swiftFiles.flatMap { unfinishedMarks(in: $0) })
    }
}
