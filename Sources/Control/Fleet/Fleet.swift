package import Lavalink

/// One bot's nodes and players: every decision about them, as a pure function of events and time.
///
/// Whatever changes what is wanted of a player ends in `want(_:of:)`, and whatever learns what a
/// node has ends in `compare`: making a node match is one act, whether a command, a restart, a
/// failover or a resume asks for it.
package struct Fleet: Sendable {
    package let bot: BotName
    package let user: UserID
    package let options: Options
    package let limits: Limits

    package internal(set) var nodes: [Node] = []
    package internal(set) var players: [GuildID: Player] = [:]
    package internal(set) var jobs: [UInt64: RestoreJob] = [:]

    var generator: Generator
    /// Requests under way, and what is to be done with their outcome.
    var requests: [RequestID: Outstanding] = [:]
    var nextRequest: UInt64 = 1
    var nextJob: UInt64 = 1
    /// Players with something that happens at a moment, and the earliest of them.
    var alarms = Alarms()
    var savesAt: Instant?
    /// Voice data of guilds without a player, for one that is made a moment later.
    var earlyVoice: EarlyVoice

    /// What the store has and nobody asked to bring back, while `enableReconnect` is off.
    var shelf: [GuildID: SavedPlayer] = [:]

    /// What choices of a node go by for a moment.
    var counts: NodeCounts?

    // What one event leaves to be done at its end.
    var effects: [Effect] = []
    var touched: [GuildID] = []
    var changes: [StoreChange] = []
    /// Whether somebody asked for what is in `changes`: it is kept although nothing else is.
    var isSavingAsked = false
    var replies: [Effect] = []

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
        self.limits = limits
        generator = Generator(seed: seed)
        earlyVoice = EarlyVoice(limit: limits.earlyVoices)
        for settings in nodes {
            let link = NodeLink(
                options: options,
                limits: limits,
                session: saved.sessions[settings.name],
                seed: generator.next()
            )
            self.nodes.append(Node(settings, link, limits))
        }
        for player in saved.players {
            if options.enableReconnect {
                players[player.player.guild] = Player(player)
            } else {
                shelf[player.player.guild] = player
            }
        }
    }

    /// Takes in what happened, and says what is to be done about it.
    package mutating func handle(_ event: Event, now: Instant) -> [Effect] {
        switch event {
        case .start: start(now: now)
        case .command(let command): carryOut(command, now: now)
        case .socket(let name, let connection, let event):
            socket(name, connection, event, now: now)
        case .answer(let id, let answer): answered(id, answer, now: now)
        case .tick: tick(now: now)
        }
        for index in nodes.indices { serveLine(of: index, now: now) }
        return finish(now: now)
    }

    /// The moment of the next `tick` that would change anything.
    package var nextDeadline: Instant? {
        var earliest = alarms.earliest
        if let savesAt { earliest = min(earliest ?? savesAt, savesAt) }
        for node in nodes {
            for moment in [
                node.link.nextDeadline, node.givenUpAt, node.reconcilesAt,
                node.settlement?.retryAt, node.partsAt, lineOpens(node),
            ] {
                if let moment { earliest = min(earliest ?? moment, moment) }
            }
        }
        for job in jobs.values where !job.isDone {
            earliest = min(earliest ?? job.endsAt, job.endsAt)
        }
        return earliest
    }

    /// When requests that wait for the node's consent may go out.
    private func lineOpens(_ node: Node) -> Instant? {
        guard node.isSettled, node.hasWork else { return nil }
        return node.heldUntil ?? node.breaker.openUntil
    }

    package func node(_ name: NodeName) -> Node? { nodes.first { $0.name == name } }

    func index(of name: NodeName) -> Int? { nodes.firstIndex { $0.name == name } }

    /// How many players have their home on the node.
    package func playerCount(on name: NodeName) -> Int {
        players.values.count { $0.home == name }
    }
}

// MARK: The beginning and the end of an event

extension Fleet {
    private mutating func start(now: Instant) {
        savesAt = options.enableReconnect ? now.advanced(by: options.stateSaveInterval) : nil
        for player in players.values where player.hasLeft {
            players[player.guild]?.leavesAt = now.advanced(by: limits.nullChannelGrace)
            setAlarm(of: player.guild)
        }
        for index in nodes.indices {
            nodes[index].givenUpAt = now.advanced(by: failoverGrace)
            follow(nodes[index].link.start(now: now), of: index, now: now)
        }
    }

    /// Never longer than a session can be resumed.
    var failoverGrace: Duration { min(options.failoverGrace, options.resumeTimeout) }

    private mutating func finish(now: Instant) -> [Effect] {
        for guild in touched { persist(guild, now: now) }
        touched.removeAll(keepingCapacity: true)
        if !changes.isEmpty, options.enableReconnect || isSavingAsked {
            effects.append(.persist(changes))
        }
        changes.removeAll(keepingCapacity: true)
        isSavingAsked = false
        let done = effects + replies
        effects.removeAll(keepingCapacity: true)
        replies.removeAll(keepingCapacity: true)
        return done
    }

    private mutating func persist(_ guild: GuildID, now: Instant) {
        guard let player = players[guild] else { return }
        let record = player.record(now: now)
        guard player.saved != record else { return }
        players[guild]?.saved = record
        changes.append(.player(record))
        // Of a player that the store does not know, or no more, it has no queue either.
        if player.saved == nil, !player.queue.isEmpty {
            changes.append(.entries(guild, Array(player.queue.entries)))
        }
    }

    /// Notes that a player changed: its row is written at the end of the event.
    mutating func touch(_ guild: GuildID) {
        if touched.last != guild { touched.append(guild) }
    }

    mutating func publish(
        _ kind: FleetEvent.Kind,
        node: NodeName? = nil,
        guild: GuildID? = nil
    ) {
        effects.append(.publish(FleetEvent(kind, node: node, guild: guild)))
    }

    /// An event of a player, on the node that it is at home on.
    mutating func publish(_ kind: FleetEvent.Kind, of guild: GuildID) {
        publish(kind, node: players[guild]?.home, guild: guild)
    }

    mutating func reply<Reply>(_ ticket: Ticket<Reply>, _ result: Result<Reply, CommandError>) {
        replies.append(.reply(Reply.answer(ticket, result)))
    }

    mutating func newPlayID() -> PlayID { PlayID(generator.next()) }
    mutating func newEntryID() -> EntryID { EntryID(generator.next()) }
}
