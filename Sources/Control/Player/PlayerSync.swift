import Lavalink

/// Where a player lives, and what its node must still hear.
///
/// One request at a time is in flight about a player, and it carries all that is unsent by then.
package struct PlayerSync: Sendable {
    package enum Contact: Sendable, Equatable {
        /// No node is chosen; nothing happens before the moment.
        case unassigned(until: Instant?)
        /// The node is to have the player, and has not confirmed it in its present session.
        case assigned(NodeID, Exchange)
        /// The node confirmed the whole player since its session began.
        case live(NodeID, Exchange)
        /// As `assigned` to another node, while the former one may still have it.
        case moving(from: NodeID, to: NodeID, Exchange)
    }

    package enum Exchange: Sendable, Equatable {
        case idle
        case backingOff(until: Instant)
        /// A request is in flight; after it, nothing is sent before `until`.
        case inFlight(RequestID, to: NodeID, until: Instant?)
        /// What became of the last request is not known: nothing is sent until the node was read.
        case inDoubt(until: Instant?)

        fileprivate var holdsUntil: Instant? {
            switch self {
            case .idle: nil
            case .backingOff(let until): until
            case .inFlight(_, _, let until), .inDoubt(let until): until
            }
        }

        fileprivate func held(until moment: Instant?) -> Exchange {
            switch self {
            case .idle, .backingOff: moment.map { .backingOff(until: $0) } ?? .idle
            case .inFlight(let id, let node, _): .inFlight(id, to: node, until: moment)
            case .inDoubt: .inDoubt(until: moment)
            }
        }

        /// The same, without a request or a doubt.
        fileprivate var settled: Exchange { Exchange.idle.held(until: holdsUntil) }
    }

    /// A command that is answered once its change was sent to the node.
    package struct Waiter: Sendable {
        var ticket: Ticket<PlayerReply>
        var reply: PlayerReply
        /// When it is answered that its change is saved and not sent yet.
        var until: Instant
    }

    /// Whose answer it is that came.
    enum Arrival: Equatable {
        /// Of a request that is of no interest any more.
        case outdated
        /// Of the node that the player has left since.
        case fromFormerNode
        case expected
    }

    package private(set) var contact = Contact.unassigned(until: nil)
    /// What was not sent to the node yet.
    package private(set) var unsent: Difference = []
    /// A position and an end that were commanded and that no node confirmed yet: after a restart
    /// they are sent again.
    package private(set) var unconfirmed: Difference = []
    private(set) var waiters: [Waiter] = []
    /// A reading that was asked for before this request says nothing of the player any more.
    private var lastChange = RequestID(0)
    /// Attempts in a row that the node did not take.
    private var failedAttempts = 0

    /// A player that is not known to any node, or as it was saved.
    init(assignedTo node: NodeID? = nil, unconfirmed: Difference = []) {
        if let node { contact = .assigned(node, .idle) }
        self.unconfirmed = unconfirmed.intersection(Self.kept)
        unsent = self.unconfirmed
    }

    /// What a node keeps by itself, and what is therefore noted until it is confirmed.
    private static let kept: Difference = [.position, .endTime]
}

// MARK: Questions

extension PlayerSync {
    /// The node that has the player, or is to have it.
    package var node: NodeID? {
        switch contact {
        case .unassigned: nil
        case .assigned(let node, _), .live(let node, _), .moving(_, let node, _): node
        }
    }

    /// Nodes that have the player, or may have it still.
    var holders: [NodeID] {
        switch contact {
        case .unassigned, .assigned: []
        case .live(let node, _), .moving(let node, _, _): [node]
        }
    }

    package var isLive: Bool { if case .live = contact { true } else { false } }

    private var exchange: Exchange {
        get {
            switch contact {
            case .unassigned(let until): Exchange.idle.held(until: until)
            case .assigned(_, let exchange), .live(_, let exchange), .moving(_, _, let exchange):
                exchange
            }
        }
        set {
            switch contact {
            case .unassigned: contact = .unassigned(until: newValue.holdsUntil)
            case .assigned(let node, _): contact = .assigned(node, newValue)
            case .live(let node, _): contact = .live(node, newValue)
            case .moving(let from, let to, _): contact = .moving(from: from, to: to, newValue)
            }
        }
    }

