package import Lavalink

/// What waits to be sent to one node, and whether it may go out now.
///
/// Deletions go first. A guild whose deletion is in flight is told nothing else: a late DELETE
/// would end the player's successor.
package struct NodeOutbox: Sendable {
    /// What is to be sent next.
    enum Item: Equatable {
        case deletion(GuildID)
        /// A player that is to be told something.
        case player(GuildID)
    }

    package enum Admission: Sendable, Equatable {
        case admitted
        /// The node asked not to be sent anything before this moment (429).
        case retryAfter(Instant)
        /// The circuit breaker is open; without a moment, its probe is in flight.
        case open(until: Instant?)
    }

    /// What a request's outcome says of the node.
    struct Outcome {
        enum Result: Equatable {
            case answered(after: Duration)
            case timedOut
            /// It did not arrive, or its answer did not.
            case lost
        }

        var result: Result
        var weight: FlowLimit.Weight
        /// Whether the flow counts it among what is in flight.
        var isCounted: Bool
        /// Whether it counts against the node.
        var isFailure: Bool
        /// The node asked to be left alone for so long.
        var retryAfter: Duration?
    }

    private enum Deletion: Equatable {
        /// Once the request in flight about the player is answered.
        case afterRequest
        case waiting
        case inFlight
    }

    package private(set) var flow = FlowLimit()
    package private(set) var breaker = CircuitBreaker()
    private var retryAfter: Instant?
    private var players = WaitingGuilds()
    private var deletions: [GuildID: Deletion] = [:]
    private var waitingDeletions = WaitingGuilds()
}

// MARK: What waits

extension NodeOutbox {
    var isEmpty: Bool { players.isEmpty && waitingDeletions.isEmpty }

    /// Players that wait to be told something.
    var waitingPlayers: ArraySlice<GuildID> { players.guilds }

    /// When the first that waits may go out; nil when nothing waits, or nothing holds it back.
    var opensAt: Instant? { isEmpty ? nil : retryAfter ?? breaker.openUntil }

    mutating func append(_ guild: GuildID) { players.append(guild) }

    /// Whether the node is still to be told that a player is gone.
    package func isDeleting(_ guild: GuildID) -> Bool { deletions[guild] != nil }

    /// The node is to delete a player: at once, or once a request about it came out.
    mutating func delete(_ guild: GuildID, afterRequest: Bool) {
        guard deletions[guild] == nil else { return }
        deletions[guild] = afterRequest ? .afterRequest : .waiting
        if !afterRequest { waitingDeletions.append(guild) }
    }

    /// The request that a deletion may wait for came out.
    mutating func requestCameOut(about guild: GuildID) {
        guard deletions[guild] == .afterRequest else { return }
        deletions[guild] = .waiting
        waitingDeletions.append(guild)
    }

    mutating func deletionAnswered(_ guild: GuildID) { deletions[guild] = nil }

    /// The connection is gone, and with it all that waits; the breaker remembers.
    mutating func removeAll() {
        flow = FlowLimit()
        retryAfter = nil
        players.removeAll()
        deletions.removeAll()
        waitingDeletions.removeAll()
    }

    package var invariant: Bool {
        let waiting = Set(deletions.filter { $0.value == .waiting }.keys)
        return players.invariant && waitingDeletions.invariant
            && Set(waitingDeletions.guilds) == waiting
            && FlowLimit.range.contains(flow.limit) && flow.inFlight >= 0
    }
}

// MARK: What may go out

extension NodeOutbox {
    /// What is to be sent next; nil when nothing waits, or the node bears no more for now.
    mutating func next(now: Instant) -> Item? {
        guard !isEmpty else { return nil }
        if let moment = retryAfter {
            guard now >= moment else { return nil }
            retryAfter = nil
        }
        guard flow.hasRoom else { return nil }
        return waitingDeletions.first.map { .deletion($0) } ?? players.first.map { .player($0) }
    }

    /// The item of `next` goes out.
    mutating func send(_ item: Item) {
        flow.sent()
        switch item {
        case .deletion(let guild):
            waitingDeletions.removeFirst()
            deletions[guild] = .inFlight
        case .player: players.removeFirst()
        }
    }

    /// The item of `next` does not have to go out any more.
    mutating func drop(_ item: Item) {
        switch item {
        case .deletion(let guild):
            waitingDeletions.removeFirst()
            deletions[guild] = nil
        case .player: players.removeFirst()
        }
    }

    /// Whether a request may go out now; an open breaker lets one probe through when it is due.
    mutating func admit(now: Instant) -> Admission {
        let admission = admission(at: now)
        if admission == .admitted { _ = breaker.admit(at: now) }
        return admission
    }

    /// Whether the node asked not to be sent anything for now (429).
    func waitsForRetryAfter(at now: Instant) -> Bool { retryAfter.map { now < $0 } ?? false }

    /// The same, without a request.
    package func admission(at now: Instant) -> Admission {
        if let retryAfter, now < retryAfter { return .retryAfter(retryAfter) }
        return breaker.admits(at: now) ? .admitted : .open(until: breaker.openUntil)
    }

    /// Takes in what an outcome says of the node: its speed, its health, and its Retry-After.
    mutating func record(_ outcome: Outcome, now: Instant) {
        if outcome.isCounted {
            switch outcome.result {
            case .answered(let latency): flow.answered(after: latency, of: outcome.weight)
            case .timedOut: flow.timedOut()
            case .lost: flow.failed()
            }
        }
        if let pause = outcome.retryAfter { retryAfter = now.advanced(by: pause) }
        breaker.record(success: !outcome.isFailure, at: now)
    }

    /// The node was reached.
    mutating func connected(now: Instant) { breaker.record(success: true, at: now) }

    /// An attempt to reach the node failed.
    mutating func attemptFailed(now: Instant) { breaker.record(success: false, at: now) }

    /// A connection was lost: that alone counts only where the node is in doubt already.
    mutating func connectionLost(now: Instant) {
        if !breaker.isClosed { breaker.record(success: false, at: now) }
    }
}
