package import Lavalink

/// One bot's session on one node: its connection, what must come out before players are told
/// anything, former sessions that may still play, and when its players go elsewhere.
package struct NodeSession: Sendable {
    package enum Output: Sendable, Equatable {
        case connect(ConnectionID, resuming: String?)
        case ping(ConnectionID)
        case abort(ConnectionID)
        case opened
        /// `isNew`: the node named another session than the one that was known.
        case ready(session: String, resumed: Bool, isNew: Bool, isReconnect: Bool)
        case ask(Question)
        /// Players may be told things.
        case settled
        case attemptFailed(NodeLink.Loss, isReconnect: Bool)
        /// An open connection is gone.
        case lost(NodeLink.Loss)
        case reconnecting(attempt: Int, delay: Duration)
        case exhausted(attempts: Int)
        /// An operator ended a connection.
        case disconnected
        /// What is in flight to the node is void.
        case released
        /// Its players go to others.
        case failOver
        /// The node's players are to be read.
        case readingDue
    }

    /// What the node is asked about its sessions.
    package enum Question: Sendable, Equatable {
        case enableResuming
        /// That the session ends with its connection.
        case disableResuming
        case info
        case players
        case orphanPlayers(session: String)
        case deleteOrphan(GuildID, session: String)
    }

    /// How an answer came out, as far as the session goes.
    enum Outcome: Equatable {
        case done
        /// It may pass.
        case failed
        /// The node does not know the session.
        case sessionGone
    }

    private enum Phase: Equatable {
        /// No connection is ready.
        case absent
        case settling(Settlement)
        case settled
        /// It ends at an operator's word, answered or not; no player is told anything until then.
        case disconnecting(until: Instant)
    }

    private enum Failover: Equatable {
        case none
        /// Its players are given to others then, unless it is back.
        case due(Instant)
        case done
    }

    private enum Losses {
        case none
        /// Its last connection was lost, and none has been ready since.
        case open
        case recovered
    }

    package private(set) var link: NodeLink
    /// What the node said of itself; nil until it did.
    package private(set) var info: NodeInfo?
    /// The sources that the node has; nil until it said so.
    private(set) var sources: Set<String>?
    private var phase = Phase.absent
    private var failover = Failover.none
    private var losses = Losses.none
    private var orphans: OrphanedSessions
    private var readsAt: Instant?
    private let limits: Limits
    /// How long its players wait for its resume.
    private let grace: Duration

    /// A session that has not begun; players wait for its resume as long as `grace`.
    init(_ link: NodeLink, grace: Duration, _ limits: Limits) {
        self.link = link
        self.grace = grace
        self.limits = limits
        orphans = OrphanedSessions(
            limit: limits.orphanedSessions,
            deletionsAtOnce: limits.orphanDeletionsAtOnce
        )
    }
}

// MARK: Questions

extension NodeSession {
    package var session: String? { link.session }
    package var isReady: Bool { link.isReady }
    /// Sessions that may still play although their sockets are dead, the oldest first.
    package var orphanedSessions: [String] { orphans.sessions }

    /// Whether players may be told anything.
    package var isSettled: Bool { phase == .settled }

    /// Between `ready` and that.
    var isSettling: Bool { if case .settling = phase { true } else { false } }

    private var isDisconnecting: Bool { if case .disconnecting = phase { true } else { false } }

    /// Whether its players may go to others.
    var hasFailedOver: Bool { failover == .done }

    /// Whether its players are to be read, and compared with what is wanted.
    package var isReadingDue: Bool { readsAt != nil }

    /// Whether a connection of it was ever lost.
    var hasBeenLost: Bool { losses != .none }

    /// Whether the node is being asked for a session that may be alive, or for its players.
    func mayHaveItsPlayers(at now: Instant) -> Bool {
        guard link.isReady else { return link.resumes(at: now) }
        guard case .settling(let settlement) = phase else { return false }
        return settlement.isOpen(.players)
    }

    package var nextDeadline: Instant? {
        var earliest = link.nextDeadline
        func add(_ moment: Instant?) {
            if let moment { earliest = earliest.map { min($0, moment) } ?? moment }
        }
        add(readsAt)
        if case .due(let moment) = failover { add(moment) }
        switch phase {
        case .absent, .settled: break
        case .settling(let settlement): add(settlement.retryAt)
        case .disconnecting(let until): add(until)
        }
        return earliest
    }

