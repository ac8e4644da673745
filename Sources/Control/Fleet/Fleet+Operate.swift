import Lavalink
import Wire

// What operators do to a node's connection.
extension Fleet {
    mutating func operate(
        _ command: NodeCommand,
        on name: NodeName,
        _ ticket: Ticket<NodeReply>,
        now: Instant
    ) {
        guard let index = index(of: name) else {
            return reply(ticket, .failure(.unknownNode(name)))
        }
        switch command {
        case .connect:
            if nodes[index].partsAt != nil { part(from: index, now: now) }
            follow(nodes[index].link.start(now: now), of: index, now: now)
        case .disconnect: beginParting(from: index, now: now)
        case .breakConnection:
            guard nodes[index].link.isReady, let connection = nodes[index].link.connection else {
                return reply(
                    ticket,
                    .failure(.noNode(retryAfter: retryAfter(now: now), kept: false))
                )
            }
            effects.append(.breakConnection(name, connection))
        }
        reply(ticket, .success(NodeReply(players: playerCount(on: name))))
    }

    /// A session that can be resumed plays on when its connection ends: the node is asked first to
    /// let it end with it, so that nothing is heard twice.
    private mutating func beginParting(from index: Int, now: Instant) {
        guard nodes[index].partsAt == nil else { return }
        guard nodes[index].link.isReady, let session = nodes[index].session else {
            return part(from: index, now: now)
        }
        nodes[index].settlement = nil
        nodes[index].partsAt = now.advanced(by: limits.partingWait)
        send(
            .updateSession(session: session, resuming: false, timeout: nil),
            to: index,
            for: .parting,
            now: now
        )
    }

    /// The connection ends, and the players go to other nodes.
    mutating func part(from index: Int, now: Instant) {
        let name = nodes[index].name
        if nodes[index].link.isReady || nodes[index].partsAt != nil {
            publish(
                .nodeDisconnect(
                    code: 1000,
                    reason: "disconnected by an operator",
                    players: playerCount(on: name)
                ),
                node: name
            )
        }
        nodes[index].partsAt = nil
        follow(nodes[index].link.stop(), of: index, now: now)
        letGo(of: index, now: now)
        giveUp(index, now: now)
    }
}
