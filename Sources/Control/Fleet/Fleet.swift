package import Lavalink

/// One bot's nodes and players: every decision about them, as a pure function of events and time.
///
/// What has a life of its own is a machine with private state (`Player` and its parts,
/// `NodeSession`, `NodeOutbox`); the fleet looks them up, which it does in this file alone, tells
/// them what happened, and does what they say.
package struct Fleet: Sendable {
    package let bot: BotName
    package let user: UserID
    package let options: Options
    /// When the event happens that is being handled, and the limits.
    package private(set) var moment: Moment

    package private(set) var nodes = NodeTable()
    package private(set) var players = PlayerTable()
    package private(set) var counts = PlayerCounts()
    package internal(set) var jobs: [UInt64: RestoreJob] = [:]

    var generator: Generator
    /// Requests in flight, and what is to be done with their outcome.
    var requests: [RequestID: Outstanding] = [:]
    private(set) var nextRequest = RequestID(1)
    var nextJob: UInt64 = 1
    /// Players with something that happens at a moment, and the earliest of them.
    private var alarms = Alarms()
    var saving = SavingRound()
    /// Voice data of guilds without a player, for one that is made a moment later.
    var earlyVoice: EarlyVoice

    /// What the store has and no command has restored, while `enableReconnect` is off.
    var shelf: [GuildID: SavedPlayer] = [:]

    // What one event leaves to be done at its end.
    var effects: [Effect] = []
    private var changed: [GuildID] = []
    var changes: [StoreChange] = []
    /// Whether somebody asked for what is in `changes`: it is kept although nothing else is.
    var isSavingAsked = false
    private var replies: [Effect] = []
    /// The moment of the next `tick` that would change anything, as of the last event.
    package private(set) var nextDeadline: Instant?

    package init(
        bot: BotName,
        user: UserID,
        nodes: [NodeSettings],
        options: Options = Options(),
        limits: Limits = .standard,
        saved: SavedBot = SavedBot(),
        seed: UInt64
    ) {
        self.bot = bot
        self.user = user
        self.options = options
        moment = Moment(.start, limits)
        generator = Generator(seed: seed)
        earlyVoice = EarlyVoice(limit: limits.earlyVoices)
        for settings in nodes {
            let link = NodeLink(
                options: options,
                limits: limits,
                session: saved.sessions[settings.name],
                seed: generator.next()
            )
            // Players never wait longer than a session can be resumed.
            let grace = min(options.failoverGrace, options.resumeTimeout)
            self.nodes.add(Node(settings, NodeSession(link, grace: grace, limits), limits))
        }
        for player in saved.players {
            if options.enableReconnect {
                add(player)
            } else {
                shelf[player.player.guild] = player
            }
        }
    }

    /// Takes in what happened, and says what is to be done about it.
    package mutating func handle(_ event: Event, now: Instant) -> [Effect] {
        moment.now = now
        switch event {
        case .start: start()
        case .command(let command): carryOut(command)
        case .socket(let name, let connection, let event):
            socket(name, connection, event)
        case .answer(let id, let answer): answered(id, answer)
        case .tick: tick()
        }
        for id in nodes.all { serve(id) }
        return finish()
    }

    private var earliestDeadline: Instant? {
        var earliest = alarms.earliest
        func add(_ moment: Instant?) {
            if let moment { earliest = earliest.map { min($0, moment) } ?? moment }
        }
        add(saving.nextAt)
        add(nodes.nextDeadline)
        for job in jobs.values where !job.isDone { add(job.endsAt) }
        return earliest
    }

    package var invariant: Bool {
        nodes.allSatisfy(\.invariant) && players.invariant
            && nodes.reduce(0) { $0 + $1.occupancy.players } <= players.count
    }

    private mutating func finish() -> [Effect] {
        assert(invariant)
        for guild in changed { persist(guild) }
        changed.removeAll(keepingCapacity: true)
        if !changes.isEmpty, options.enableReconnect || isSavingAsked {
            effects.append(.persist(changes))
        }
        changes.removeAll(keepingCapacity: true)
        isSavingAsked = false
        effects += replies
        replies.removeAll(keepingCapacity: true)
        nextDeadline = earliestDeadline
        defer { effects = [] }
        return effects
    }

    /// Writes the row of a player that changed.
    private mutating func persist(_ guild: GuildID) {
        guard let player = players[guild], player.isChanged else { return }
        changes.append(.player(record(of: player, now: now)))
        // Of a player that the store does not know, or no more, it has no queue either.
        if !player.isStored, !player.queue.isEmpty {
            changes.append(.entries(guild, Array(player.queue.entries)))
        }
        players.update(guild) { $0.wasStored() }
    }
}

// MARK: Nodes

extension Fleet {
    package var limits: Limits { moment.limits }
    var now: Instant { moment.now }

    package func node(_ id: NodeID) -> Node? { nodes[id] }

    package func node(_ name: NodeName) -> Node? { nodes.id(of: name).flatMap { nodes[$0] } }

    /// Asks something of a node, without taking a copy of it.
    package func look<Result>(
        at name: NodeName,
        _ question: (borrowing Node) -> Result
    ) -> Result? {
        nodes.id(of: name).flatMap { nodes.look(at: $0, question) }
    }

    func look<Result>(at id: NodeID, _ question: (borrowing Node) -> Result) -> Result? {
        nodes.look(at: id, question)
    }

    func name(of id: NodeID) -> NodeName { nodes.name(of: id) }

    /// The name of the node that has a player, or is to have it.
    package func assignedNode(of player: borrowing Player) -> NodeName? {
        player.sync.node.map { nodes.name(of: $0) }
    }

