import Lavalink

/// The tracks that wait, in order, each under a rank that says where it stands.
///
/// Ranks leave gaps, so that adding, inserting or taking one entry changes one row of the store.
package struct Queue: Sendable, Equatable {
    /// Between the ranks of neighbours at first: 20 insertions at one spot before ranks run out.
    static let gap: Int64 = 1 << 20

    /// A length of a year or more means that nobody knows it (`lavalink-v4.md` §9.2), and counts 0.
    private static let longestCounted: Int64 = 365 * 86_400_000

    package private(set) var ranked: [RankedEntry]
    /// Entries before this index are taken already; they leave the array now and then.
    private var head = 0
    /// Milliseconds of all entries whose length is known.
    package private(set) var duration: Int64

    package init(_ ranked: [RankedEntry] = []) {
        self.ranked = ranked
        duration = ranked.reduce(0) { $0 + Self.length(of: $1.entry) }
    }

    package var count: Int { ranked.count - head }
    package var isEmpty: Bool { count == 0 }
    package var entries: ArraySlice<RankedEntry> { ranked[head...] }
    package var first: QueueEntry? { isEmpty ? nil : ranked[head].entry }

    package static func == (left: Queue, right: Queue) -> Bool { left.entries == right.entries }

    /// Adds entries before the one at `index`, or at the end.
    ///
    /// - Returns: the rows that are new or have a new rank.
    package mutating func insert(_ new: [QueueEntry], at index: Int? = nil) -> [RankedEntry] {
        guard !new.isEmpty else { return [] }
        compact()
        duration += new.reduce(0) { $0 + Self.length(of: $1) }
        let index = min(max(index ?? count, 0), count)
        let before = index > 0 ? ranked[index - 1].rank : nil
        let after = index < count ? ranked[index].rank : nil
        guard let ranks = Self.ranks(new.count, between: before, and: after) else {
            ranked.insert(contentsOf: new.map { RankedEntry(rank: 0, entry: $0) }, at: index)
            return renumber()
        }
        let rows = zip(ranks, new).map { RankedEntry(rank: $0, entry: $1) }
        ranked.insert(contentsOf: rows, at: index)
        return rows
    }

    /// Takes the first entry.
    package mutating func next() -> QueueEntry? {
        guard !isEmpty else { return nil }
        let entry = ranked[head].entry
        duration -= Self.length(of: entry)
        head += 1
        if head > 64, head * 2 > ranked.count { compact() }
        return entry
    }

    package mutating func removeAll() {
        ranked.removeAll()
        head = 0
        duration = 0
    }

    private mutating func compact() {
        ranked.removeFirst(head)
        head = 0
    }

    private mutating func renumber() -> [RankedEntry] {
        for index in ranked.indices { ranked[index].rank = Int64(index + 1) * Self.gap }
        return ranked
    }

    /// Ranks that lie between two others; nil when there is no room.
    private static func ranks(_ count: Int, between before: Int64?, and after: Int64?) -> [Int64]? {
        switch (before, after) {
        case (nil, nil): return (1...count).map { Int64($0) * gap }
        case (let before?, nil):
            guard before < Int64.max / 2 else { return nil }
            return (1...count).map { before + Int64($0) * gap }
        case (nil, let after?):
            guard after > Int64.min / 2 else { return nil }
            return (0..<count).map { after - Int64(count - $0) * gap }
        case (let before?, let after?):
            let step = (after - before) / Int64(count + 1)
            guard step > 0 else { return nil }
            return (1...count).map { before + Int64($0) * step }
        }
    }

    private static func length(of entry: QueueEntry) -> Int64 {
        let info = entry.track.info
        return info.isStream || !(0..<longestCounted).contains(info.length) ? 0 : info.length
    }
}
