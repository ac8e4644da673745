@testable import Control
import Testing

@Suite("A table of nodes")
struct NodeTableTests {
    private static func node(_ name: NodeName, address: String = "") -> Node {
        let link = NodeLink(options: Options(), limits: .standard, session: nil, seed: 1)
        return Node(
            NodeSettings(name: name, address: address),
            NodeSession(link, grace: .seconds(1), .standard),
            .standard
        )
    }

    @Test("keeps every id for its name, whatever is added or removed", arguments: UInt64(0)..<100)
    func ids(seed: UInt64) {
        var trial = Trial(seed: seed)
        var table = NodeTable()
        var ids: [NodeName: NodeID] = [:]
        /// The nodes that are there, in the order in which they were added.
        var there: [(name: NodeName, address: String)] = []
        trial.run(200) { trial in
            let name = NodeName("n\(trial.roll(0...12))")
            switch trial.roll(0...9) {
            case 0...3:
                let address = "host-\(trial.step)"
                table.add(Self.node(name, address: address))
                if let index = there.firstIndex(where: { $0.name == name }) {
                    there[index].address = address
                } else {
                    there.append((name, address))
                }
            case 4...6:
                guard let id = ids[name] else { return }
                let removed = table.remove(id)
                let isThere = there.contains { $0.name == name }
                trial.check((removed?.name == name) == isThere, "another node is removed")
                there.removeAll { $0.name == name }
            case 7: ids[name] = ids[name] ?? table.id(naming: name)
            default:
                guard let id = ids[name] else { return }
                let changed = table.update(id) { $0.name }
                let isThere = there.contains { $0.name == name }
                trial.check(changed == (isThere ? name : nil), "another node changes")
            }
            for (name, id) in ids {
                trial.check(table.id(of: name) == id, "\(name) has another id")
                trial.check(table.name(of: id) == name, "\(name) has another name")
                let address = there.first { $0.name == name }?.address
                trial.check(table[id]?.settings.address == address, "\(name) is another node")
            }
            for name in there.map(\.name) where ids[name] == nil { ids[name] = table.id(of: name) }
            trial.check(Set(ids.values).count == ids.count, "an id is given twice")
            trial.check(table.map(\.name) == there.map(\.name), "the nodes are others")
            trial.check(table.all == there.compactMap { ids[$0.name] }, "the ids are others")
            trial.check(table.count == there.count, "the count is another one")
            let first = table.id { $0.settings.address.hasSuffix("7") }
            let expected = there.first { $0.address.hasSuffix("7") }.flatMap { ids[$0.name] }
            trial.check(first == expected, "another node is found")
        }
        trial.expectSuccess()
    }

    @Test("has another revision after each change of a node, and after nothing else")
    func revision() {
        var table = NodeTable()
        var revisions: Set<UInt64> = [table.revision]
        func isNew() -> Bool { revisions.insert(table.revision).inserted }
        let id = table.id(naming: NodeName("one"))
        #expect(!isNew())
        table.add(Self.node(NodeName("one")))
        #expect(isNew())
        table.add(Self.node(NodeName("one"), address: "elsewhere"))
        #expect(isNew())
        table.update(id) { $0.occupancy.players += 1 }
        #expect(isNew())
        _ = table.look(at: id) { $0.occupancy.players }
        #expect(!isNew())
        table.remove(id)
        #expect(isNew())
        table.remove(id)
        table.update(id) { $0.occupancy.players += 1 }
        #expect(!isNew())
        table.add(Self.node(NodeName("one")))
        #expect(isNew())
    }
}
