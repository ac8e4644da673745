import Lavalink

/// The players for which something happens at a moment.
///
/// A heap of moments, the earliest on top; a moment that was changed stays in it until it would be
/// due, and counts no more.
struct Alarms: Sendable {
    private struct Entry: Sendable {
        var moment: Instant
        var guild: GuildID
    }

    private var moments: [GuildID: Instant] = [:]
    private var heap: [Entry] = []

    /// The earliest moment that still counts.
    var earliest: Instant? { heap.first?.moment }

    /// Sets a player's moment, or takes it away.
    mutating func set(_ guild: GuildID, _ moment: Instant?) {
        guard moments[guild] != moment else { return }
        moments[guild] = moment
        if let moment { push(Entry(moment: moment, guild: guild)) }
        dropOutdated()
    }

    /// The players whose moment has come, by their ids; their alarms are over with that.
    mutating func due(at now: Instant) -> [GuildID] {
        var due: [GuildID] = []
        while let first = heap.first, first.moment <= now {
            if moments[first.guild] == first.moment {
                moments[first.guild] = nil
                due.append(first.guild)
            }
            pop()
        }
        dropOutdated()
        return due.sorted { $0.rawValue < $1.rawValue }
    }

    private mutating func dropOutdated() {
        while let first = heap.first, moments[first.guild] != first.moment { pop() }
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].moment < heap[parent].moment else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].moment < heap[least].moment { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