    /// The legal combinations.
    package var invariant: Bool {
        guard link.isReady == (phase != .absent), orphans.invariant else { return false }
        if case .settling(let settlement) = phase {
            guard settlement.invariant, !settlement.isDone else { return false }
        }
        return phase == .absent || failover == .none
    }
}

// MARK: What happens to the connection

extension NodeSession {
    /// Begins, at the start of the program.
    mutating func start(now: Instant) -> [Output] {
        failover = .due(now.advanced(by: grace))
        return follow(link.start(now: now), now: now)
    }

    /// An operator wants it connected.
    mutating func connect(now: Instant) -> [Output] {
        let ended = isDisconnecting ? end() : []
        return ended + follow(link.start(now: now), now: now)
    }

    /// An operator wants it disconnected.
    ///
    /// A session that can be resumed plays on when its connection ends: the node is asked first to
    /// let it end with it, so that nothing plays twice.
    mutating func disconnect(now: Instant) -> [Output] {
        guard !isDisconnecting else { return [] }
        guard link.isReady else { return end() }
        orphans.stop()
        phase = .disconnecting(until: now.advanced(by: limits.disconnectTimeout))
        return [.ask(.disableResuming)]
    }

    mutating func opened(_ id: ConnectionID, now: Instant) -> [Output] {
        follow(link.opened(id, now: now), now: now)
    }

    mutating func ready(
        _ id: ConnectionID,
        session: String,
        resumed: Bool,
        now: Instant
    ) -> [Output] {
        follow(link.ready(id, session: session, resumed: resumed, now: now), now: now)
    }

    mutating func pong(_ id: ConnectionID, now: Instant) -> [Output] {
        follow(link.pong(id, now: now), now: now)
    }

    mutating func ended(_ id: ConnectionID, _ loss: NodeLink.Loss, now: Instant) -> [Output] {
        follow(link.ended(id, loss, now: now), now: now)
    }

    /// The node said that it does not know the session.
    mutating func sessionVanished(now: Instant) -> [Output] {
        follow(link.sessionVanished(now: now), now: now)
    }

    mutating func tick(now: Instant) -> [Output] {
        var outputs = follow(link.tick(now: now), now: now)
        if case .disconnecting(let until) = phase, now >= until { outputs += end() }
        if case .settling(var settlement) = phase {
            let steps = settlement.retry(now: now)
            phase = .settling(settlement)
            outputs += ask(steps)
        }
        if case .due(let moment) = failover, now >= moment { outputs += failOver() }
        if let moment = readsAt, now >= moment {
            readsAt = nil
            if phase == .settled { outputs.append(.readingDue) }
        }
        return outputs
    }

    private mutating func follow(_ outputs: [NodeLink.Output], now: Instant) -> [Output] {
        // It was to end anyway, and does not come back by itself.
        if isDisconnecting, !link.isReady { return outputs.compactMap(\.abort) + end() }
        return outputs.flatMap { follow($0, now: now) }
    }

    private mutating func follow(_ output: NodeLink.Output, now: Instant) -> [Output] {
        switch output {
        case .connect(let id, let session): return [.connect(id, resuming: session)]
        case .ping(let id): return [.ping(id)]
        case .abort(let id): return [.abort(id)]
        case .opened: return [.opened]
        case .ready(let session, let resumed, let before):
            return becameReady(session, resumed: resumed, before: before)
        case .attemptFailed(let loss):
            let failed = Output.attemptFailed(loss, isReconnect: losses == .open)
            return [failed] + (loss.provesNodeGone ? failOver() : [])
        case .lost(let loss):
            leave()
            losses = .open
            // Attempts that fail after their opening do not put it off.
            if failover == .none { failover = .due(now.advanced(by: grace)) }
            return [.lost(loss), .released] + (loss.provesNodeGone ? failOver() : [])
        case .reconnecting(let attempt, let delay):
            return [.reconnecting(attempt: attempt, delay: delay)]
        case .exhausted(let attempts): return [.exhausted(attempts: attempts)] + failOver()
        }
    }

    private mutating func failOver() -> [Output] {
        failover = .done
        return [.failOver]
    }

    private mutating func leave() {
        phase = .absent
        readsAt = nil
        orphans.stop()
    }

    /// The connection ends, and its players go to others.
    private mutating func end() -> [Output] {
        let wasReady = phase != .absent
        leave()
        let aborts = link.stop().compactMap(\.abort)
        return (wasReady ? [.disconnected] : []) + aborts + [.released] + failOver()
    }
}

