import Testing

/// Lines of more than 100 characters; the formatter leaves long comments alone.
///
/// A string literal may reach further, since it cannot be broken without hiding what it says.
func tooLongLines(in file: SourceFile) -> [Finding] {
    file.lines.enumerated().compactMap { index, line in
        guard line.utf8.count > 100, line.count > 100, !endsInString(file, index) else {
            return nil
        }
        return Finding(path: file.path, line: index + 1, message: "\(line.count) columns of 100")
    }
}

/// Whether all that is beyond column 100 belongs to a string literal, but for its punctuation.
private func endsInString(_ file: SourceFile, _ index: Int) -> Bool {
    guard !file.hasComment(at: index) else { return false }
    let beyond = file.code[index].utf8.dropFirst(100)
    return beyond.allSatisfy { " ,)".utf8.contains($0) }
}

@Suite("The length of lines")
struct LineLengthTests {
    @Test("is counted in characters", arguments: [("a", 100, 0), ("a", 101, 1), ("é", 100, 0)])
    func counts(character: String, count: Int, findings: Int) {
        let text = String(repeating: character, count: count) + "\n"
        #expect(
            tooLongLines(in: SourceFile(path: "Sources/A/B.swift", text: text)).count == findings
        )
    }

    @Test(
        "lets a string literal reach further, and no comment",
        arguments: [("let a = \"", "\"", 0), ("// ", "", 1), ("let a = [\"b\"]  // ", "", 1)]
    )
    func leavesStrings(before: String, after: String, findings: Int) {
        let text = before + String(repeating: "a", count: 100) + after
        #expect(tooLongLines(in: SourceFile(path: "Tests/A/B.swift", text: text)).count == findings)
    }

    @Test("is at most 100 everywhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { tooLongLines(in: $0) })
    }
}
