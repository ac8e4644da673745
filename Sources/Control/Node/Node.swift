package import Lavalink

/// One node as one bot sees it: its link, what it last said, and what is under way to it.
package struct Node: Sendable {
    /// What an operator wants of it; so far always `active`: no command changes it yet.
    package enum Wish: String, Sendable { case active, cordoned, draining }

    package let settings: NodeSettings
    package internal(set) var link: NodeLink
    package internal(set) var breaker = CircuitBreaker()
    package internal(set) var wish = Wish.active
    package internal(set) var stats: Stats?
    package internal(set) var info: NodeInfo?
    package internal(set) var metrics = ConnectionMetrics()
    var statsAt: Instant?
    package internal(set) var flow = FlowLimit()
    var failures: FailureWindow
    /// What must come out before players are touched; nil when nothing is left.
    var settlement: Settlement?
    /// Players to be told something, first come first served.
    var line = Line()
    /// Players whose end the node is still to be told; nothing else is sent for them meanwhile.
    var departing: [GuildID: Departure] = [:]
    /// Those of them that are due, in their order.
    var farewells = Line()
    /// Former sessions that may play on unheard, the oldest first.
    package internal(set) var unheard: [String] = []
    /// Players that a new session must get back, and how many it has.
    var restoring: Set<GuildID> = []
    var restored = 0
    /// When its connection ends at an operator's word, answered or not; no player is told anything
    /// until then.
    var partsAt: Instant?
    /// When its players are given to others, unless it is back until then.
    var givenUpAt: Instant?
    /// Whether its players may go to others.
    var isGivenUp = false
    /// No requests before this moment: the node asked for it (429).
    var heldUntil: Instant?
    /// When the node's players are read and compared with what is wanted.
    var reconcilesAt: Instant?

    enum Departure: Sendable { case afterFlight, due, sent(RequestID) }

    init(_ settings: NodeSettings, _ link: NodeLink, _ limits: Limits) {
        self.settings = settings
        self.link = link
        failures = FailureWindow(length: limits.failureMemory)
    }

    package var name: NodeName { settings.name }

    /// The contract: connected, and with a session id.
    package var isAvailable: Bool { link.isReady }

    /// Whether players may be told anything.
    var isSettled: Bool { link.isReady && settlement == nil && partsAt == nil }
    /// Between `ready` and that, and meant to have players.
    var isSettling: Bool { link.isReady && settlement != nil && wish == .active }

    package var session: String? { link.session }

    /// Whether it is being asked for a session that may be alive, or for that session's players.
    func mayHaveItsPlayers(at now: Instant) -> Bool {
        link.isReady ? settlement?.players == true : link.resumes(at: now)
    }

    /// A session is left behind; a few are remembered until they are known to be silent.
    mutating func leave(_ former: String?, for session: String) {
        unheard.removeAll { $0 == session }
        guard let former, former != session, !unheard.contains(former) else { return }
        unheard.append(former)
        if unheard.count > Self.unheardLimit { unheard.removeFirst() }
    }

    private static let unheardLimit = 8

    /// Whether it asked for a rest (429) that is not over.
    func rests(at now: Instant) -> Bool { heldUntil.map { now < $0 } ?? false }

    /// Whether something waits to be sent.
    var hasWork: Bool { !farewells.isEmpty || !line.isEmpty }
}

/// Players waiting for their turn; each stands in it once.
struct Line: Sendable {
    private(set) var order: [GuildID] = []
    private var members: Set<GuildID> = []

    var isEmpty: Bool { order.isEmpty }
    var first: GuildID? { order.first }
    var count: Int { order.count }

    mutating func append(_ guild: GuildID) {
        if members.insert(guild).inserted { order.append(guild) }
    }

    mutating func removeFirst(_ count: Int) {
        for guild in order.prefix(count) { members.remove(guild) }
        order.removeFirst(count)
    }

    mutating func removeAll() {
        order.removeAll()
        members.removeAll()
    }
}

/// What must come out between `ready` and the first word about a player.
struct Settlement: Sendable {
    var session: Bool
    var players: Bool
    var zombies: Bool
    var info: Bool
    /// Players of a session that plays on unheard which are still to be taken down, the next one
    /// last, and how many are being so.
    var toReap: [GuildID] = []
    var reaping = 0
    /// Some of them could not be.
    var reapFailed = false
    /// Steps that failed and are tried again at this moment.
    var retryAt: Instant?
    var tries = 0

    var isDone: Bool { !session && !players && !zombies && !info }
}

/// The contract's connection metrics.
package struct ConnectionMetrics: Sendable, Equatable {
    package var disconnects = 0
    package var reconnects = 0
    package var failedReconnects = 0
    package var lastDisconnect: Instant?
    package var playersRestored = 0

    package init() {}

    /// Reconnects for each disconnect, in percent; 0 with no disconnect.
    package var successRate: Double {
        disconnects == 0 ? 0 : Double(reconnects) / Double(disconnects) * 100
    }

    package static func + (left: ConnectionMetrics, right: ConnectionMetrics) -> ConnectionMetrics {
        var sum = left
        sum.disconnects += right.disconnects
        sum.reconnects += right.reconnects
        sum.failedReconnects += right.failedReconnects
        sum.playersRestored += right.playersRestored
        sum.lastDisconnect = [left.lastDisconnect, right.lastDisconnect].compactMap(\.self).max()
        return sum
    }
}

/// What went wrong lately: two windows, of which the older is dropped.
struct FailureWindow: Sendable {
    let length: Duration
    private var recent = Placement.Failures()
    private var older = Placement.Failures()
    private var since = Instant.start

    init(length: Duration) { self.length = length }

    mutating func record(_ change: (inout Placement.Failures) -> Void, now: Instant) {
        turn(now)
        change(&recent)
    }

    func failures(at now: Instant) -> Placement.Failures {
        var copy = self
        copy.turn(now)
        var sum = copy.recent
        sum.loads += copy.older.loads
        sum.failedLoads += copy.older.failedLoads
        sum.stuck += copy.older.stuck
        sum.exceptions += copy.older.exceptions
        return sum
    }

    private mutating func turn(_ now: Instant) {
        let age = since.duration(to: now)
        guard age >= length else { return }
        older = age >= length * 2 ? Placement.Failures() : recent
        recent = Placement.Failures()
        since = now
    }
}
