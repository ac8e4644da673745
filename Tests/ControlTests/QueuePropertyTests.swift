import Control
import Lavalink
import Support
import Testing

@Suite("A queue, whatever is done with it,")
struct QueuePropertyTests {
    /// A queue, the entries that it should have, and what the store was told of them.
    private struct Trial {
        var queue = Queue()
        var entries: [EntryID] = []
        var shelf = Shelf()
        var source: SplitMix
        var nextID: UInt64 = 1
        let guild: GuildID
        /// Where the queue tends to: it grows below, and shrinks above.
        let size: Int

        init(seed: UInt64, size: Int) throws {
            source = SplitMix(seed: seed)
            self.size = size
            guild = try #require(GuildID(rawValue: 1))
            shelf.apply(.player(PlayerRecord(guild: guild)))
        }

        mutating func roll(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &source) }

        /// One of the entries; now and then one that is not there.
        mutating func someID() -> EntryID {
            entries.isEmpty || roll(0...20) == 0
                ? EntryID(nextID + 7) : entries[roll(0...entries.count - 1)]
        }

        mutating func someIDs(_ number: Int) -> [EntryID] {
            Array(entries.shuffled(using: &source).prefix(number)) + [EntryID(nextID + 9)]
        }

        mutating func insert(_ number: Int, at index: Int?) {
            let new = (0..<number).map { QueueEntry.sample(nextID + UInt64($0)) }
            nextID += UInt64(number)
            let added = queue.insert(new, at: index)
            shelf.apply(.ranks(guild, added.ranks))
            shelf.apply(.entries(guild, added.rows))
            #expect(added.rows.map(\.entry) == new)
            let position = min(max(index ?? entries.count, 0), entries.count)
            entries.insert(contentsOf: new.map(\.id), at: position)
        }

        mutating func remove(_ ids: [EntryID]) {
            let there = ids.filter { entries.contains($0) }
            entries.removeAll { ids.contains($0) }
            let taken =
                ids.count == 1 ? queue.remove(ids[0]).map { [$0] } ?? [] : queue.remove(ids)
            #expect(taken.map(\.id) == there)
            shelf.apply(.removeEntries(guild, ids))
        }

        mutating func move(_ id: EntryID, to index: Int) {
            let ranks = queue.move(id, to: index)
            guard let from = entries.firstIndex(of: id) else { return #expect(ranks == nil) }
            entries.remove(at: from)
            entries.insert(id, at: min(max(index, 0), entries.count))
            shelf.apply(.ranks(guild, ranks ?? []))
        }

        mutating func reorder(_ order: [EntryID]) {
            guard let ranks = queue.replaceOrder(order) else {
                Issue.record("an order of the same entries was refused")
                return
            }
            entries = order
            shelf.apply(.ranks(guild, ranks))
        }

        mutating func takeFirst() {
            let taken = queue.next()
            #expect(taken?.id == entries.first)
            guard let taken else { return }
            entries.removeFirst()
            shelf.apply(.removeEntries(guild, [taken.id]))
        }

        mutating func step() {
            let grows = entries.count < size
            switch roll(0...100) {
            case 0...20: insert(1, at: nil)
            case 21...30 where grows: insert(roll(2...size / 2 + 3), at: nil)
            case 31...45: insert(1, at: roll(-1...entries.count + 1))
            case 46...50 where grows: insert(roll(2...size / 4 + 3), at: roll(0...entries.count))
            case 51...55: for _ in 0...roll(5...60) { insert(1, at: entries.count / 2) }
            case 56...65: takeFirst()
            case 66...74: remove([someID()])
            case 75...79:
                remove(someIDs(roll(1...size / 2 + 1)))
            case 80...82 where !grows: for _ in 0...size / 2 { takeFirst() }
            case 83...94: move(someID(), to: roll(-1...entries.count + 1))
            case 95...96: reorder(entries.shuffled(using: &source))
            case 97: reorder(entries.reversed())
            case 98 where !grows:
                queue.removeAll()
                entries = []
                shelf.apply(.removeAllEntries(guild))
            default: queue = Queue(shelf.bot.players.first?.queue ?? [])
            }
        }

        /// Everything that can be asked agrees with the plain list.
        mutating func check(_ comment: Comment) {
            let isSound = queue.invariant
            #expect(isSound, comment)
            #expect(queue.entries.map(\.entry.id) == entries, comment)
            #expect(queue.count == entries.count && queue.first?.id == entries.first, comment)
            #expect(shelf.entries(of: guild) == entries, "the store: \(comment)")
            let id = someID()
            #expect(queue.index(of: id) == entries.firstIndex(of: id), comment)
            #expect(queue.entry(id)?.id == (entries.contains(id) ? id : nil), comment)
            guard !entries.isEmpty else { return }
            let index = roll(0...entries.count - 1)
            #expect(queue[index].id == entries[index], comment)
            let last = queue.entries.first { $0.entry.id == entries[index] }?.entryRank
            let page = queue.entries(after: last, limit: 150).map(\.entry.id)
            #expect(page == Array(entries[(index + 1)...].prefix(150)), comment)
        }
    }

    @Test(
        "is a list, and so is what the store has of it",
        arguments: [5, 40, 150, 300, 700],
        UInt64(0)..<4
    )
    func list(size: Int, seed: UInt64) throws {
        var trial = try Trial(seed: seed, size: size)
        // A long one takes its time to look through.
        let checksAt = max(1, size / 20)
        for step in 1...300 {
            trial.step()
            guard step.isMultiple(of: checksAt) || step == 300 else { continue }
            trial.check("size \(size), seed \(seed), step \(step)")
        }
    }
}
