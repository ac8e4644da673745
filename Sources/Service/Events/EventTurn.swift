import Control
import Lavalink

/// What is published in one turn of the loop, as it is sent: written to each subscriber at the
/// end of the turn, so that a burst costs one system call and not one for each event.
struct EventTurn: Sendable {
    private struct Entry: Sendable {
        let topic: EventTopic
        let isReplayed: Bool
        /// Where it ends in `bytes`.
        let end: Int
    }

    /// What a subscriber gets of a turn.
    struct Selection {
        var bytes: [UInt8]
        var events: Int
        /// Whether any of them has an id.
        var hasID: Bool
    }

    private(set) var bytes: [UInt8] = []
    private var entries: [Entry] = []
    private var hasID = false
    /// Bytes that are held on to from one turn to the next.
    private static let largestKept = 256 * 1_024

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// Everything, for those who filter nothing.
    var whole: Selection { Selection(bytes: bytes, events: count, hasID: hasID) }

    /// Adds an event that has its bytes already.
    mutating func append(_ kept: ReplayWindow.Kept) {
        bytes.append(contentsOf: kept.block)
        hasID = true
        entries.append(Entry(topic: kept.topic, isReplayed: true, end: bytes.count))
    }

    /// Adds an event that is not kept and has no id.
    mutating func append(_ event: ServerEvent) {
        event.append(to: &bytes)
        entries.append(Entry(topic: event.topic, isReplayed: false, end: bytes.count))
    }

    /// What passes a filter.
    func selection(_ filter: EventFilter) -> Selection {
        var selection = Selection(bytes: [], events: 0, hasID: false)
        var start = 0
        for entry in entries {
            if filter.passes(entry.topic) {
                selection.bytes.append(contentsOf: bytes[start..<entry.end])
                selection.events += 1
                if entry.isReplayed { selection.hasID = true }
            }
            start = entry.end
        }
        return selection
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.largestKept)
        entries.removeAll(keepingCapacity: true)
        hasID = false
    }
}
