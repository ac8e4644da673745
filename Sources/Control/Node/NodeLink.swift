/// The life of one node's WebSocket, as a pure function of events and time.
package struct NodeLink: Sendable {
    package enum State: Sendable, Equatable {
        /// Nothing is tried: not started, ended by an operator, or `enableReconnect` is off.
        case disabled
        /// Waiting for the answer to the upgrade, or for `ready`.
        case connecting(ConnectionID, until: Instant, opened: Bool)
        case ready(ConnectionID, session: String, since: Instant)
        case waiting(until: Instant)
        /// `maxReconnectAttempts` failed, and `infiniteReconnect` is off.
        case exhausted
    }

    /// Why a connection ended, as far as it tells what became of the node.
    package enum Loss: Sendable, Equatable {
        /// A close frame, or the stream's end without one (1006).
        case closed(code: Int, reason: String)
        /// Nobody listens there: the process is gone.
        case refused(String)
        /// The node answered the upgrade, and not with 101.
        case rejected(status: Int)
        case failed(String)
        /// No answer to the upgrade, or no `ready`, in time.
        case handshakeTimeout
        /// No pong in time: the session may be orphaned and play on (`lavalink-v4.md` §3.4).
        case silent

        /// Whether the process is gone for certain, and its sessions with it.
        package var provesNodeGone: Bool {
            switch self {
            case .closed(let code, _): code == 1001
            case .refused: true
            case .rejected, .failed, .handshakeTimeout, .silent: false
            }
        }
    }

    package enum Output: Sendable, Equatable {
        case connect(ConnectionID, resuming: String?)
        case ping(ConnectionID)
        case abort(ConnectionID)
        case opened
        case ready(session: String, resumed: Bool, before: String?)
        /// An open connection is gone.
        case lost(Loss)
        /// An attempt failed before `ready`.
        case attemptFailed(Loss)
        case reconnecting(attempt: Int, delay: Duration)
        case exhausted(attempts: Int)
    }

    package private(set) var state = State.disabled
    /// The session to ask for; kept until the node says that it has another one.
    package private(set) var session: String?
    /// Attempts that failed since the node was last ready for `stableAfter`.
    package private(set) var failures = 0
    /// From ping to pong, the last time.
    package private(set) var latency: Duration?

    private let options: Options
    private let limits: Limits
    private var generator: Generator
    private var nextConnection: UInt64
    private var pingDue: Instant?
    private var pongDue: Instant?
    private var pingSent: Instant?
    /// When the session that we hold can no longer be resumed.
    private var resumableUntil: Instant?

    package init(options: Options, limits: Limits, session: String?, seed: UInt64) {
        self.options = options
        self.limits = limits
        self.session = session
        generator = Generator(seed: seed)
        nextConnection = 1
    }

    package var isReady: Bool {
        switch state {
        case .ready: true
        case .disabled, .connecting, .waiting, .exhausted: false
        }
    }

    package var connection: ConnectionID? {
        switch state {
        case .ready(let id, _, _), .connecting(let id, _, _): id
        case .disabled, .waiting, .exhausted: nil
        }
    }

    package var nextDeadline: Instant? {
        switch state {
        case .disabled, .exhausted: nil
        case .connecting(_, let until, _): until
        case .waiting(let until): until
        case .ready: earliest(pongDue ?? pingDue, stableAt)
        }
    }

    private func earliest(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    /// Whether an attempt is under way that may resume the session.
    func resumes(at now: Instant) -> Bool {
        guard case .connecting = state, session != nil else { return false }
        return resumableUntil.map { now < $0 } ?? false
    }

    /// When an attempt to reach the node begins or comes out; nil when none is made.
    var nextAttempt: Instant? {
        switch state {
        case .connecting(_, let until, _), .waiting(let until): until
        case .disabled, .ready, .exhausted: nil
        }
    }

    /// When the failed attempts before this connection count no more.
    private var stableAt: Instant? {
        guard failures > 0, case .ready(_, _, let since) = state else { return nil }
        return since.advanced(by: limits.stableAfter)
    }
}

// MARK: Events

extension NodeLink {
    /// Begins, or begins again after `exhausted` or `disabled`; nothing when it is under way.
    package mutating func start(now: Instant) -> [Output] {
        switch state {
        case .disabled, .exhausted:
            failures = 0
            // A session of a former life may still be there: ask for it.
            resumableUntil = session == nil ? nil : now.advanced(by: options.resumeTimeout)
            return connect(now: now)
        case .connecting, .ready, .waiting: return []
        }
    }

    package mutating func opened(_ id: ConnectionID, now: Instant) -> [Output] {
        guard case .connecting(id, _, opened: false) = state else { return [] }
        state = .connecting(id, until: now.advanced(by: limits.readyWait), opened: true)
        return [.opened]
    }

    package mutating func ready(
        _ id: ConnectionID,
        session new: String,
        resumed: Bool,
        now: Instant
    ) -> [Output] {
        guard case .connecting(id, _, _) = state else { return [] }
        let before = session
        session = new
        state = .ready(id, session: new, since: now)
        pingDue = now.advanced(by: limits.pingInterval)
        pongDue = nil
        return [.ready(session: new, resumed: resumed, before: before)]
    }

    package mutating func pong(_ id: ConnectionID, now: Instant) -> [Output] {
        guard case .ready(id, _, _) = state, let sent = pingSent, pongDue != nil else { return [] }
        latency = sent.duration(to: now)
        pongDue = nil
        pingDue = now.advanced(by: limits.pingInterval)
        return []
    }

    package mutating func ended(_ id: ConnectionID, _ loss: Loss, now: Instant) -> [Output] {
        guard connection == id else { return [] }
        return lose(loss, now: now)
    }

    package mutating func tick(now: Instant) -> [Output] {
        switch state {
        case .disabled, .exhausted: return []
        case .waiting(let until): return now >= until ? connect(now: now) : []
        case .connecting(let id, let until, _):
            return now >= until ? [.abort(id)] + lose(.handshakeTimeout, now: now) : []
        case .ready(let id, _, _):
            if let stableAt, now >= stableAt { failures = 0 }
            if let due = pongDue {
                return now >= due ? [.abort(id)] + lose(.silent, now: now) : []
            }
            guard let due = pingDue, now >= due else { return [] }
            pingSent = now
            pingDue = nil
            pongDue = now.advanced(by: limits.pongWait)
            return [.ping(id)]
        }
    }

    /// Ends the connection at an operator's word; the session stays known.
    package mutating func stop() -> [Output] {
        let id = connection
        state = .disabled
        return id.map { [.abort($0)] } ?? []
    }

    /// The node said that the session does not exist: it must shake hands again.
    package mutating func sessionVanished(now: Instant) -> [Output] {
        guard case .ready(let id, _, _) = state else { return [] }
        return [.abort(id)]
            + lose(.closed(code: 1006, reason: "the node no longer knows the session"), now: now)
    }
}

// MARK: Transitions

extension NodeLink {
    private mutating func connect(now: Instant) -> [Output] {
        let id = ConnectionID(nextConnection)
        nextConnection += 1
        state = .connecting(id, until: now.advanced(by: limits.handshake), opened: false)
        return [.connect(id, resuming: session)]
    }

    private mutating func lose(_ loss: Loss, now: Instant) -> [Output] {
        var outputs: [Output]
        switch state {
        case .ready(_, _, let since):
            if since.duration(to: now) >= limits.stableAfter { failures = 0 }
            resumableUntil =
                loss.provesNodeGone ? nil : now.advanced(by: options.resumeTimeout)
            outputs = [.lost(loss)]
        case .connecting(_, _, let opened):
            outputs = opened ? [.attemptFailed(loss), .lost(loss)] : [.attemptFailed(loss)]
            if loss.provesNodeGone { resumableUntil = nil }
        case .disabled, .waiting, .exhausted: return []
        }
        pongDue = nil
        pingDue = nil
        failures += 1
        return outputs + retry(now: now)
    }

    private mutating func retry(now: Instant) -> [Output] {
        guard options.enableReconnect else {
            state = .disabled
            return []
        }
        guard options.infiniteReconnect || failures <= options.maxReconnectAttempts else {
            state = .exhausted
            return [.exhausted(attempts: failures - 1)]
        }
        let backoff = Backoff(base: options.baseReconnectDelay, ceiling: options.maxReconnectDelay)
        let resumable = resumableUntil.map { now < $0 } ?? false
        let delay = backoff.delay(
            attempt: failures,
            resumable: resumable ? options.resumeTimeout : nil,
            using: &generator
        )
        state = .waiting(until: now.advanced(by: delay))
        return [.reconnecting(attempt: failures, delay: delay)]
    }
}
