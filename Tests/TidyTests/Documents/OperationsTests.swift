import Service
import Testing

/// The settable members of every struct of limits, as `File.member`: what can grow, or wait.
///
/// Those are the structs whose name ends in `Limits`, and the listener's options and deadlines.
func limitNames(in file: SourceFile) -> [String] {
    let prefix = file.name.split(separator: "+").first.map(String.init) ?? file.name
    var names: [String] = []
    var depth = 0
    var limitsBegin: Int?
    for line in file.code {
        let words = line.split { " :{".contains($0) }
        if limitsBegin == nil, declaresLimits(words) { limitsBegin = depth }
        if let limitsBegin, depth > limitsBegin, words.starts(with: ["package", "var"]),
            words.count > 2, isBound(line)
        {
            names.append("\(prefix).\(words[2])")
        }
        depth += line.count { $0 == "{" } - line.count { $0 == "}" }
        if let begin = limitsBegin, depth <= begin { limitsBegin = nil }
    }
    return names
}

private func declaresLimits(_ words: [Substring]) -> Bool {
    guard let keyword = words.firstIndex(of: "struct"), keyword + 1 < words.count else {
        return false
    }
    return words[keyword + 1].hasSuffix("Limits") || words[keyword + 1] == "ListenerOptions"
}

/// Not one that is computed, and not one that only holds other limits.
private func isBound(_ line: String) -> Bool {
    !line.contains("{") && !line.contains("()") && !line.contains(".standard")
}

@Suite("docs/operations.md")
struct OperationsTests {
    private let text = Repository.text(of: "docs/operations.md")

    @Test("has a section for every type of problem", arguments: ProblemKind.allCases)
    func problems(kind: ProblemKind) {
        let isThere = text.contains("\n### \(kind.rawValue)\n")
        #expect(isThere, "add \"### \(kind.rawValue)\" to docs/operations.md")
    }

    @Test("has no section for a problem that there is not")
    func noOther() {
        let known = Set(ProblemKind.allCases.map(\.rawValue))
        let named = text.ranges(of: "\n### ").map { range in
            String(text[range.upperBound...].prefix { $0 != "\n" })
        }
        #expect(Set(named).subtracting(known) == [])
    }

    @Test("names every limit")
    func limits() {
        let names = Repository.swiftFiles.filter { $0.path.hasPrefix("Sources/") }
            .flatMap { limitNames(in: $0) }
        #expect(names.count > 60)
        let missing = names.filter { !text.contains("| `\($0)` |") }
        #expect(missing == [], "scripts/update-docs.py writes the table")
    }

    @Test("names every metric", arguments: MetricCatalog.all.map(\.name))
    func metrics(name: String) {
        let isThere = text.contains("| `\(name)` |")
        #expect(isThere, "scripts/update-docs.py writes the table")
    }

    @Test("is checked by names that are read as they are written")
    func reads() {
        let file = SourceFile(
            path: "Sources/A/Thing.swift",
            text: """
                package struct Thing {
                    package struct Limits {
                        /// A comment: package var no = 1
                        package var bytes = 8
                        package var pages: Int?
                        package var inner = OtherLimits.standard
                        package var all: Int { 8 }
                        package init() {}
                    }
                    package var other = 1
                }
                """
        )
        #expect(limitNames(in: file) == ["Thing.bytes", "Thing.pages"])
    }
}
