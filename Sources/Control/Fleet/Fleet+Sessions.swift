import Lavalink
import Wire

// The nodes' sessions: what happens to them, and what follows for the players.
extension Fleet {
    mutating func start() {
        if options.enableReconnect { saving.start(options.stateSaveInterval, now: now) }
        for guild in guilds where look(at: guild, { $0.voice.hasLeft }) == true {
            change(guild) { [moment] in $0.voice.start(moment) }
        }
        for id in nodes.all { session(of: id) { $0.start(now: $1) } }
    }

    mutating func socket(
        _ name: NodeName,
        _ connection: ConnectionID,
        _ event: SocketEvent
    ) {
        guard let id = nodes.id(of: name),
            look(at: id, { $0.session.link.connection == connection }) == true
        else { return }
        switch event {
        case .message(.ready(let session, let resumed)):
            self.session(of: id) {
                $0.ready(connection, session: session, resumed: resumed, now: $1)
            }
        case .message(let message): receive(message, from: id)
        case .opened: session(of: id) { $0.opened(connection, now: $1) }
        case .pong: session(of: id) { $0.pong(connection, now: $1) }
        case .ended(let loss): session(of: id) { $0.ended(connection, loss, now: $1) }
        case .unreadable(let what): reportError(what, of: id)
        }
    }

    /// Does what a node's session says.
    mutating func perform(_ outputs: [NodeSession.Output], of id: NodeID) {
        let name = name(of: id)
        for output in outputs {
            switch output {
            case .connect(let connection, let session):
                effects.append(.connect(name, connection, resuming: session))
            case .ping(let connection): effects.append(.ping(name, connection))
            case .abort(let connection): effects.append(.abort(name, connection))
            case .opened: publish(.nodeConnect, node: name)
            case .ready(let session, let resumed, let isNew, let isReconnect):
                if isNew { changes.append(.session(name, session)) }
                publish(.nodeReady(sessionId: session, resumed: resumed), node: name)
                becameReady(id, resumed: resumed, isReconnect: isReconnect)
            case .ask(let question): ask(question, of: id)
            case .settled: welcomePlayers(of: id)
            case .attemptFailed(let loss, let isReconnect):
                change(id) { [now] node in
                    node.outbox.attemptFailed(now: now)
                    if isReconnect { node.count { $0.failedReconnects += 1 } }
                }
                reportError(loss.description, of: id)
            case .lost(let loss): lost(id, loss)
            case .reconnecting(let attempt, let delay):
                publish(.nodeReconnecting(attempt: attempt, delay: delay), node: name)
            case .exhausted(let attempts):
                publish(.nodeReconnectExhausted(attempts: attempts), node: name)
            case .disconnected:
                let reason = "disconnected by an operator"
                publishDisconnect(of: id, code: 1000, reason: reason)
            case .released: release(id)
            case .failOver: if options.enableReconnect { move(guilds(on: id)) }
            case .readingDue: readPlayers(of: id)
            }
        }
    }

    /// Says what went wrong with a node, and what that means for its listeners.
    private mutating func reportError(_ what: String, of id: NodeID) {
        guard let node = node(id) else { return }
        publish(
            .nodeError(
                what,
                connected: node.session.isReady,
                players: node.occupancy.players
            ),
            node: node.name
        )
    }

    private mutating func publishDisconnect(of id: NodeID, code: Int, reason: String) {
        guard let node = node(id) else { return }
        let players = node.occupancy.players
        publish(.nodeDisconnect(code: code, reason: reason, players: players), node: node.name)
    }

    private mutating func lost(_ id: NodeID, _ loss: NodeLink.Loss) {
        change(id) { [now] node in
            node.count { metrics in
                metrics.disconnects += 1
                metrics.lastDisconnect = now
            }
            node.outbox.connectionLost(now: now)
        }
        let (code, reason) = loss.closing
        publishDisconnect(of: id, code: code, reason: reason)
    }

    /// Nothing is in flight to the node any more: who waits is told, and positions stand still.
    private mutating func release(_ id: NodeID) {
        change(id) { node in
            node.outbox.removeAll()
            node.returning.removeAll()
        }
        let lost = requests.filter { $0.value.node == id }.map(\.key).sorted()
        for request in lost { abandon(request) }
        let error = noNode()
        for guild in guilds(on: id) {
            tell(guild) { player, moment in
                player.nodeLost(moment)
                return player.failWaiters(error)
            }
        }
    }

