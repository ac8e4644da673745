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
        self.state = state
        self.backlog = backlog
        self.endsAt = endsAt
        lastWrite = now
        lastID = now
    }

    /// Sends one event; false when it has too much unread already.
    func send(_ block: [UInt8], now: Instant) -> Bool {
        guard backlog.take(block.count, pending: stream.pendingBytes) else { return false }
        write(block, now: now)
        return true
    }

    /// Sends what is not counted: the stream's own words, and what is replayed.
    func write(_ bytes: [UInt8], now: Instant) {
        stream.write(bytes)
        lastWrite = now
    }

    func noteID(now: Instant) { lastID = now }
}
