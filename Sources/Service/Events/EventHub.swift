package import Control
package import Runtime
import Wire

/// Pushes events to all subscribers.
///
/// An event is encoded once, if anybody is to have it, and what one turn of the loop publishes is
/// written to each subscriber at once. A subscriber that cannot keep up is dropped and never waited
/// for: it comes back with the id of its last event, and gets what it missed out of the window.
@Loop package final class EventHub {
    package struct Limits: Sendable {
        /// Open event streams; more are answered with 429.
        package var subscribers = 512
        package var window = ReplayWindow.Limits()
        package var backlog = Backlog.Limits()
        /// Time without an event after which a comment is sent.
        package var heartbeat: Duration = .seconds(15)
        /// Interval of the event `bookmark` on a stream on which no event passes the filter.
        package var bookmark: Duration = .seconds(60)
        /// Lifetime of a stream, give or take a tenth, so that reconnects are spread.
        package var life: Duration = .seconds(3_600)
        /// Milliseconds that clients wait before they reconnect.
        package var retry = 2_000
        /// The same at shutdown, chosen at random for each client, so that reconnects are spread.
        package var retryAtShutdown = 1_000...10_000
        /// Events of one turn of the loop that are written together at most.
        package var gatheredEvents = 128
        /// Bytes of events above which a turn writes before it ends.
        package var gatheredBytes = 64 * 1_024
        /// Bytes of a replay in flight.
        package var replayBytes = 128 * 1_024
        /// Interval of the timer that checks the limits above.
        package var sweep: Duration = .seconds(1)
        /// Delay before a replay that waited for its reader continues.
        package var replayPause: Duration = .milliseconds(20)

        package init() {}
    }

    /// Why subscribers were dropped.
    package enum DropReason: String, CaseIterable, Sendable {
        /// Too many events or bytes unread.
        case overflow
        /// Nothing read for too long.
        case stalled
        /// The end of a stream's life.
        case expired
    }

    package private(set) var window: ReplayWindow
    package private(set) var published = 0
    package private(set) var dropped: [DropReason: Int] = [:]
    package var subscriberCount: Int { subscribers.count }

    private let limits: Limits
    private let clock: @Sendable () -> Instant
    private var subscribers: [Subscriber] = []
    private var turn = EventTurn()
    private var isEndingTurn = false
    private let sweepTimer = LoopTimer()
    private let replayTimer = LoopTimer()
    private var isSweeping = false
    private var isPumping = false
    private var isShutDown = false

    package init(
        epoch: String,
        limits: Limits = Limits(),
        clock: @escaping @Sendable () -> Instant = {
            Instant(nanoseconds: MonotonicClock.nanoseconds())
        }
    ) {
        window = ReplayWindow(epoch: epoch, limits: limits.window)
        self.limits = limits
        self.clock = clock
    }

    // MARK: Publishing

    /// Publishes an event: it is sent at the end of this turn of the loop, together with the
    /// others of the turn.
    ///
    /// An event without a subscriber that is not replayed is not encoded.
    package func publish(_ event: ServerEvent) {
        published += 1
        if event.isReplayed {
            let kept = window.append(event, now: clock())
            guard !subscribers.isEmpty else { return }
            turn.append(kept)
        } else {
            guard hasListener(for: event.topic) else { return }
            turn.append(event)
        }
        if turn.count >= mostGathered || turn.bytes.count >= limits.gatheredBytes {
            endTurn()
        } else {
            endTurnLater()
        }
    }

    /// Never more than a subscriber that has read everything may have unread.
    private var mostGathered: Int { min(limits.gatheredEvents, limits.backlog.events) }

    private func hasListener(for topic: EventTopic) -> Bool {
        // A loop: a closure's isolation is checked at each call.
        for subscriber in subscribers where subscriber.state == .live {
            if subscriber.isOpen || subscriber.filter.passes(topic) { return true }
        }
        return false
    }

    private func endTurnLater() {
        guard !isEndingTurn else { return }
        isEndingTurn = true
        EventLoop.shared.atEndOfTurn { [weak self] in self?.endTurn() }
    }

    /// Sends what was gathered to every live subscriber.
    private func endTurn() {
        isEndingTurn = false
        guard !turn.isEmpty else { return }
        sendTurn(turn.whole, now: clock())
        turn.removeAll()
    }

    private func sendTurn(_ whole: EventTurn.Selection, now: Instant) {
        for subscriber in subscribers where subscriber.state == .live {
            let selection = subscriber.isOpen ? whole : turn.selection(subscriber.filter)
            guard selection.events > 0 else { continue }
            guard subscriber.send(selection.bytes, events: selection.events, now: now) else {
                drop(subscriber, .overflow)
                continue
            }
            if selection.hasID { subscriber.noteID(now: now) }
        }
    }

    private func drop(_ subscriber: Subscriber, _ reason: DropReason) {
        dropped[reason, default: 0] += 1
        // What is unread would only be kept for a reader that does not come.
        if reason == .expired { subscriber.stream.close() } else { subscriber.stream.abort() }
        forget(subscriber)
    }

    private func add(_ subscriber: Subscriber) {
        subscriber.index = subscribers.count
        subscribers.append(subscriber)
    }

    /// The last one takes its index.
    private func forget(_ subscriber: Subscriber) {
        guard let index = subscriber.index, let last = subscribers.popLast() else { return }
        subscriber.index = nil
        guard last !== subscriber else { return }
        last.index = index
        subscribers[index] = last
    }

    // MARK: Subscribing

    /// Opens a stream on a request, with what was missed since `lastEventID`.
    package func subscribe(
        _ exchange: Exchange,
        filter: EventFilter,
        lastEventID: String?,
        requestID: String
    ) throws(Problem) {
        guard !isShutDown else {
            throw Problem(.shuttingDown, "The service is shutting down.", retryAfter: 2)
        }
        guard subscribers.count < limits.subscribers else {
            throw Problem(
                .overloaded,
                "The limit of \(limits.subscribers) subscribers is reached.",
                retryAfter: 5
            )
        }
        endTurn()  // it is of before this subscriber
        let now = clock()
        window.removeOld(now: now)
        let start = window.start(after: lastEventID)
        let stream = exchange.stream(head(for: start, requestID))
        let subscriber = Subscriber(
            stream,
            filter: filter,
            state: start.state,
            backlog: Backlog(limits: limits.backlog),
            now: now,
            endsAt: now.advanced(by: limits.life * Double.random(in: 0.9...1.1))
        )
        add(subscriber)
        stream.onClose = { [weak self, weak subscriber] reason in
            guard let self, let subscriber else { return }
            ended(subscriber, reason)
        }
        subscriber.write(greeting(for: start), now: now)
        pump(subscriber, now: now)
        sweepLater()
    }

    private func ended(_ subscriber: Subscriber, _ reason: ConnectionEnd) {
        guard subscriber.index != nil else { return }
        if reason == .tooSlow { dropped[.stalled, default: 0] += 1 }
        forget(subscriber)
    }

    private func head(for start: ReplayWindow.Start, _ requestID: String) -> Response {
        let replay =
            switch start {
            case .live: "none"
            case .reset: "reset"
            case .replay(let from): "\(EventID(epoch: window.epoch, sequence: from))"
            }
        return Response(
            status: 200,
            headers: [
                ("Content-Type", ServerSentEvent.contentType), ("Cache-Control", "no-store"),
                ("X-Accel-Buffering", "no"), ("Lavadeck-Replay-From", replay),
                ("X-Request-Id", requestID),
            ]
        )
    }

    /// The first block: it tells the client how long to wait before it comes back, and where it is,
    /// so that not even a connection that breaks before the first event loses any.
    private func greeting(for start: ReplayWindow.Start) -> [UInt8] {
        switch start {
        case .live: stream("bookmark", id: window.newest, retry: limits.retry)
        case .reset: stream("reset", id: window.newest, retry: limits.retry)
        case .replay(let from):
            stream(
                "bookmark",
                id: EventID(epoch: window.epoch, sequence: from - 1),
                retry: limits.retry
            )
        }
    }

    /// A block that the stream says of itself.
    private func stream(_ name: String, id: EventID?, retry: Int? = nil) -> [UInt8] {
        let event = ServerEvent(name, at: .now)
        return ServerSentEvent(
            id: id?.description,
            name: name,
            data: event.data,
            retryMilliseconds: retry
        ).encoded()
    }

    // MARK: Replay

    /// Sends what was missed, as much as the reader takes; once nothing is left it is live.
    private func pump(_ subscriber: Subscriber, now: Instant) {
        while case .replaying(let next) = subscriber.state {
            guard next < window.next else {
                subscriber.state = .live
                return
            }
            guard let event = window.event(next) else {
                subscriber.write(stream("reset", id: window.newest), now: now)
                subscriber.state = .live
                return
            }
            if subscriber.stream.pendingBytes > limits.replayBytes { return pumpLater() }
            if subscriber.filter.passes(event.topic) { subscriber.write(event.block, now: now) }
            subscriber.state = .replaying(next: next + 1)
        }
    }

    private func pumpLater() {
        guard !isPumping else { return }
        isPumping = true
        replayTimer.schedule(after: limits.replayPause) {
            self.isPumping = false
            self.endTurn()  // who is live after this has had it
            let now = self.clock()
            for subscriber in self.subscribers { self.pump(subscriber, now: now) }
        }
    }

    // MARK: Time

    private func sweepLater() {
        guard !isSweeping, !subscribers.isEmpty else { return }
        isSweeping = true
        sweepTimer.schedule(after: limits.sweep) {
            self.isSweeping = false
            self.sweep()
            self.sweepLater()
        }
    }

    private func sweep() {
        endTurn()
        let now = clock()
        window.removeOld(now: now)
        for subscriber in subscribers {
            if now >= subscriber.endsAt {
                drop(subscriber, .expired)
            } else if subscriber.state == .live, !subscriber.filter.isOpen,
                subscriber.lastID.duration(to: now) >= limits.bookmark
            {
                subscriber.write(stream("bookmark", id: window.newest), now: now)
                subscriber.noteID(now: now)
            } else if subscriber.lastWrite.duration(to: now) >= limits.heartbeat {
                subscriber.write(ServerSentEvent.comment(), now: now)
            }
        }
    }

    // MARK: End

    /// Ends the streams, and tells each client another time to reconnect.
    package func shutdown() {
        isShutDown = true
        endTurn()
        sweepTimer.cancel()
        replayTimer.cancel()
        let now = clock()
        for subscriber in subscribers {
            let retry = Int.random(in: limits.retryAtShutdown)
            subscriber.write(stream("shutdown", id: nil, retry: retry), now: now)
            subscriber.stream.close()
        }
        for subscriber in subscribers { subscriber.index = nil }
        subscribers = []
    }
}

extension ReplayWindow.Start {
    fileprivate var state: Subscriber.State {
        switch self {
        case .live, .reset: .live
        case .replay(let from): .replaying(next: from)
        }
    }
}
