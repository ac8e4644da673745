import Service
import Testing

/// The text between two marks; nil when one of them is missing.
func section(of text: String, from start: String, to end: String) -> String? {
    guard let first = text.firstRange(of: start),
        let last = text[first.upperBound...].firstRange(of: end)
    else { return nil }
    return String(text[first.upperBound..<last.lowerBound])
}

/// The files that Markdown's links name, without addresses elsewhere and anchors.
func relativeLinks(in text: String) -> [String] {
    text.ranges(of: "](").compactMap { range in
        let target = text[range.upperBound...].prefix { $0 != ")" && $0 != "#" && $0 != "\n" }
        return target.isEmpty || target.contains(":") ? nil : String(target)
    }
}

@Suite("README.md")
struct ReadmeTests {
    private let readme = Repository.text(of: "README.md")

    @Test("holds the table of settings as the program prints it")
    func settings() {
        let table = section(of: readme, from: "<!-- settings -->\n", to: "<!-- /settings -->")
        let isCurrent = table == SettingsTable.markdown
        #expect(isCurrent, "scripts/update-docs.py writes the table")
    }

    @Test(
        "holds the examples that are run by tests, word for word",
        arguments: [("examples/quickstart.sh", "sh"), ("examples/bot.py", "python")]
    )
    func examples(path: String, language: String) {
        let block = "```\(language)\n\(Repository.text(of: path))```\n"
        let isThere = readme.contains(block)
        #expect(isThere, "scripts/update-docs.py copies \(path)")
    }

    @Test("names the two commands")
    func commands() {
        #expect(readme.contains("```sh\nmake run\n```") && readme.contains("```sh\nmake test\n```"))
    }

    @Test(
        "points at files that exist, as every document does",
        arguments: Repository.files.filter { $0.hasSuffix(".md") }
    )
    func links(path: String) {
        let folder = path.split(separator: "/").dropLast().map { "\($0)/" }.joined()
        for target in relativeLinks(in: Repository.text(of: path)) {
            #expect(Repository.exists(folder + target), "\(path): \(target) does not exist")
        }
    }
}

@Suite("CHANGELOG.md")
struct ChangelogTests {
    @Test("has a section for what is not released, with the kind of each change")
    func unreleased() throws {
        let text = Repository.text(of: "CHANGELOG.md") + "\n## "
        let changes = try #require(section(of: text, from: "## Unreleased\n", to: "\n## "))
        let kinds = ["CHANGE", "FEATURE", "ENHANCEMENT", "BUGFIX", "SECURITY"].map { "* [\($0)] " }
        for line in changes.split(separator: "\n") where line.hasPrefix("*") {
            #expect(kinds.contains { line.hasPrefix($0) }, "\(line)")
        }
    }
}