    /// The request that is in flight.
    var request: RequestID? {
        if case .inFlight(let id, _, _) = exchange { id } else { nil }
    }

    /// The node that the request goes to; not always the one that the player is assigned to.
    var requestedNode: NodeID? {
        if case .inFlight(_, let node, _) = exchange { node } else { nil }
    }

    /// Whether something could be sent, were it not for a wait.
    var hasUnsent: Bool {
        guard !unsent.isEmpty else { return false }
        switch exchange {
        case .idle, .backingOff: return true
        case .inFlight, .inDoubt: return false
        }
    }

    func maySend(at now: Instant) -> Bool {
        hasUnsent && exchange.holdsUntil.map { $0 <= now } ?? true
    }

    /// Whether the node's count of milliseconds is about what is wanted now.
    var believesReports: Bool {
        guard case .live(_, let exchange) = contact else { return false }
        switch exchange {
        case .idle, .backingOff: return unsent.isDisjoint(with: [.track, .position])
        case .inFlight, .inDoubt: return false
        }
    }

    /// Whether a reading that was asked for with this request may say something of the player.
    func believes(reading: RequestID) -> Bool { request == nil && lastChange <= reading }

    /// When something happens by itself.
    var nextDeadline: Instant? {
        guard let until = waiters.first?.until else { return exchange.holdsUntil }
        return exchange.holdsUntil.map { min($0, until) } ?? until
    }

    /// The legal combinations.
    package var invariant: Bool {
        guard unconfirmed.isSubset(of: Self.kept) else { return false }
        switch (contact, exchange) {
        case (.moving(let from, let to, _), _) where from == to: return false
        case (.unassigned, .idle), (.unassigned, .backingOff): return true
        case (.unassigned, .inFlight), (.unassigned, .inDoubt): return false
        case (.live(let node, _), .inFlight(_, let to, _)): return node == to
        case (.live, _): return true
        case (.assigned, .inDoubt), (.moving, .inDoubt): return false
        case (.assigned(let node, _), .inFlight(_, let to, _)): return node == to
        case (.moving(let from, let to, _), .inFlight(_, let node, _)):
            return node == from || node == to
        case (.assigned, _), (.moving, _): return true
        }
    }
}

// MARK: What is wanted, and where

extension PlayerSync {
    mutating func want(_ difference: Difference) { unsent.formUnion(difference) }

    /// Something that was to be sent is not wanted any more, or is there already.
    mutating func cancel(_ difference: Difference) { unsent.subtract(difference) }

    /// A position or an end was commanded, to be remembered until a node confirms it.
    mutating func command(_ difference: Difference) {
        unconfirmed.formUnion(difference.intersection(Self.kept))
        want(difference)
    }

    /// What plays is another track, or none: what was commanded of the former one is void.
    mutating func forgetCommands() { unconfirmed = [] }

    /// Gives the player a node, or another one.
    ///
    /// - Returns: the node that it had.
    @discardableResult
    mutating func assign(to node: NodeID) -> NodeID? {
        let former = self.node
        let exchange = if case .inDoubt = exchange { exchange.settled } else { exchange }
        switch former {
        case nil: contact = .assigned(node, exchange)
        case node?: break
        case let former?:
            // The request that is in flight may be about a node before the former one.
            let from = requestedNode ?? former
            contact =
                from == node ? .assigned(node, exchange) : .moving(from: from, to: node, exchange)
        }
        unsent.formUnion(.whole)
        return former
    }

    /// Readings that were asked for before `request` say nothing of the player any more.
    mutating func invalidateReadings(before request: RequestID) { lastChange = request }

    /// Nothing is sent before a moment; nil for at once.
    mutating func hold(until moment: Instant?) { exchange = exchange.held(until: moment) }

    /// The next attempt waits, twice as long each time.
    mutating func backOff(_ moment: Moment) {
        let wait = min(
            moment.limits.retryDelay * (1 << min(failedAttempts, 6)),
            moment.limits.retryCeiling
        )
        failedAttempts += 1
        hold(until: moment.now.advanced(by: wait))
    }

