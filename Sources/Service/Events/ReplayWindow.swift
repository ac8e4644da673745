package import Control
package import Lavalink
import Wire

/// The latest events, for those who were away: what is replayed, and what is too old to be.
package struct ReplayWindow: Sendable {
    /// How much is kept: whichever is reached first.
    package struct Limits: Sendable {
        package var events = 10_000
        package var bytes = 16 * 1_024 * 1_024
        package var age: Duration = .seconds(600)
        package init() {}
    }

    /// An event as it is sent, and what filters look at.
    package struct Kept: Sendable {
        /// 0 for an event that is not replayed.
        package let sequence: UInt64
        package let at: Instant
        package let name: String
        package let bot: BotName?
        package let node: NodeName?
        package let guild: GuildID?
        package let block: [UInt8]
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

    package init(epoch: String, limits: Limits = Limits()) {
        self.epoch = epoch
        self.limits = limits
    }

    package var count: Int { kept.count - gone }

    /// The newest event; 0 before the first.
    package var newest: EventID { EventID(epoch: epoch, sequence: next - 1) }

    package var oldest: UInt64 { next - UInt64(count) }

    /// Encodes an event that is not replayed: it has no number, and is not kept.
    package func passing(_ event: ServerEvent, now: Instant) -> Kept {
        entry(of: event, id: nil, now: now)
    }

    /// Numbers and encodes an event, and keeps it.
    package mutating func append(_ event: ServerEvent, now: Instant) -> Kept {
        let id = EventID(epoch: epoch, sequence: next)
        let entry = entry(of: event, id: id, now: now)
        next += 1
        bytes += entry.block.count
        kept.append(entry)
        removeOld(now: now)
        return entry
    }

    private func entry(of event: ServerEvent, id: EventID?, now: Instant) -> Kept {
        let block = ServerSentEvent(id: id?.description, name: event.name, data: event.data)
        return Kept(
            sequence: id?.sequence ?? 0,
            at: now,
            name: event.name,
            bot: event.bot,
            node: event.node,
            guild: event.guild,
            block: block.encoded()
        )
    }

    package mutating func removeOld(now: Instant) {
        while gone < kept.count, isTooMuch(now) {
            bytes -= kept[gone].block.count
            gone += 1
        }
        guard gone > 1_024, gone > kept.count / 2 else { return }
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