    private mutating func abandon(_ id: RequestID) {
        guard let request = requests.removeValue(forKey: id) else { return }
        effects.append(.forget(id))
        let loadLost = CommandError.unreachable(
            name(of: request.node),
            detail: "the connection was lost",
            kept: false
        )
        switch request.purpose {
        case .patch(let patch):
            let error = noNode()
            if exists(patch.guild) {
                tell(patch.guild) { $0.lost(id, patch, error, $1) }
            } else {
                for waiter in patch.waiters { reply(waiter.ticket, .failure(error)) }
            }
        case .load(let ticket): reply(ticket, .failure(loadLost))
        case .loadToPlay(_, _, let ticket): reply(ticket, .failure(loadLost))
        case .loadNext(let guild, let entry):
            tell(guild) { $0.loaded(entry, nil, $1) }
        case .delete, .question: break
        }
    }

    /// What operators do to a node's connection.
    mutating func carryOut(
        _ command: NodeCommand,
        on name: NodeName,
        _ ticket: Ticket<NodeReply>
    ) {
        guard let id = nodes.id(of: name), let node = node(id) else {
            return reply(ticket, .failure(.unknownNode(name)))
        }
        switch command {
        case .connect: session(of: id) { $0.connect(now: $1) }
        case .disconnect: session(of: id) { $0.disconnect(now: $1) }
        case .breakConnection:
            guard node.session.isReady, let connection = node.link.connection else {
                let wait = retryAfter()
                return reply(ticket, .failure(.noNode(retryAfter: wait, kept: false)))
            }
            effects.append(.breakConnection(name, connection))
        }
        reply(ticket, .success(NodeReply(players: node.occupancy.players)))
    }
}

// MARK: Settling

extension Fleet {
    private mutating func becameReady(
        _ id: NodeID,
        resumed: Bool,
        isReconnect: Bool
    ) {
        change(id) { [now] node in
            if isReconnect { node.count { $0.reconnects += 1 } }
            node.outbox.connected(now: now)
        }
        guard !resumed else { return }
        for guild in guilds(on: id) { change(guild) { $0.sessionReplaced() } }
    }

    private mutating func ask(_ question: NodeSession.Question, of id: NodeID) {
        guard let session = session(of: id) else { return }
        let timeout = Int64(options.resumeTimeout.inSeconds.rounded(.up))
        let request: NodeRequest =
            switch question {
            case .enableResuming:
                .updateSession(session: session, resuming: true, timeout: timeout)
            case .disableResuming: .updateSession(session: session, resuming: false, timeout: nil)
            case .info: .info
            case .players: .players(session: session)
            case .orphanPlayers(let orphan): .players(session: orphan)
            case .deleteOrphan(let guild, let orphan):
                .destroyPlayer(session: orphan, guild: guild)
            }
        send(request, to: id, for: .question(question))
    }

    /// Every player that belongs here and is not here is made, the audible ones first; and those
    /// that wait for any node come as well.
    private mutating func welcomePlayers(of id: NodeID) {
        // Without `enableReconnect` nothing comes back by itself; but what was asked for meanwhile
        // happens.
        if options.enableReconnect || node(id)?.session.hasBeenLost == false {
            var missing: [(urgency: Int, guild: GuildID)] = []
            for guild in guilds(on: id) {
                guard
                    let urgency = look(at: guild, { $0.isLive ? nil : $0.urgency }).flatMap(\.self)
                else { continue }
                missing.append((urgency, guild))
            }
            missing.sort { ($0.urgency, $1.guild) > ($1.urgency, $0.guild) }
            let returning = missing.map(\.guild).filter { guild in
                look(at: guild) { $0.isStored && $0.hasVoice } == true
            }
            change(id) { $0.returning.await(returning) }
            for (_, guild) in missing { change(guild) { $0.sync.want(.whole) } }
            move(strandedGuilds())
        }
        for guild in guilds(on: id) { enqueue(guild) }
    }

    /// Players whose node has lost them to others, or that have none.
    private func strandedGuilds() -> [GuildID] {
        guilds.filter { guild in
            guard let id = nodeID(of: guild) else { return true }
            return node(id)?.session.hasFailedOver ?? true
        }
    }

    /// A node has a player as it is wanted.
    mutating func becameLive(_ guild: GuildID, wasLive: Bool) {
        jobs.modify { $0.recordSuccess(guild) }
        if !wasLive { finishReturn(of: guild, isBack: true) }
    }

    /// A player that was to come back does not, or not here.
    mutating func didNotReturn(_ guild: GuildID) {
        finishReturn(of: guild, isBack: false)
    }

    private mutating func finishReturn(of guild: GuildID, isBack: Bool) {
        guard let id = nodeID(of: guild),
            let finished = change(id, { $0.returning.finish(guild, isBack: isBack) }).flatMap(
                \.self
            )
        else { return }
        let name = name(of: id)
        if isBack {
            change(id) { node in node.count { $0.playersRestored += 1 } }
            let position = look(at: guild) { $0.position.milliseconds(at: now) } ?? 0
            publish(.playerRestored(position: position), node: name, guild: guild)
        }
        if let total = finished.total { publish(.playersRestored(count: total), node: name) }
    }
}
