/// Entries by rising rank, in blocks: what a change moves in memory is one block, whatever the
/// length of the whole.
struct EntryBlocks: Sendable {
    /// Entries in one block.
    static let blockEntries = 128
    /// More entries than this have an index of their ids, which goes when there are only half as
    /// many; fewer are searched from the beginning.
    static let unindexedEntries = 256

    /// None is empty, and two neighbours fill more than half a block together.
    private var blocks: [[RankedEntry]] = []
    /// The rank of each entry, while there are many.
    private var ranks: [EntryID: Int64]?
    private(set) var count = 0

    /// The rows must be by rising rank.
    init(_ rows: [RankedEntry] = []) { insert(rows, at: 0) }

    var all: some BidirectionalCollection<RankedEntry> { blocks.joined() }
    var first: RankedEntry? { blocks.first?.first }

    /// Where an entry lies.
    struct Position: Equatable {
        fileprivate var block: Int
        fileprivate var offset: Int
    }

    subscript(position: Position) -> RankedEntry { blocks[position.block][position.offset] }
    subscript(index: Int) -> RankedEntry { self[position(at: index)] }

    /// Reads no more than the rank: a whole entry is dear to copy.
    func entryRank(at position: Position) -> EntryRank {
        blocks[position.block][position.offset].entryRank
    }

    // MARK: Finding

    func position(at index: Int) -> Position {
        precondition((0..<count).contains(index), "no entry stands there")
        var block = index < count / 2 ? 0 : blocks.count - 1
        var start = block == 0 ? 0 : count - blocks[block].count
        while index < start {
            block -= 1
            start -= blocks[block].count
        }
        while index >= start + blocks[block].count {
            start += blocks[block].count
            block += 1
        }
        return Position(block: block, offset: index - start)
    }

    func position(of id: EntryID) -> Position? {
        if let ranks {
            guard let rank = ranks[id] else { return nil }
            let wanted = EntryRank(entry: id, rank: rank)
            return position { !$0.isBefore(wanted) }
        }
        for block in blocks.indices {
            for offset in blocks[block].indices where blocks[block][offset].entry.id == id {
                return Position(block: block, offset: offset)
            }
        }
        return nil
    }

    /// The first for which a condition holds that holds for all behind it too.
    func position(where holds: (EntryRank) -> Bool) -> Position? {
        let block = Self.partition(blocks.count) {
            holds(blocks[$0][blocks[$0].count - 1].entryRank)
        }
        guard block < blocks.count else { return nil }
        let offset = Self.partition(blocks[block].count) { holds(blocks[block][$0].entryRank) }
        return Position(block: block, offset: offset)
    }

    private static func partition(_ count: Int, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    func index(of position: Position) -> Int {
        blocks[..<position.block].reduce(position.offset) { $0 + $1.count }
    }

    /// All of them in one array.
    var array: [RankedEntry] {
        var array: [RankedEntry] = []
        array.reserveCapacity(count)
        for block in blocks { array += block }
        return array
    }

    /// At most `limit` entries, from the one at a position on.
    func entries(from position: Position, limit: Int) -> [RankedEntry] {
        var found: [RankedEntry] = []
        var offset = position.offset
        for block in blocks[position.block...] where found.count < limit {
            found += block[offset...].prefix(limit - found.count)
            offset = 0
        }
        return found
    }

    // MARK: Changing

    /// Puts rows before the entry at `index`; their ranks must be right for that.
    mutating func insert(_ rows: [RankedEntry], at index: Int) {
        guard !rows.isEmpty else { return }
        let isAtEnd = index == count
        let position =
            isAtEnd
            ? Position(block: blocks.count - 1, offset: blocks.last?.count ?? 0)
            : self.position(at: index)
        count += rows.count
        addToIndex(rows)
        if blocks.isEmpty {
            blocks = Self.blocks(of: rows)
        } else if blocks[position.block].count + rows.count <= Self.blockEntries {
            blocks[position.block].insert(contentsOf: rows, at: position.offset)
        } else if isAtEnd {
            blocks += Self.blocks(of: rows)
        } else {
            var all = blocks[position.block]
            all.insert(contentsOf: rows, at: position.offset)
            blocks.replaceSubrange(position.block...position.block, with: Self.blocks(of: all))
        }
    }

    /// As few blocks as will do, all of about the same size.
    private static func blocks(of rows: [RankedEntry]) -> [[RankedEntry]] {
        let number = (rows.count + blockEntries - 1) / blockEntries
        guard number > 1 else { return [rows] }
        return (0..<number).map {
            Array(rows[rows.count * $0 / number..<rows.count * ($0 + 1) / number])
        }
    }

    mutating func remove(at position: Position) -> RankedEntry {
        let row = blocks[position.block].remove(at: position.offset)
        count -= 1
        if count <= Self.unindexedEntries / 2 { ranks = nil } else { ranks?[row.entry.id] = nil }
        if blocks[position.block].isEmpty {
            blocks.remove(at: position.block)
        } else {
            join(position.block)
            join(position.block - 1)
        }
        return row
    }

    /// Makes one of a block and the next one if they are short.
    private mutating func join(_ block: Int) {
        guard block >= 0, block + 1 < blocks.count,
            blocks[block].count + blocks[block + 1].count <= Self.blockEntries / 2
        else { return }
        blocks[block] += blocks[block + 1]
        blocks.remove(at: block + 1)
    }

    /// Gives the entries from `indices.lowerBound` on new ranks, which must keep their order.
    ///
    /// - Returns: those that have another rank than before.
    mutating func setRanks(
        _ indices: Range<Int>,
        from first: Int64,
        step: Int64
    ) -> [EntryRank] {
        guard !indices.isEmpty else { return [] }
        var changed: [EntryRank] = []
        var position = self.position(at: indices.lowerBound)
        for number in 0..<indices.count {
            if position.offset == blocks[position.block].count {
                position = Position(block: position.block + 1, offset: 0)
            }
            let rank = first + Int64(number) * step
            if blocks[position.block][position.offset].rank != rank {
                blocks[position.block][position.offset].rank = rank
                let new = blocks[position.block][position.offset].entryRank
                ranks?[new.entry] = rank
                changed.append(new)
            }
            position.offset += 1
        }
        return changed
    }

    private mutating func addToIndex(_ rows: [RankedEntry]) {
        if ranks == nil, count > Self.unindexedEntries {
            var index = [EntryID: Int64](minimumCapacity: count)
            for row in all { index[row.entry.id] = row.rank }
            ranks = index
        }
        for row in rows { ranks?[row.entry.id] = row.rank }
    }

    // MARK: What must hold

    /// What can be checked at every change: no sum is wrong.
    var isCounted: Bool {
        blocks.reduce(0) { $0 + $1.count } == count && (ranks?.count ?? count) == count
    }

    var invariant: Bool {
        let neighbours = zip(blocks, blocks.dropFirst())
        let isIndexed = ranks != nil
        return isCounted
            && blocks.allSatisfy { (1...Self.blockEntries).contains($0.count) }
            && neighbours.allSatisfy { $0.count + $1.count > Self.blockEntries / 2 }
            && zip(all, all.dropFirst()).allSatisfy { $0.entryRank.isBefore($1.entryRank) }
            && Set(all.map(\.entry.id)).count == count
            && (isIndexed ? count > Self.unindexedEntries / 2 : count <= Self.unindexedEntries)
            && all.allSatisfy { isIndexed ? ranks?[$0.entry.id] == $0.rank : true }
    }
}