    /// The one way in which a node changes; nil when there is no such node.
    @discardableResult
    mutating func change<Result>(_ id: NodeID, _ body: (inout Node) -> Result) -> Result? {
        nodes.update(id) { node in
            defer { assert(node.session.invariant && node.outbox.invariant) }
            return body(&node)
        }
    }

    func session(of id: NodeID) -> String? {
        look(at: id) { $0.session.session }.flatMap(\.self)
    }

    /// Tells a node's session what happened, and does what it says.
    mutating func session(
        of id: NodeID,
        _ verb: (inout NodeSession, Instant) -> [NodeSession.Output]
    ) {
        let now = now
        guard let outputs = change(id, { verb(&$0.session, now) }) else { return }
        perform(outputs, of: id)
    }
}

// MARK: Players

extension Fleet {
    package func player(_ guild: GuildID) -> Player? { players[guild] }

    /// Asks something of a player, without taking a copy of it.
    package func look<Result>(
        at guild: GuildID,
        _ question: (borrowing Player) -> Result
    ) -> Result? {
        players.look(at: guild, question)
    }

    func exists(_ guild: GuildID) -> Bool { players.contains(guild) }

    /// Every guild with a player, by its id.
    package var guilds: [GuildID] { players.guilds }

    /// The node that has the player of a guild, or is to have it.
    func nodeID(of guild: GuildID) -> NodeID? {
        players.look(at: guild) { $0.sync.node }.flatMap(\.self)
    }

    /// The players that are assigned to a node, by their ids, so that every run does the same.
    func guilds(on id: NodeID) -> [GuildID] {
        guilds.filter { nodeID(of: $0) == id }
    }

    private mutating func add(_ player: Player) {
        // What was asked for about a former player of the guild says nothing of this one.
        var player = player
        player.sync.invalidateReadings(before: nextRequest)
        players.add(player)
        if player.isChanged { changed.append(player.guild) }
        account(nil, PlayerSummary(player), player.guild)
    }

    mutating func add(_ saved: SavedPlayer) {
        let node = saved.player.node.map { nodes.id(naming: $0) }
        add(Player(saved, on: node, seed: generator.next()))
    }

    mutating func addPlayer(of guild: GuildID) {
        add(Player(guild: guild, seed: generator.next()))
    }

    mutating func removePlayer(of guild: GuildID) -> Player? {
        guard let player = players.remove(guild) else { return nil }
        account(PlayerSummary(player), nil, guild)
        return player
    }

    /// The one way in which a player changes; nil when there is no such player.
    ///
    /// What is to be sent, what is to be written and when something happens by itself follows from
    /// what it is afterwards.
    @discardableResult
    mutating func change<Result>(
        _ guild: GuildID,
        _ body: (inout Player) -> Result
    ) -> Result? {
        let step = players.update(guild) { player in
            let before = PlayerSummary(player)
            let result = body(&player)
            assert(player.invariant)
            return (result, before, PlayerSummary(player), player.isChanged, player.hasUnsent)
        }
        guard let (result, before, after, isChanged, hasUnsent) = step else { return nil }
        if isChanged { changed.append(guild) }
        if before != after { account(before, after, guild) }
        if hasUnsent { enqueue(guild) }
        return result
    }

    /// Keeps the counts, and the moment at which something happens for the player by itself.
    private mutating func account(
        _ before: PlayerSummary?,
        _ after: PlayerSummary?,
        _ guild: GuildID
    ) {
        counts.replace(before, by: after)
        if let before, let node = before.node { change(node) { $0.occupancy.remove(before) } }
        if let after, let node = after.node { change(node) { $0.occupancy.add(after) } }
        if before?.deadline != after?.deadline { alarms.set(guild, after?.deadline) }
    }

    /// Tells a player what happened, and does what it says.
    mutating func tell(_ guild: GuildID, _ verb: (inout Player, Moment) -> [Player.Output]) {
        let moment = moment
        guard let outputs = change(guild, { verb(&$0, moment) }) else { return }
        perform(outputs, of: guild)
    }

    /// The players whose moment has come.
    mutating func dueAlarms() -> [GuildID] { alarms.due(at: now) }

    /// What is kept of a player.
    package func record(of player: Player, now: Instant) -> PlayerRecord {
        player.record(now: now, node: assignedNode(of: player))
    }
}

// MARK: What is to be done

extension Fleet {
    mutating func newRequestID() -> RequestID {
        defer { nextRequest = RequestID(nextRequest.rawValue + 1) }
        return nextRequest
    }

    mutating func publish(
        _ kind: FleetEvent.Kind,
        node: NodeName? = nil,
        guild: GuildID? = nil
    ) {
        effects.append(.publish(FleetEvent(kind, node: node, guild: guild)))
    }

    mutating func reply<Reply>(_ ticket: Ticket<Reply>, _ result: Result<Reply, CommandError>) {
        replies.append(.reply(Reply.answer(ticket, result)))
    }

    /// Does what a player says.
    mutating func perform(_ outputs: [Player.Output], of guild: GuildID) {
        for output in outputs {
            switch output {
            case .publish(let kind):
                publish(kind, node: nodeID(of: guild).map { name(of: $0) }, guild: guild)
            case .store(let change): changes.append(change)
            case .answer(let waiter, let error):
                reply(waiter.ticket, error.map { .failure($0) } ?? .success(waiter.reply))
            case .load(let id, let identifier):
                loadNext(id, identifier, of: guild)
            case .read: readPlayers(withNodeOf: guild)
            case .delete(let node): delete(guild, at: node)
            case .sessionGone: sessionGone(of: guild)
            case .live(let wasLive): becameLive(guild, wasLive: wasLive)
            case .refused(let reason):
                didNotReturn(guild)
                jobs.modify { $0.recordFailure(guild, reason) }
            }
        }
    }
}
