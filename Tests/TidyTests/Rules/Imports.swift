import Testing

/// Who may import whom: the arrows of docs/architecture.md, which only point down.
let importTable: [String: Set<String>] = [
    "Wire": [],
    "Lavalink": ["Wire"],
    "Control": ["Lavalink", "Wire"],
    "Runtime": ["Wire", "CLinux", "CCurl"],
    "Storage": ["Control", "Lavalink", "Wire", "CSQLite"],
    "Service": ["Runtime", "Storage", "Control", "Lavalink", "Wire"],
    "SimulatedNode": ["Runtime", "Lavalink", "Wire"],
    "lavadeck": [
        "Service", "SimulatedNode", "Storage", "Runtime", "Control", "Lavalink", "Wire",
    ],
    "EchoServer": ["Runtime", "Wire"],
]

/// What comes with the toolchain: effects may use the system, what decides may not.
let systemModules: [String: Set<String>] = [
    "Wire": [],
    "Lavalink": [],
    "Control": [],
    "Runtime": ["Dispatch", "Glibc", "Synchronization"],
    "Storage": ["Dispatch", "Glibc", "Synchronization"],
    "Service": ["Dispatch", "Glibc", "Synchronization"],
    "SimulatedNode": ["Dispatch", "Glibc", "Synchronization"],
    "lavadeck": ["Dispatch", "Glibc", "Synchronization"],
    "EchoServer": ["Dispatch", "Glibc"],
]

/// Imports that the tables do not allow.
func forbiddenImports(in file: SourceFile) -> [Finding] {
    guard !file.isTest else { return [] }
    guard let ours = importTable[file.target], let system = systemModules[file.target] else {
        return [Finding(path: file.path, line: 0, message: "add \(file.target) to the table")]
    }
    return file.code.enumerated().compactMap { index, line in
        guard let module = importedModule(line), !ours.contains(module), !system.contains(module)
        else { return nil }
        let message = "\(file.target) may not import \(module)"
        return Finding(path: file.path, line: index + 1, message: message)
    }
}

/// The dependencies that the manifest gives to each target of ours, tests apart.
func manifestTable(_ manifest: String) -> [String: Set<String>] {
    let text = manifest.filter { !$0.isWhitespace }
    var table: [String: Set<String>] = [:]
    for call in ["module(\"", "program(\""] {
        for part in text.components(after: call) {
            let pieces = part.split(separator: "\"", maxSplits: 1)
            guard pieces.count == 2, let name = pieces.first else { continue }
            let list = pieces[1].hasPrefix(",[") ? pieces[1].prefix { $0 != "]" } : ""
            let names = list.dropFirst(2).split(separator: ",")
            table[String(name)] = Set(names.map { $0.filter { $0 != "\"" } })
        }
    }
    return table
}

private func importedModule(_ line: String) -> String? {
    let words = line.split(separator: " ")
    guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count,
        words[..<keyword].allSatisfy({ $0 == "package" || $0.hasPrefix("@") })
    else { return nil }
    return words.last?.split(separator: ".").first.map(String.init)
}

extension String {
    /// What follows each occurrence of the text.
    fileprivate func components(after text: String) -> [Substring] {
        ranges(of: text).map { self[$0.upperBound...] }
    }
}

@Suite("The imports of a target")
struct ImportsTests {
    @Test(
        "are those of the table",
        arguments: [
            ("Wire", "import Glibc", 1), ("Control", "package import Wire", 0),
            ("Control", "import Runtime", 1), ("Runtime", "import CCurl", 0),
            ("Runtime", "import Lavalink", 1), ("New", "import Wire", 1),
            ("Service", "// import Foundation", 0),
        ]
    )
    func finds(target: String, text: String, count: Int) {
        let file = SourceFile(path: "Sources/\(target)/A.swift", text: text)
        #expect(forbiddenImports(in: file).count == count)
    }

    @Test("are read from the manifest")
    func readsManifest() {
        let text = "module(\"Wire\"),\n program(\n \"tool\",\n [\"A\", \"B\"]\n ),"
        #expect(manifestTable(text) == ["Wire": [], "tool": ["A", "B"]])
    }

    @Test("are the same in the manifest and in the table")
    func agrees() {
        #expect(manifestTable(Repository.text(of: "Package.swift")) == importTable)
    }

    @Test("are so in every file")
    func holds() {
        expectNone(Repository.swiftFiles.flatMap { forbiddenImports(in: $0) })
    }
}
