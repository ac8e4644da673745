import Control
import Runtime

/// One open stream of events.
@Loop final class Subscriber {
    enum State: Equatable {
        /// Gets what it missed, from this event on, as fast as it reads.
        case replaying(next: UInt64)
        case live
    }

    let stream: ResponseStream
    let filter: EventFilter
    /// Whether it filters nothing.
    let isOpen: Bool
    /// Where the hub has it; nil once it is gone.
    var index: Int?
    let endsAt: Instant
    var state: State
    private var backlog: Backlog
    private(set) var lastWrite: Instant
    private(set) var lastID: Instant

    init(
        _ stream: ResponseStream,
        filter: EventFilter,
        state: State,
        backlog: Backlog,
        now: Instant,
        endsAt: Instant
    ) {
        self.stream = stream
        self.filter = filter
        isOpen = filter.isOpen
        self.state = state
        self.backlog = backlog
        self.endsAt = endsAt
        lastWrite = now
        lastID = now
    }

    /// Sends events; false when it has too much unread already.
    func send(_ bytes: [UInt8], events: Int, now: Instant) -> Bool {
        guard backlog.take(bytes.count, events: events, pending: stream.pendingBytes) else {
            return false
        }
        write(bytes, now: now)
        return true
    }

    /// Sends what is not counted: the stream's own words, and what is replayed.
    func write(_ bytes: [UInt8], now: Instant) {
        stream.write(bytes)
        lastWrite = now
    }

    func noteID(now: Instant) { lastID = now }
}
