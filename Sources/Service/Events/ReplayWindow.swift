package import Control
import Wire

/// The latest events, for those who were away: what is replayed, and what is too old to be.
package struct ReplayWindow: Sendable {
    /// How much is kept: whichever is reached first.
    package struct Limits: Sendable {
        /// Events kept for replay; older ones are discarded.
        package var events = 10_000
        /// Bytes of the events kept for replay; older ones are discarded.
        package var bytes = 16 * 1_024 * 1_024
        /// Age up to which events are kept for replay.
        package var age: Duration = .seconds(600)
        package init() {}
    }

    /// An event as it is sent, and what filters look at.
    package struct Kept: Sendable {
        package let sequence: UInt64
        package let at: Instant
        package let topic: EventTopic
        package fileprivate(set) var block: [UInt8]
    }

    /// Where a subscriber begins.
    package enum Start: Equatable, Sendable {
        /// With what comes next.
        case live
        /// With this event, and everything after it.
        case replay(from: UInt64)
        /// What was missed is not known any more: the subscriber must read everything anew.
        case reset
    }

    package let epoch: String
    package private(set) var bytes = 0
    /// The number of the next event; the first is 1.
    package private(set) var next: UInt64 = 1
    private let limits: Limits
    private var kept: [Kept] = []
    /// Events at the front of `kept` that are gone already.
    private var gone = 0
    /// Where events are written whose length is not known before.
    private var draft: [UInt8] = []
    /// Bytes that it may hold on to.
    private static let largestDraft = 64 * 1_024

    package init(epoch: String, limits: Limits = Limits()) {
        self.epoch = epoch
        self.limits = limits
    }

    package var count: Int { kept.count - gone }

    /// Bytes of every block in memory, those of events that are gone included: what `bytes` must
    /// be.
    var heldBytes: Int { kept.reduce(0) { $0 + $1.block.count } }

    /// The newest event; 0 before the first.
    package var newest: EventID { EventID(epoch: epoch, sequence: next - 1) }

    package var oldest: UInt64 { next - UInt64(count) }

    /// Numbers and encodes an event, and keeps it.
    package mutating func append(_ event: ServerEvent, now: Instant) -> Kept {
        draft.removeAll(keepingCapacity: draft.capacity <= Self.largestDraft)
        event.append(to: &draft, id: EventID(epoch: epoch, sequence: next))
        let entry = Kept(
            sequence: next,
            at: now,
            topic: event.topic,
            // A copy that is no larger than it must be: a slice would hand over the draft itself.
            block: draft.withUnsafeBufferPointer { Array($0) }
        )
        next += 1
        bytes += entry.block.count
        kept.append(entry)
        removeOld(now: now)
        return entry
    }

    package mutating func removeOld(now: Instant) {
        while gone < kept.count, isTooMuch(now) {
            bytes -= kept[gone].block.count
            kept[gone].block = []
            gone += 1
        }
        guard gone > 1_024 else { return }
        kept.removeFirst(gone)
        gone = 0
    }

    private func isTooMuch(_ now: Instant) -> Bool {
        count > limits.events || bytes > limits.bytes
            || kept[gone].at.duration(to: now) > limits.age
    }

    /// Where to begin for a subscriber whose last event was that of `text`.
    package func start(after text: String?) -> Start {
        guard let text, !text.isEmpty else { return .live }
        guard let last = EventID(text), last.epoch == epoch, last.sequence < next,
            last.sequence + 1 >= oldest
        else { return .reset }
        return last.sequence + 1 == next ? .live : .replay(from: last.sequence + 1)
    }

    /// The event of that number; nil when it is gone or yet to come.
    package func event(_ sequence: UInt64) -> Kept? {
        guard sequence >= oldest, sequence < next else { return nil }
        return kept[gone + Int(sequence - oldest)]
    }
}
