import Control
import Testing

@Suite("A queue")
struct QueueTests {
    private static func queue(_ count: UInt64) -> Queue {
        var queue = Queue()
        for number in 0..<count { _ = queue.insert([.sample(number)]) }
        return queue
    }

    private func ids(_ queue: Queue) -> [UInt64] { queue.entries.map(\.entry.id.rawValue) }

    @Test("writes one row for one entry at the end, however long it is")
    func appends() {
        var queue = Self.queue(1_000)
        let added = queue.insert([.sample(2_000)])
        #expect(added.rows.map(\.entry.id.rawValue) == [2_000] && added.ranks.isEmpty)
        #expect(queue.count == 1_001 && queue.invariant)
    }

    @Test(
        "takes entries anywhere",
        arguments: [(nil, 5), (0, 0), (2, 2), (5, 5), (99, 5), (-3, 0)] as [(Int?, Int)]
    )
    func inserts(index: Int?, reached: Int) {
        var queue = Self.queue(5)
        let added = queue.insert([.sample(100), .sample(101)], at: index)
        #expect(added.rows.count == 2 && added.ranks.isEmpty)
        var wanted: [UInt64] = [0, 1, 2, 3, 4]
        wanted.insert(contentsOf: [100, 101], at: reached)
        #expect(ids(queue) == wanted && queue.invariant)
    }

    /// The index of each of many insertions around one spot.
    enum Spot: CaseIterable {
        case same, behindTheLast, betweenTheLast

        func index(_ number: Int) -> Int {
            switch self {
            case .same: 2_500
            case .behindTheLast: 2_500 + number
            case .betweenTheLast: 2_500 + number / 2
            }
        }
    }

    @Test(
        "gives new ranks to a few neighbours when there is no room between two",
        arguments: Spot.allCases
    )
    func renumbers(spot: Spot) {
        var queue = Self.queue(5_000)
        var moved: [Int] = []
        for number in 0..<1_000 {
            let added = queue.insert(
                [.sample(20_000 + UInt64(number))],
                at: spot.index(number)
            )
            #expect(added.rows.count == 1)
            moved.append(added.ranks.count)
        }
        let isSound = queue.invariant
        #expect(isSound && queue.count == 6_000)
        #expect(moved.prefix(30).allSatisfy { $0 == 0 }, "there was room")
        #expect(moved.contains { $0 > 0 }, "ranks never ran out")
        #expect((moved.max() ?? 0) <= 512)
        #expect(moved.reduce(0, +) <= 5_000, "five rows for each insertion on average")
    }

    @Test("goes on with the narrow ranks of an older file")
    func oldRanks() {
        var queue = Queue(
            (0..<2_000).map {
                RankedEntry(rank: Int64($0) << 20, entry: .sample(UInt64($0)))
            }
        )
        for number in UInt64(0)..<200 {
            _ = queue.insert([.sample(5_000 + number)], at: 1_000)
        }
        let isSound = queue.invariant
        #expect(isSound)
        #expect(queue.index(of: EntryID(5_199)) == 1_000)
    }

