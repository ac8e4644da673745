/// Everything that is due at some time, earliest first, and first in first out at the same time.
///
/// Entries are never taken out early: the receiver checks whether the matter still stands.
struct Agenda<Item: Sendable>: Sendable {
    private struct Entry {
        var at: Int64
        var number: Int
        var item: Item

        func isBefore(_ other: Entry) -> Bool { (at, number) < (other.at, other.number) }
    }

    private var heap: [Entry] = []
    private var count = 0

    /// Milliseconds at which the earliest entry is due.
    var next: Int64? { heap.first?.at }

    mutating func add(_ item: Item, at: Int64) {
        count += 1
        heap.append(Entry(at: at, number: count, item: item))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The earliest entry, if it is due at `now`.
    mutating func take(dueAt now: Int64) -> (at: Int64, item: Item)? {
        guard let first = heap.first, first.at <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
        return (first.at, first.item)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var smallest = parent
            for child in (2 * parent + 1)...(2 * parent + 2)
            where child < heap.count && heap[child].isBefore(heap[smallest]) {
                smallest = child
            }
            guard smallest != parent else { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
