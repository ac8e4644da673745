package import Lavalink

/// One node as one bot sees it: its session, what is to be sent to it, and what it last said.
package struct Node: Sendable {
    /// What an operator wants of it; so far always `active`: no command changes it yet.
    package enum DesiredState: String, Sendable { case active, cordoned, draining }

    /// Players of ours that the node has, or is to have.
    package struct Occupancy: Sendable, Equatable {
        package var players = 0
        /// Those from which audio comes out.
        package var playing = 0
        /// Those with a track that the node has not confirmed yet.
        package var reserved = 0
    }

    package let settings: NodeSettings
    package internal(set) var session: NodeSession
    package internal(set) var outbox = NodeOutbox()
    package internal(set) var occupancy = Occupancy()
    var returning = ReturningPlayers()
    package private(set) var desiredState = DesiredState.active
    package private(set) var stats: Stats?
    private var statsAt: Instant?
    package private(set) var metrics = ConnectionMetrics()
    private var failures: FailureWindow

    init(_ settings: NodeSettings, _ session: NodeSession, _ limits: Limits) {
        self.settings = settings
        self.session = session
        failures = FailureWindow(length: limits.failureMemory)
    }

    package var name: NodeName { settings.name }
    package var link: NodeLink { session.link }
    package var breaker: CircuitBreaker { outbox.breaker }
    package var info: NodeInfo? { session.info }

    /// The contract: connected, and with a session id.
    package var isAvailable: Bool { session.isReady }

    /// Between `ready` and being told of players, and meant to have some.
    var isSettling: Bool { session.isSettling && desiredState == .active }

    var nextDeadline: Instant? {
        guard session.isSettled, let opensAt = outbox.opensAt else { return session.nextDeadline }
        return session.nextDeadline.map { min($0, opensAt) } ?? opensAt
    }

    package var invariant: Bool {
        session.invariant && outbox.invariant && (session.isReady || outbox.isEmpty)
            && occupancy.playing + occupancy.reserved <= occupancy.players
    }

    // MARK: What happens

    mutating func receive(_ stats: Stats, now: Instant) {
        self.stats = stats
        statsAt = now
    }

    mutating func failed(now: Instant, _ count: (inout Placement.Failures) -> Void) {
        failures.record(now: now, count)
    }

    mutating func count(_ change: (inout ConnectionMetrics) -> Void) { change(&metrics) }

    /// What a choice of a node goes by.
    package func candidate(at now: Instant) -> Placement.Candidate {
        var candidate = Placement.Candidate(name: name)
        candidate.isReady = session.isSettled && desiredState == .active
        candidate.breakerIsClosed = breaker.isClosed && !outbox.waitsForRetryAfter(at: now)
        candidate.sources = session.sources
        candidate.stats = stats
        candidate.statsAge = statsAt.map { $0.duration(to: now) }
        candidate.playing = occupancy.playing
        candidate.reserved = occupancy.reserved
        candidate.failures = failures.failures(at: now)
        candidate.region = settings.region
        return candidate
    }
}
