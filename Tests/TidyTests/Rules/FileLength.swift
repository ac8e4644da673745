import Testing

/// Files of more than 400 lines, or 600 for tests.
func tooLong(_ file: SourceFile) -> [Finding] {
    let limit = file.isTest ? 600 : 400
    guard file.lines.count > limit else { return [] }
    let message = "\(file.lines.count) lines, \(limit) are allowed: one idea for each file"
    return [Finding(path: file.path, line: 0, message: message)]
}

@Suite("The length of files")
struct FileLengthTests {
    @Test(
        "is limited to 400 lines, and to 600 for tests",
        arguments: [
            ("Sources/A/B.swift", 400, 0), ("Sources/A/B.swift", 401, 1),
            ("Tests/A/B.swift", 600, 0), ("Tests/A/B.swift", 601, 1),
        ]
    )
    func counts(path: String, lines: Int, findings: Int) {
        let file = SourceFile(path: path, text: String(repeating: "a\n", count: lines))
        #expect(tooLong(file).count == findings)
    }

    @Test("is kept everywhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { tooLong($0) })
    }
}
