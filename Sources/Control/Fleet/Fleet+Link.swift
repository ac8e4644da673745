import Lavalink

// The nodes' connections: what a link says, and what follows for the players.
extension Fleet {
    mutating func socket(
        _ name: NodeName,
        _ connection: ConnectionID,
        _ event: SocketEvent,
        now: Instant
    ) {
        guard let index = index(of: name), nodes[index].link.connection == connection else {
            return
        }
        switch event {
        case .opened: follow(nodes[index].link.opened(connection, now: now), of: index, now: now)
        case .pong: follow(nodes[index].link.pong(connection, now: now), of: index, now: now)
        case .ended(let loss):
            follow(nodes[index].link.ended(connection, loss, now: now), of: index, now: now)
        case .unreadable(let what): reportTrouble(what, of: index)
        case .message(.ready(let session, let resumed)):
            let outputs = nodes[index].link.ready(
                connection,
                session: session,
                resumed: resumed,
                now: now
            )
            follow(outputs, of: index, now: now)
        case .message(let message): heard(message, from: index, now: now)
        }
    }

    mutating func follow(_ outputs: [NodeLink.Output], of index: Int, now: Instant) {
        let name = nodes[index].name
        if nodes[index].partsAt != nil, !nodes[index].link.isReady {
            // It was to end anyway, and does not come back by itself.
            for case .abort(let id) in outputs { effects.append(.abort(name, id)) }
            return part(from: index, now: now)
        }
        for output in outputs {
            switch output {
            case .connect(let id, let session):
                effects.append(.connect(name, id, resuming: session))
            case .ping(let id): effects.append(.ping(name, id))
            case .abort(let id): effects.append(.abort(name, id))
            case .opened: publish(.nodeConnect, node: name)
            case .ready(let session, let resumed, let before):
                becameReady(index, session: session, resumed: resumed, before: before, now: now)
            case .lost(let loss): lost(index, loss, now: now)
            case .attemptFailed(let loss): attemptFailed(index, loss, now: now)
            case .reconnecting(let attempt, let delay):
                publish(.nodeReconnecting(attempt: attempt, delay: delay), node: name)
            case .exhausted(let attempts):
                publish(.nodeReconnectExhausted(attempts: attempts), node: name)
                giveUp(index, now: now)
            }
        }
    }

    /// Says what went wrong with a node, and what that means for its listeners.
    mutating func reportTrouble(_ what: String, of index: Int) {
        let name = nodes[index].name
        publish(
            .nodeError(
                what,
                connected: nodes[index].link.isReady,
                players: playerCount(on: name)
            ),
            node: name
        )
    }

    private mutating func attemptFailed(_ index: Int, _ loss: NodeLink.Loss, now: Instant) {
        nodes[index].breaker.record(success: false, at: now)
        if nodes[index].metrics.disconnects > nodes[index].metrics.reconnects {
            nodes[index].metrics.failedReconnects += 1
        }
        reportTrouble(loss.description, of: index)
        if loss.provesNodeGone { giveUp(index, now: now) }
    }

    private mutating func lost(_ index: Int, _ loss: NodeLink.Loss, now: Instant) {
        let name = nodes[index].name
        nodes[index].metrics.disconnects += 1
        nodes[index].metrics.lastDisconnect = now
        let (code, reason) = loss.closing
        publish(
            .nodeDisconnect(code: code, reason: reason, players: playerCount(on: name)),
            node: name
        )
        if !nodes[index].breaker.isClosed { nodes[index].breaker.record(success: false, at: now) }
        letGo(of: index, now: now)
        // Attempts that fail after their opening do not put it off.
        if nodes[index].givenUpAt == nil, !nodes[index].isGivenUp {
            nodes[index].givenUpAt = now.advanced(by: failoverGrace)
        }
        if loss.provesNodeGone { giveUp(index, now: now) }
    }

    /// Nothing is under way to the node any more: who waits is told, and places stand still.
    mutating func letGo(of index: Int, now: Instant) {
        let name = nodes[index].name
        nodes[index].settlement = nil
        nodes[index].partsAt = nil
        nodes[index].flow = FlowLimit()
        nodes[index].line.removeAll()
        nodes[index].farewells.removeAll()
        nodes[index].departing.removeAll()
        nodes[index].restoring.removeAll()
        nodes[index].heldUntil = nil
        nodes[index].reconcilesAt = nil
        let abandoned = requests.filter { $0.value.node == name }.map(\.key)
        for id in abandoned.sorted(by: { $0.rawValue < $1.rawValue }) { abandon(id, now: now) }
        for guild in guilds(on: name) {
            players[guild]?.place.freeze(now: now)
            players[guild]?.isLive = false
            players[guild]?.isInDoubt = false
            players[guild]?.connected = false
            failWaiters(of: guild, .noNode(retryAfter: retryAfter(now: now), kept: true))
        }
    }

    private mutating func abandon(_ id: RequestID, now: Instant) {
        guard let request = requests.removeValue(forKey: id) else { return }
        effects.append(.forget(id))
        switch request.purpose {
        case .patch(let patch):
            if players[patch.guild]?.flight == id {
                players[patch.guild]?.flight = nil
                // Whether it arrived is found out when the node is back.
                players[patch.guild]?.doubtPlace(of: patch, now: now)
                players[patch.guild]?.owe(patch.difference, of: patch.play)
            }
            for waiter in patch.waiters {
                reply(
                    waiter.ticket,
                    .failure(.noNode(retryAfter: retryAfter(now: now), kept: true))
                )
            }
        case .load(let ticket): reply(ticket, .failure(Self.loadLost(on: request.node)))
        case .loadToPlay(_, _, let ticket):
            reply(ticket, .failure(Self.loadLost(on: request.node)))
        case .destroy, .session, .parting, .info, .players, .zombies, .reap: break
        }
    }

    private static func loadLost(on node: NodeName) -> CommandError {
        .unreachable(node, detail: "the connection was lost", kept: false)
    }

    /// The players at home on a node, by their ids, so that every run does the same.
    func guilds(on name: NodeName) -> [GuildID] {
        players.values.filter { $0.home == name }.map(\.guild)
            .sorted { $0.rawValue < $1.rawValue }
    }

    /// When a client may try again: at the next attempt to reach a node, in whole seconds from 1.
    func retryAfter(now: Instant) -> Duration {
        let next = nodes.compactMap(\.link.nextAttempt).min()
        let wait = next.map { now.duration(to: $0).inSeconds } ?? 5
        return .seconds(Int64(min(max(wait.rounded(.up), 1), 60)))
    }
}

extension NodeLink.Loss: CustomStringConvertible {
    /// The close code and reason as a client of WebSockets would see them.
    package var closing: (code: Int, reason: String) {
        switch self {
        case .closed(let code, let reason): (code, reason)
        case .refused, .rejected, .failed, .handshakeTimeout: (1006, description)
        case .silent: (1006, "no pong in time")
        }
    }

    package var description: String {
        switch self {
        case .closed(let code, let reason):
            "the connection was closed with \(code)" + (reason.isEmpty ? "" : ": \(reason)")
        case .refused(let detail): "the connection was refused: \(detail)"
        case .rejected(401): "the node refused the password (401)"
        case .rejected(let status): "the node answered the handshake with \(status)"
        case .failed(let detail): detail
        case .handshakeTimeout: "no answer to the handshake in time"
        case .silent: "no pong in time"
        }
    }
}
