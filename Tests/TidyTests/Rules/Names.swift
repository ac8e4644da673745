import Testing

/// Types and files whose names say nothing.
func emptyNames(in file: SourceFile) -> [Finding] {
    var findings: [Finding] = []
    if let ending = emptyEnding(of: file.name) {
        findings.append(Finding(path: file.path, line: 0, message: says(file.name, ending)))
    }
    for (index, line) in file.code.enumerated() {
        for name in declaredTypes(line) {
            guard let ending = emptyEnding(of: name) else { continue }
            let message = says(name, ending)
            findings.append(Finding(path: file.path, line: index + 1, message: message))
        }
    }
    return findings
}

private func says(_ name: String, _ ending: String) -> String {
    "\(name): \"\(ending)\" says nothing, name it by what it is or does"
}

private func emptyEnding(of name: String) -> String? {
    ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl"].first { name.hasSuffix($0) }
}

private func declaredTypes(_ line: String) -> [String] {
    let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return zip(words, words.dropFirst()).compactMap { keyword, name in
        let declares = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        return declares.contains(String(keyword)) ? String(name) : nil
    }
}

@Suite("The names of types")
struct NamesTests {
    @Test(
        "say what the type is",
        arguments: [
            ("final class NodeManager {", 1), ("struct Managers {}", 0), ("enum Utils {}", 1),
            ("let manager = FileManager.default", 0), ("actor PlayerImpl {", 1),
        ]
    )
    func finds(text: String, count: Int) {
        #expect(emptyNames(in: SourceFile(path: "Sources/A/B.swift", text: text)).count == count)
    }

    @Test("hold for files as well")
    func findsFiles() {
        let file = SourceFile(path: "Sources/A/StringUtils.swift", text: "")
        #expect(emptyNames(in: file).map(\.line) == [0])
    }

    @Test("are so everywhere")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { emptyNames(in: $0) })
    }
}