// MARK: Settling

extension NodeSession {
    private mutating func becameReady(
        _ session: String,
        resumed: Bool,
        before: String?
    ) -> [Output] {
        let isReconnect = losses == .open
        if isReconnect { losses = .recovered }
        failover = .none
        orphans.add(before, followedBy: session)
        var steps: Settlement.Steps = resumed ? .players : .resuming
        if info == nil { steps.insert(.info) }
        if !orphans.isEmpty { steps.insert(.orphans) }
        phase = .settling(Settlement(steps))
        let ready = Output.ready(
            session: session,
            resumed: resumed,
            isNew: session != before,
            isReconnect: isReconnect
        )
        return [ready] + ask(steps)
    }

    private mutating func ask(_ steps: Settlement.Steps) -> [Output] {
        var outputs: [Output] = []
        if steps.contains(.resuming) { outputs.append(.ask(.enableResuming)) }
        if steps.contains(.info) { outputs.append(.ask(.info)) }
        if steps.contains(.players) { outputs.append(.ask(.players)) }
        if steps.contains(.orphans), case .readPlayers(let session) = orphans.start() {
            outputs.append(.ask(.orphanPlayers(session: session)))
        }
        return outputs
    }

    /// How asking for a session that can be resumed came out.
    ///
    /// A node that knows no resuming (NodeLink 2) answers 404 to it, and is used without it.
    mutating func resumingAnswered(_ outcome: Outcome, now: Instant) -> [Output] {
        if outcome == .sessionGone, info?.isNodeLink == true {
            return came(.resuming, .done, now: now)
        }
        return came(.resuming, outcome, now: now)
    }

    /// The answer to `disableResuming`, whatever it was.
    mutating func resumingDisabled() -> [Output] { isDisconnecting ? end() : [] }

    /// What the node said of itself; one that cannot be read is used all the same.
    mutating func infoAnswered(_ info: NodeInfo?, _ outcome: Outcome, now: Instant) -> [Output] {
        if let info {
            self.info = info
            sources = Set(info.sourceManagers)
        }
        return came(.info, outcome, now: now)
    }

    /// How a reading of the players came out, be it while it settles or later.
    mutating func playersAnswered(_ outcome: Outcome, now: Instant) -> [Output] {
        if !isSettling, outcome == .failed {
            readPlayers(at: now.advanced(by: limits.retryDelay))
            return []
        }
        return came(.players, outcome, now: now)
    }

    /// Has the node's players read at a moment.
    mutating func readPlayers(at moment: Instant) {
        if phase != .absent { readsAt = moment }
    }

    /// The players of the orphaned session that is looked at; nil when it could not be asked.
    mutating func orphanAnswered(_ players: [GuildID]?, now: Instant) -> [Output] {
        guard case .settling(let settlement) = phase, settlement.isOpen(.orphans) else { return [] }
        return go(players.map { orphans.found($0) } ?? .failed, now: now)
    }

    mutating func orphanDeleted(_ succeeded: Bool, now: Instant) -> [Output] {
        guard case .settling(let settlement) = phase, settlement.isOpen(.orphans) else { return [] }
        return go(orphans.deleted(succeeded), now: now)
    }

    private mutating func go(_ step: OrphanedSessions.Step, now: Instant) -> [Output] {
        switch step {
        case .readPlayers(let session): [.ask(.orphanPlayers(session: session))]
        case .delete(let guilds, let session):
            guilds.map { .ask(.deleteOrphan($0, session: session)) }
        case .wait: []
        case .failed: came(.orphans, .failed, now: now)
        case .done: came(.orphans, .done, now: now)
        }
    }

    private mutating func came(
        _ step: Settlement.Steps,
        _ outcome: Outcome,
        now: Instant
    ) -> [Output] {
        if outcome == .sessionGone { return sessionVanished(now: now) }
        guard case .settling(var settlement) = phase else { return [] }
        if outcome == .done {
            settlement.succeeded(step)
        } else if settlement.failed(step, limits, now: now) == .fatal {
            return sessionVanished(now: now)
        }
        phase = settlement.isDone ? .settled : .settling(settlement)
        return settlement.isDone ? [.settled] : []
    }
}

extension NodeLink.Output {
    fileprivate var abort: NodeSession.Output? {
        if case .abort(let id) = self { .abort(id) } else { nil }
    }
}