    @Test("survives any ranks, the same one twice too, in whatever order they come")
    func strangeRanks() {
        let ranks: [Int64] = [.max, 5, 5, .min, 5, .max, .min, 6]
        var queue = Queue(
            ranks.enumerated().map {
                RankedEntry(rank: $1, entry: .sample(UInt64($0)))
            }
        )
        #expect(ids(queue) == [3, 6, 1, 2, 4, 7, 0, 5] && queue.invariant)
        for index in 0...8 {
            _ = queue.insert([.sample(UInt64(100 + index))], at: index * 2)
            #expect(queue.invariant)
        }
        #expect(
            ids(queue) == [100, 3, 101, 6, 102, 1, 103, 2, 104, 4, 105, 7, 106, 0, 107, 5, 108]
        )
        #expect(queue.replaceOrder(ids(queue).reversed().map { EntryID($0) }) != nil)
        #expect(queue.invariant)
    }

    @Test("begins new ranks from the last one after entries were taken")
    func ranksGoOn() {
        var queue = Self.queue(3)
        let last = queue.entries.last?.rank ?? 0
        _ = queue.next()
        _ = queue.next()
        let rows = queue.insert([.sample(9)]).rows
        #expect(rows.first.map { $0.rank > last } == true)
    }

    @Test("gives out its entries in order, and keeps count of them and of their length")
    func takes() {
        var queue = Self.queue(400)
        let bytes = queue.bytes
        var taken: [UInt64] = []
        while let entry = queue.next() {
            taken.append(entry.id.rawValue)
            #expect(queue.count == 400 - taken.count)
            #expect(queue.duration == Int64(queue.count) * 180_000)
            #expect(queue.invariant)
        }
        #expect(taken == Array(0..<400) && queue.isEmpty && queue.first == nil)
        #expect(bytes > 0 && queue.bytes == 0)
    }

    @Test("counts nothing for a stream, and for what is still to be loaded")
    func streams() {
        var queue = Queue()
        let stream = QueueEntry(
            id: EntryID(1),
            content: .track(.sample("s", isStream: true))
        )
        let unresolved = QueueEntry(
            id: EntryID(3),
            content: .identifier("ytsearch:x"),
            requester: "me"
        )
        _ = queue.insert([stream, .sample(2), unresolved])
        #expect(queue.duration == 180_000)
        #expect(unresolved.resolved == nil && unresolved.bytes == 12)
        #expect(stream.resolved.map { QueueEntry($0) } == stream)
    }

    @Test("comes back from its rows as it was")
    func reloads() {
        var queue = Self.queue(10)
        _ = queue.next()
        _ = queue.insert([.sample(50)], at: 3)
        #expect(Queue(Array(queue.entries)) == queue)
    }

    @Test("is empty once everything is removed")
    func removesAll() {
        var queue = Self.queue(3)
        queue.removeAll()
        let rows = queue.insert([.sample(7)]).rows
        #expect(queue.count == 1 && rows.count == 1 && queue.duration == 180_000)
    }

    @Test("finds an entry by its id and by its index", arguments: [10, 200, 1_000] as [UInt64])
    func finds(count: UInt64) {
        let queue = Self.queue(count)
        for number in stride(from: 0, to: count, by: 7) {
            #expect(queue.index(of: EntryID(number)) == Int(number))
            #expect(queue.entry(EntryID(number)) == .sample(number))
            #expect(queue[Int(number)] == .sample(number))
        }
        #expect(queue.index(of: EntryID(count)) == nil && queue.entry(EntryID(count)) == nil)
    }

    @Test("removes entries that are there, and no other")
    func removes() {
        var queue = Self.queue(5)
        #expect(queue.remove(EntryID(3)) == .sample(3))
        #expect(queue.remove(EntryID(3)) == nil)
        #expect(queue.remove([EntryID(4), EntryID(9), EntryID(0)]) == [.sample(4), .sample(0)])
        #expect(ids(queue) == [1, 2] && queue.invariant)
    }

    @Test("moves an entry to an index, and writes one rank")
    func moves() {
        var queue = Self.queue(5)
        #expect(queue.move(EntryID(0), to: 3)?.count == 1)
        #expect(ids(queue) == [1, 2, 3, 0, 4])
        #expect(queue.move(EntryID(4), to: 0)?.count == 1)
        #expect(ids(queue) == [4, 1, 2, 3, 0])
        #expect(queue.move(EntryID(1), to: 99)?.count == 1)
        #expect(ids(queue) == [4, 2, 3, 0, 1])
        #expect(queue.move(EntryID(3), to: 2) == [])
        #expect(queue.move(EntryID(77), to: 2) == nil)
        #expect(queue.invariant)
    }

    @Test("takes another order of the same entries alone, and writes the ranks that change")
    func reorders() {
        var queue = Self.queue(5)
        let before = queue
        for wrong in [[0, 1, 2, 3], [0, 1, 2, 3, 3], [0, 1, 2, 3, 9], []] as [[UInt64]] {
            #expect(queue.replaceOrder(wrong.map { EntryID($0) }) == nil)
            #expect(queue == before)
        }
        let changed = queue.replaceOrder([4, 1, 2, 3, 0].map { EntryID($0) })
        #expect(changed?.map(\.entry.rawValue) == [4, 0])
        #expect(ids(queue) == [4, 1, 2, 3, 0] && queue.invariant)
    }

    @Test("goes on behind an entry that was removed, or where it was moved to")
    func pagesAfterRemoval() {
        var queue = Self.queue(10)
        let last = queue.entries(limit: 6).last?.entryRank
        queue.remove(EntryID(5))
        #expect(queue.entries(after: last, limit: 1).first?.entry.id.rawValue == 6)
        queue.remove(EntryID(6))
        #expect(queue.entries(after: last, limit: 1).first?.entry.id.rawValue == 7)
        let next = queue.entries(after: last, limit: 2).last?.entryRank
        _ = queue.move(EntryID(8), to: 0)
        #expect(queue.entries(after: next, limit: 1).first?.entry.id.rawValue == 0)
    }

    @Test("stays compact when entries are taken from its midst and its end")
    func compact() {
        var queue = Self.queue(300)
        queue.remove((128..<228).map { EntryID($0) })
        for number in (228..<300).reversed() {
            queue.remove(EntryID(UInt64(number)))
            #expect(queue.invariant, "after \(number)")
        }
        queue.remove((0..<100).map { EntryID($0) })
        #expect(ids(queue) == Array(100..<128) && queue.invariant)
    }

    @Test("has limits of entries and of bytes, and says which would be exceeded")
    func limits() {
        let queue = Self.queue(10)
        let new: [QueueEntry] = [.sample(20), .sample(21)]
        let bytes = queue.bytes + new.reduce(0) { $0 + $1.bytes }
        var limits = Limits()
        #expect(queue.limit(of: limits, exceededByAdding: new) == nil)
        limits.queueBytes = bytes
        limits.queueEntries = 12
        #expect(queue.limit(of: limits, exceededByAdding: new) == nil)
        limits.queueBytes = bytes - 1
        #expect(queue.limit(of: limits, exceededByAdding: new) == .bytes(bytes - 1))
        limits.queueEntries = 11
        #expect(queue.limit(of: limits, exceededByAdding: new) == .entries(11))
    }

    @Test("is read in pages that go on behind an entry, or where it stood")
    func pages() {
        var queue = Self.queue(300)
        let first = queue.entries(limit: 100)
        #expect(first.map(\.entry.id.rawValue) == Array(0..<100))
        let last = first.last?.entryRank
        #expect(
            queue.entries(after: last, limit: 200).map(\.entry.id.rawValue) == Array(100..<300)
        )
        for _ in 0..<100 { _ = queue.next() }
        #expect(queue.entries(after: last, limit: 1).first?.entry.id.rawValue == 100)
        for _ in 0..<50 { _ = queue.next() }
        #expect(queue.entries(after: last, limit: 1).first?.entry.id.rawValue == 150)
        let end = queue.entries.last?.entryRank
        #expect(queue.entries(after: end, limit: 5).isEmpty)
        #expect(queue.entries(after: nil, limit: 0).isEmpty)
    }
}