    /// Other reasons than before: the next failure waits as short as the first.
    mutating func forgetFailures() { failedAttempts = 0 }

    /// A moment has come that something waited for.
    mutating func tick(now: Instant) {
        if let until = exchange.holdsUntil, now >= until { hold(until: nil) }
    }
}

// MARK: Requests

extension PlayerSync {
    /// What the next request must carry: all of a player that the node does not have yet.
    var toSend: Difference { isLive ? unsent : unsent.union(.whole) }

    /// A request goes out that carries all that is unsent.
    ///
    /// - Returns: the commands that wait for it.
    mutating func sent(_ id: RequestID) -> [Waiter] {
        guard let node else { preconditionFailure("a request goes to a node") }
        exchange = .inFlight(id, to: node, until: nil)
        unsent = []
        defer { waiters = [] }
        return waiters
    }

    /// An answer came; the request is over with it.
    mutating func answered(_ id: RequestID, by node: NodeID) -> Arrival {
        guard request == id else { return .outdated }
        exchange = exchange.settled
        return self.node == node ? .expected : .fromFormerNode
    }

    /// The player was seen on the former node's last answer, or is deleted there: it lives only
    /// where it is assigned.
    mutating func leftFormerNode() {
        if case .moving(_, let to, let exchange) = contact { contact = .assigned(to, exchange) }
    }

    /// The request got lost with its connection.
    mutating func lost(_ id: RequestID) -> Bool {
        guard request == id else { return false }
        exchange = exchange.settled
        return true
    }

    /// The node confirmed the request.
    ///
    /// - Returns: the node that may still have a copy of the player.
    mutating func confirmed() -> NodeID? {
        failedAttempts = 0
        return becomeLive()
    }

    private mutating func becomeLive() -> NodeID? {
        switch contact {
        case .unassigned: return nil
        case .assigned(let node, let exchange): contact = .live(node, exchange)
        case .live: break
        case .moving(let from, let to, let exchange):
            contact = .live(to, exchange)
            return from
        }
        return nil
    }

    /// Commands that were sent are confirmed, unless they are others by now.
    ///
    /// - Returns: whether that was news.
    mutating func confirmed(_ difference: Difference) -> Bool {
        let sent = difference.subtracting(unsent)
        guard !unconfirmed.isDisjoint(with: sent) else { return false }
        unconfirmed.subtract(sent)
        return true
    }

    /// What became of a request is not known: the node is to be read before the next.
    mutating func doubt() {
        if case .live(let node, let exchange) = contact {
            contact = .live(node, .inDoubt(until: exchange.holdsUntil))
        }
    }

    /// The node was read: there is no doubt any more.
    mutating func wasRead() {
        if case .inDoubt = exchange { exchange = exchange.settled }
    }

    /// The node has the player, and differs from what is wanted by this.
    ///
    /// - Returns: the node that may still have a copy of the player.
    mutating func found(differing difference: Difference) -> NodeID? {
        wasRead()
        unsent = difference
        return becomeLive()
    }

    /// The node does not have the player, or not as it should be, in its present session.
    ///
    /// - Returns: whether it was thought to have it.
    @discardableResult
    mutating func missing() -> Bool {
        guard case .live(let node, let exchange) = contact else { return false }
        contact = .assigned(node, exchange.settled)
        return true
    }
}

// MARK: Waiting commands

extension PlayerSync {
    mutating func wait(_ waiter: Waiter) { waiters.append(waiter) }

    /// Commands whose request has to be sent again.
    mutating func waitAgain(_ again: [Waiter]) { waiters.insert(contentsOf: again, at: 0) }

    /// Everyone who waits, to be answered now.
    mutating func takeWaiters() -> [Waiter] {
        defer { waiters = [] }
        return waiters
    }

    /// Those who have waited long enough.
    mutating func takeExpiredWaiters(now: Instant) -> [Waiter] {
        let count = waiters.prefix { now >= $0.until }.count
        defer { waiters.removeFirst(count) }
        return Array(waiters.prefix(count))
    }
}
