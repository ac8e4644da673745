import Lavalink
import Wire

// Sessions that may play on unheard: a half-open death leaves the old one playing beside the new
// (`lavalink-v4.md` §3.4). Its players are taken down through it, one session after the other.
extension Fleet {
    mutating func askUnheard(of index: Int, now: Instant) {
        guard let session = nodes[index].unheard.first else {
            return settled(\.zombies, of: index, now: now)
        }
        send(.players(session: session), to: index, for: .zombies(session: session), now: now)
    }

    mutating func zombiesAnswered(
        _ answer: NodeAnswer,
        _ session: String,
        _ index: Int,
        now: Instant
    ) {
        switch answer {
        case .response(200, let body, _):
            // What cannot be read names nobody who could be taken down.
            let players = (try? JSONDocument(parsing: body))?.root.elements.compactMap {
                $0["guildId"]?.string.flatMap { GuildID($0) }
            }
            guard let players, !players.isEmpty else { return silenced(index, now: now) }
            nodes[index].settlement?.toReap = players.reversed()
            reapOn(index, now: now)
        case .response(let status, _, _) where status < 500 && status != 429:
            // The session is gone, or waits for its end unheard.
            silenced(index, now: now)
        case .response, .refused, .timedOut, .lost: settleFailed(\.zombies, of: index, now: now)
        }
    }

    /// Takes down as many as may be at once.
    private mutating func reapOn(_ index: Int, now: Instant) {
        guard let session = nodes[index].unheard.first else { return }
        while let settlement = nodes[index].settlement, settlement.reaping < limits.reapsAtOnce,
            let guild = settlement.toReap.last
        {
            nodes[index].settlement?.toReap.removeLast()
            nodes[index].settlement?.reaping += 1
            send(
                .destroyPlayer(session: session, guild: guild),
                to: index,
                for: .reap,
                now: now
            )
        }
    }

    /// One player of it is gone; players of the new session come once all are.
    mutating func reaped(_ answer: NodeAnswer, _ index: Int, now: Instant) {
        nodes[index].settlement?.reaping -= 1
        switch answer {
        case .response(let status, _, _) where status < 500 && status != 429: break
        case .response, .refused, .timedOut, .lost: nodes[index].settlement?.reapFailed = true
        }
        reapOn(index, now: now)
        guard nodes[index].settlement?.reaping == 0 else { return }
        if nodes[index].settlement?.reapFailed == true {
            nodes[index].settlement?.reapFailed = false
            settleFailed(\.zombies, of: index, now: now)
        } else {
            silenced(index, now: now)
        }
    }

    /// The first of them is silent: the next.
    private mutating func silenced(_ index: Int, now: Instant) {
        if !nodes[index].unheard.isEmpty { nodes[index].unheard.removeFirst() }
        askUnheard(of: index, now: now)
    }
}
