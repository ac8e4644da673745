package import Control
package import Runtime
import Wire

/// Pushes events to everybody who listens.
///
/// An event is encoded once. A subscriber that cannot keep up is dropped and never waited for: it
/// comes back with the id of its last event, and gets what it missed out of the window.
@Loop package final class EventHub {
    package struct Limits: Sendable {
        package var subscribers = 512
        package var window = ReplayWindow.Limits()
        package var backlog = Backlog.Limits()
        /// Silence after which a comment shows that the stream lives.
        package var heartbeat: Duration = .seconds(15)
        /// Without an event that passes a filter, the newest id is told this often.
        package var bookmark: Duration = .seconds(60)
        /// A stream ends after this, give or take a tenth, so that load spreads over restarts.
        package var life: Duration = .seconds(3_600)
        /// Milliseconds that clients wait before they come back.
        package var retry = 2_000
        /// The same at shutdown: any time within this range, so that not all come at once.
        package var retryAtShutdown = 1_000...10_000
        /// Bytes of a replay on their way at a time.
        package var replayBytes = 128 * 1_024
        /// How often it is seen to the above.
        package var sweep: Duration = .seconds(1)
        /// How soon a replay goes on after the reader was slower.
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
    private var subscribers: [ObjectIdentifier: Subscriber] = [:]
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

    package func publish(_ event: ServerEvent) {
        let now = clock()
        let kept =
            event.isReplayed
            ? window.append(event, now: now) : window.passing(event, now: now)
        published += 1
        for subscriber in subscribers.values
        where subscriber.state == .live && subscriber.filter.passes(kept) {
            guard subscriber.send(kept.block, now: now) else {
                drop(subscriber, .overflow)
                continue
            }
            if event.isReplayed { subscriber.noteID(now: now) }
        }
    }

    private func drop(_ subscriber: Subscriber, _ reason: DropReason) {
        dropped[reason, default: 0] += 1
        // What is unread would only be kept for a reader that does not come.
        if reason == .expired { subscriber.stream.close() } else { subscriber.stream.abort() }
        forget(subscriber)
    }

    private func forget(_ subscriber: Subscriber) {
        subscribers[ObjectIdentifier(subscriber)] = nil
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
                "There are \(limits.subscribers) subscribers, which is the limit.",
                retryAfter: 5
            )
        }
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
        subscribers[ObjectIdentifier(subscriber)] = subscriber
        stream.onClose = { [weak self, weak subscriber] reason in
            guard let self, let subscriber else { return }
            ended(subscriber, reason)
        }
        subscriber.write(greeting(for: start), now: now)
        pump(subscriber, now: now)
        sweepLater()
    }

    private func ended(_ subscriber: Subscriber, _ reason: ConnectionEnd) {
        guard subscribers[ObjectIdentifier(subscriber)] != nil else { return }
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
            if subscriber.filter.passes(event) { subscriber.write(event.block, now: now) }
            subscriber.state = .replaying(next: next + 1)
        }
    }

    private func pumpLater() {
        guard !isPumping else { return }
        isPumping = true
        replayTimer.schedule(after: limits.replayPause) {
            self.isPumping = false
            let now = self.clock()
            for subscriber in self.subscribers.values { self.pump(subscriber, now: now) }
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
        let now = clock()
        window.removeOld(now: now)
        for subscriber in subscribers.values {
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

    /// Tells everybody to come back later, each at another time, and ends the streams.
    package func shutdown() {
        isShutDown = true
        sweepTimer.cancel()
        replayTimer.cancel()
        let now = clock()
        for subscriber in subscribers.values {
            let retry = Int.random(in: limits.retryAtShutdown)
            subscriber.write(stream("shutdown", id: nil, retry: retry), now: now)
            subscriber.stream.close()
        }
        subscribers = [:]
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
