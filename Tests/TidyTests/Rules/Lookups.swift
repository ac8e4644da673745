import Testing

/// Players and nodes are looked up in the fleet's own file, and change by their verbs.
///
/// A machine whose fields others write has no state of its own: which combinations are legal would
/// be written nowhere.
func lookups(in file: SourceFile) -> [Finding] {
    guard file.path.hasPrefix("Sources/Control/"), file.path != "Sources/Control/Fleet/Fleet.swift"
    else { return [] }
    let isFleet = file.path.hasPrefix("Sources/Control/Fleet/Fleet")
    return file.code.enumerated().flatMap { index, line in
        let lookup = ["players[", "nodes["].first { line.contains($0) }
        let isWritten = isFleet && line.contains(#/(\$0|\bplayer|\bnode)\.[\w.]+ = /#)
        let messages = [
            lookup.map { "\"\($0)\" is written in Fleet.swift alone: use its doors" },
            isWritten ? "a player or a node is changed by a verb of its own" : nil,
        ]
        return messages.compactMap(\.self).map {
            Finding(path: file.path, line: index + 1, message: $0)
        }
    }
}

@Suite("Players and nodes")
struct LookupTests {
    @Test(
        "are looked up in one file, and change by verbs",
        arguments: [
            ("Sources/Control/Fleet/Fleet.swift", "players[guild] = player", 0),
            ("Sources/Control/Fleet/Fleet+A.swift", "players[guild]?.volume", 1),
            ("Sources/Control/Node/A.swift", "nodes[0]", 1),
            ("Sources/Control/Fleet/Fleet+A.swift", "change(id) { $0.wish = .active }", 1),
            ("Sources/Control/Fleet/Fleet+A.swift", "player.sync.unsent = []", 1),
            ("Sources/Control/Fleet/Fleet+A.swift", "$0.sync.node == id", 0),
            ("Sources/Control/Player/Player.swift", "player.volume = 1", 0),
            ("Sources/Service/A.swift", "nodes[0]", 0),
        ]
    )
    func finds(path: String, text: String, count: Int) {
        #expect(lookups(in: SourceFile(path: path, text: text)).count == count)
    }

    @Test("are so everywhere")
    func holds() { expectNone(Repository.swiftFiles.flatMap { lookups(in: $0) }) }
}
