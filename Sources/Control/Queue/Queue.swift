/// The entries that wait, in order, each under a rank that says where it stands.
///
/// Ranks are the order of the store. They leave gaps, so that adding or moving one entry changes
/// one row of it, or those of a few neighbours once the gap between two is used up.
package struct Queue: Sendable, Equatable {
    /// Between the ranks of neighbours at first: 32 insertions at one spot before ranks run out.
    static let gap: Int64 = 1 << 32
    /// Neighbours on either side that get new ranks first when there is no room between two; twice
    /// as many each time that they have too little room themselves.
    static let firstReach = 8
    /// What each of so many neighbours must get between its rank and the next for that to be
    /// enough, for each of them: the more are written, the longer it lasts.
    static let roomForEach: UInt64 = 1024

    private var rows: EntryBlocks
    /// Milliseconds of all entries whose length is known.
    package private(set) var duration: Int64 = 0
    /// What the entries hold, as `QueueEntry.bytes` counts it.
    package private(set) var bytes = 0

    /// A queue as the store has it.
    package init(_ rows: [RankedEntry] = []) {
        let isRising = zip(rows, rows.dropFirst()).allSatisfy {
            $0.entryRank.isBefore($1.entryRank)
        }
        self.rows = EntryBlocks(
            isRising ? rows : rows.sorted { $0.entryRank.isBefore($1.entryRank) }
        )
        for row in rows { account(for: row.entry) }
        assert(self.rows.isCounted, "an id is there twice")
    }

    // MARK: Reading

    package var count: Int { rows.count }
    package var isEmpty: Bool { rows.count == 0 }
    package var first: QueueEntry? { rows.first?.entry }

    /// All entries, by rising rank.
    package var entries: some BidirectionalCollection<RankedEntry> { rows.all }

    /// The entry at an index below `count`.
    package subscript(index: Int) -> QueueEntry { rows[index].entry }

    package func entry(_ id: EntryID) -> QueueEntry? {
        rows.position(of: id).map { rows[$0].entry }
    }

    package func index(of id: EntryID) -> Int? {
        rows.position(of: id).map { rows.index(of: $0) }
    }

    /// At most `limit` entries behind the given one, or from the first on.
    ///
    /// An entry that is gone leaves its rank, behind which it goes on.
    package func entries(after last: EntryRank? = nil, limit: Int) -> [RankedEntry] {
        let current =
            last.flatMap { rows.position(of: $0.entry) }
            .map { rows.entryRank(at: $0) }
        let start = rows.position { row in (current ?? last)?.isBefore(row) ?? true }
        return start.map { rows.entries(from: $0, limit: limit) } ?? []
    }

    package static func == (left: Queue, right: Queue) -> Bool {
        left.count == right.count && left.entries.elementsEqual(right.entries)
    }

    // MARK: Changing

    /// What an insertion has the store write.
    package struct Insertion: Sendable, Equatable {
        /// The new entries.
        package var rows: [RankedEntry] = []
        /// The new ranks of entries that made room for them.
        package var ranks: [EntryRank] = []
    }

    /// Adds entries before the one at `index`, or at the end.
    package mutating func insert(_ new: [QueueEntry], at index: Int? = nil) -> Insertion {
        guard !new.isEmpty else { return Insertion() }
        let index = min(max(index ?? count, 0), count)
        let room = makeRoom(for: new.count, at: index)
        let rows = new.enumerated().map { number, entry in
            RankedEntry(rank: room.first + Int64(number) * room.step, entry: entry)
        }
        add(rows, at: index)
        return Insertion(rows: rows, ranks: room.made)
    }

    /// Takes the first entry.
    package mutating func next() -> QueueEntry? { isEmpty ? nil : take(rows.position(at: 0)) }

    /// Takes an entry from wherever it stands; nil when there is none of this id.
    @discardableResult
    package mutating func remove(_ id: EntryID) -> QueueEntry? {
        rows.position(of: id).map { take($0) }
    }

    /// Takes those of the entries that are there.
    @discardableResult
    package mutating func remove(_ ids: [EntryID]) -> [QueueEntry] { ids.compactMap { remove($0) } }

    package mutating func removeAll() { self = Queue() }

    /// Moves an entry to where it stands at `index` afterwards, or at the end.
    ///
    /// - Returns: every new rank; nil when there is no such entry.
    package mutating func move(_ id: EntryID, to index: Int) -> [EntryRank]? {
        guard let from = rows.position(of: id) else { return nil }
        let index = min(max(index, 0), count - 1)
        guard rows.index(of: from) != index else { return [] }
        let entry = take(from)
        let room = makeRoom(for: 1, at: index)
        add([RankedEntry(rank: room.first, entry: entry)], at: index)
        return room.made + [EntryRank(entry: id, rank: room.first)]
    }

    /// Puts the entries into this order.
    ///
    /// - Returns: every new rank; nil when `ids` has not every id of the queue once.
    package mutating func replaceOrder(_ ids: [EntryID]) -> [EntryRank]? {
        guard ids.count == count else { return nil }
        let old = rows.array
        var indices = [EntryID: Int](minimumCapacity: count)
        for index in old.indices { indices[old[index].entry.id] = index }
        var ordered: [RankedEntry] = []
        ordered.reserveCapacity(count)
        for id in ids {
            guard let index = indices.removeValue(forKey: id) else { return nil }
            ordered.append(old[index])
        }
        // The ranks that are there will do, unless a file has the same one twice.
        let willDo = old.indices.dropFirst().allSatisfy { old[$0 - 1].rank < old[$0].rank }
        var changed: [EntryRank] = []
        for index in ordered.indices {
            let rank = willDo ? old[index].rank : Int64(index + 1) * Self.gap
            guard ordered[index].rank != rank else { continue }
            ordered[index].rank = rank
            changed.append(ordered[index].entryRank)
        }
        rows = EntryBlocks(ordered)
        return changed
    }

    private mutating func add(_ new: [RankedEntry], at index: Int) {
        rows.insert(new, at: index)
        for row in new { account(for: row.entry) }
        assert(rows.isCounted, "an id is there twice")
    }

    private mutating func take(_ position: EntryBlocks.Position) -> QueueEntry {
        let entry = rows.remove(at: position).entry
        account(for: entry, times: -1)
        assert(rows.isCounted)
        return entry
    }

    private mutating func account(for entry: QueueEntry, times: Int = 1) {
        duration += Int64(times) * entry.countedLength
        bytes += times * entry.bytes
    }

    // MARK: Limits

    /// A limit that a queue would exceed.
    package enum Limit: Sendable, Equatable {
        case entries(Int)
        case bytes(Int)
    }

    /// The limit that the queue would exceed with these entries too.
    package func limit(of limits: Limits, exceededByAdding new: [QueueEntry]) -> Limit? {
        if count + new.count > limits.queueEntries { return .entries(limits.queueEntries) }
        let sum = new.reduce(bytes) { $0 + $1.bytes }
        return sum > limits.queueBytes ? .bytes(limits.queueBytes) : nil
    }

    // MARK: Ranks

    /// Ranks for new entries: `first`, and each of the others `step` behind the one before.
    private struct Room {
        var first: Int64
        var step = Queue.gap
        /// The new ranks of others.
        var made: [EntryRank] = []
    }

    /// Finds ranks for new entries before the one at `index`.
    private mutating func makeRoom(for number: Int, at index: Int) -> Room {
        if let room = room(for: number, in: index..<index, needing: 1) { return room }
        var reach = Self.firstReach
        while true {
            let near = max(index - reach, 0)..<min(index + reach, count)
            let everyone = near.count + number
            let needed = Self.roomForEach * UInt64(everyone)
            guard let room = room(for: everyone, in: near, needing: needed) else {
                reach *= 2
                continue
            }
            let start = room.first + Int64(index - near.lowerBound) * room.step
            let end = start + Int64(number) * room.step
            let made =
                rows.setRanks(near.lowerBound..<index, from: room.first, step: room.step)
                + rows.setRanks(index..<near.upperBound, from: end, step: room.step)
            return Room(first: start, step: room.step, made: made)
        }
    }

    /// Ranks for so many entries instead of those at `indices`; nil when what stands before and
    /// after them leaves less than `needed` for each.
    private func room(for number: Int, in indices: Range<Int>, needing needed: UInt64) -> Room? {
        let before = indices.lowerBound > 0 ? rank(at: indices.lowerBound - 1) : nil
        let after = indices.upperBound < count ? rank(at: indices.upperBound) : nil
        switch (before, after) {
        case (nil, nil): return Room(first: Self.gap)
        case (let before?, nil):
            return before < .max / 2 ? Room(first: before + Self.gap) : nil
        case (nil, let after?):
            return after > .min / 2 ? Room(first: after - Int64(number) * Self.gap) : nil
        case (let before?, let after?):
            // The distance of two signed numbers may be too much for a signed one.
            let step = UInt64(bitPattern: after &- before) / UInt64(number + 1)
            return step < needed
                ? nil : Room(first: before &+ Int64(step), step: Int64(step))
        }
    }

    private func rank(at index: Int) -> Int64 {
        rows.entryRank(at: rows.position(at: index)).rank
    }

    // MARK: What must hold

    /// Whether everything that is kept twice is the same both times.
    package var invariant: Bool {
        rows.invariant
            && duration == entries.reduce(0) { $0 + $1.entry.countedLength }
            && bytes == entries.reduce(0) { $0 + $1.entry.bytes }
    }
}
