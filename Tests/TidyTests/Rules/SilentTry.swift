import Testing

/// Lines with `try?` that do not say why losing the error is right.
///
/// The comment stands on the line or on the one above; a line that follows another `try?` shares
/// its comment.
func silentTries(in file: SourceFile) -> [Finding] {
    guard !file.isTest else { return [] }
    return file.code.indices.compactMap { index in
        guard losesError(file.code[index]), !hasReason(file, index) else { return nil }
        let message = "try? without a comment that says why losing the error is right"
        return Finding(path: file.path, line: index + 1, message: message)
    }
}

/// `try?` as a word; `Entry?` ends like it.
private func losesError(_ code: String) -> Bool {
    " \(code)".ranges(of: "try?").contains { range in
        let before = " \(code)"[..<range.lowerBound].last ?? " "
        return !before.isLetter && !before.isNumber && before != "_"
    }
}

private func hasReason(_ file: SourceFile, _ index: Int) -> Bool {
    if file.hasComment(at: index) { return true }
    guard index > 0 else { return false }
    if file.hasComment(at: index - 1) { return true }
    return losesError(file.code[index - 1]) && hasReason(file, index - 1)
}

@Suite("An error that is lost")
struct SilentTryTests {
    @Test(
        "needs a reason beside it",
        arguments: [
            ("let a = try? f()", 1), ("let a = try? f()  // nil: unknown", 0),
            ("// unreadable: asked again\nlet a = try? f()", 0),
            ("// both or none\nif let a = try? f(),\n    let b = try? g()", 0),
            ("let a = try? f(\"//\")", 1), ("// say try?", 0), ("let a: Entry? = nil", 0),
            ("\n\nlet a = try f()", 0),
        ]
    )
    func needsReason(text: String, count: Int) {
        #expect(silentTries(in: SourceFile(path: "Sources/A/B.swift", text: text)).count == count)
    }

    @Test("has one everywhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { silentTries(in: $0) })
    }
}
