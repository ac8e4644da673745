/// One node of a fleet, for as long as the fleet lives: never given to another node.
package struct NodeID: Hashable, Comparable, Sendable {
    fileprivate let index: Int

    package static func < (left: NodeID, right: NodeID) -> Bool { left.index < right.index }
}

/// The nodes of a fleet, and the names that players were saved with.
///
/// A node is addressed by its id, which stays the same when another node is removed. A name without
/// a node has an id too: a player may be on a node that is not configured any more.
package struct NodeTable: Sendable {
    private var rows: ContiguousArray<Node> = []
    /// The ids of the nodes, in the same order.
    package private(set) var all: [NodeID] = []
    private var names: [NodeName] = []
    private var ids: [NodeName: NodeID] = [:]
    /// Where the node of an id lies.
    private var indices: [Int?] = []
    /// Another number after each change of a node: while it is the same, all that nodes have is the
    /// same, and only what follows from the time may differ.
    package private(set) var revision: UInt64 = 0

    package init() {}

    package func name(of id: NodeID) -> NodeName { names[id.index] }

    /// The id that a name has, or had.
    package func id(of name: NodeName) -> NodeID? { ids[name] }

    /// The first node for which a condition holds.
    package func id(where holds: (Node) -> Bool) -> NodeID? {
        rows.firstIndex(where: holds).map { all[$0] }
    }

    /// The id of a name; one that is new gets a new id.
    package mutating func id(naming name: NodeName) -> NodeID {
        if let id = ids[name] { return id }
        let id = NodeID(index: names.count)
        names.append(name)
        indices.append(nil)
        ids[name] = id
        return id
    }

    /// Adds a node, or puts it instead of the one with its name.
    package mutating func add(_ node: Node) {
        revision += 1
        let id = id(naming: node.name)
        if let index = indices[id.index] {
            rows[index] = node
        } else {
            indices[id.index] = rows.count
            rows.append(node)
            all.append(id)
        }
    }

    @discardableResult
    package mutating func remove(_ id: NodeID) -> Node? {
        guard let index = indices[id.index] else { return nil }
        revision += 1
        indices[id.index] = nil
        all.remove(at: index)
        for (index, id) in all.enumerated() { indices[id.index] = index }
        return rows.remove(at: index)
    }

    package subscript(_ id: NodeID) -> Node? { indices[id.index].map { rows[$0] } }

    /// Asks something of a node where it lies; nil when there is no such node.
    package func look<Result>(
        at id: NodeID,
        _ question: (borrowing Node) -> Result
    ) -> Result? {
        guard let index = indices[id.index] else { return nil }
        return question(rows[index])
    }

    /// The first moment at which something happens by itself on one of them.
    var nextDeadline: Instant? {
        var earliest: Instant?
        for id in all {
            guard let moment = look(at: id, { $0.nextDeadline }).flatMap(\.self) else { continue }
            if earliest.map({ moment < $0 }) ?? true { earliest = moment }
        }
        return earliest
    }

    /// Changes a node where it lies; nil when there is no such node.
    package mutating func update<Result>(
        _ id: NodeID,
        _ body: (inout Node) -> Result
    ) -> Result? {
        guard let index = indices[id.index] else { return nil }
        revision += 1
        return body(&rows[index])
    }
}

extension NodeTable: Sequence {
    package func makeIterator() -> some IteratorProtocol<Node> { rows.makeIterator() }

    package var count: Int { rows.count }
    package var isEmpty: Bool { rows.isEmpty }
}
