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

    private func isRanked(_ queue: Queue) -> Bool {
        zip(queue.entries, queue.entries.dropFirst()).allSatisfy { $0.rank < $1.rank }
    }

    @Test("writes one row for one entry at the end, however long it is")
    func appends() {
        var queue = Self.queue(1_000)
        let rows = queue.insert([.sample(2_000)])
        #expect(rows.map(\.entry.id.rawValue) == [2_000])
        #expect(queue.count == 1_001 && isRanked(queue))
    }

    @Test(
        "takes entries anywhere",
        arguments: [(nil, 5), (0, 0), (2, 2), (5, 5), (99, 5), (-3, 0)] as [(Int?, Int)]
    )
    func inserts(index: Int?, reached: Int) {
        var queue = Self.queue(5)
        let rows = queue.insert([.sample(100), .sample(101)], at: index)
        #expect(rows.count == 2)
        var wanted: [UInt64] = [0, 1, 2, 3, 4]
        wanted.insert(contentsOf: [100, 101], at: reached)
        #expect(ids(queue) == wanted && isRanked(queue))
    }

    @Test("gives every entry a new rank when there is no room between two")
    func renumbers() {
        var queue = Self.queue(2)
        var wrote: [Int] = []
        for number in 0..<40 {
            wrote.append(queue.insert([.sample(UInt64(100 + number))], at: 1).count)
        }
        #expect(isRanked(queue) && queue.count == 42)
        #expect(wrote.contains { $0 > 1 }, "ranks never ran out")
        #expect(wrote.filter { $0 > 1 }.count <= 2)
    }

    @Test("begins new ranks from the last one after entries were taken")
    func ranksGoOn() {
        var queue = Self.queue(3)
        let last = queue.entries.last?.rank ?? 0
        _ = queue.next()
        _ = queue.next()
        let rows = queue.insert([.sample(9)])
        #expect(rows.first.map { $0.rank > last } == true)
    }

    @Test("gives out its entries in order, and keeps count of them and of their length")
    func takes() {
        var queue = Self.queue(200)
        var taken: [UInt64] = []
        while let entry = queue.next() {
            taken.append(entry.id.rawValue)
            #expect(queue.count == 200 - taken.count)
            #expect(queue.duration == Int64(queue.count) * 180_000)
        }
        #expect(taken == Array(0..<200) && queue.isEmpty && queue.first == nil)
    }

    @Test("counts nothing for a stream")
    func streams() {
        var queue = Queue()
        _ = queue.insert([
            QueueEntry(id: EntryID(1), track: .sample("s", isStream: true)), .sample(2),
        ])
        #expect(queue.duration == 180_000)
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
        let rows = queue.insert([.sample(7)])
        #expect(queue.count == 1 && rows.count == 1 && queue.duration == 180_000)
    }
}
