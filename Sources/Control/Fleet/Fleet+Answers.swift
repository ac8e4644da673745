import Lavalink
import Wire

// How requests to nodes came out.
extension Fleet {
    mutating func answered(_ id: RequestID, _ received: NodeAnswer, now: Instant) {
        let answer = received.resting(atMost: limits.longestRest)
        guard let request = requests.removeValue(forKey: id),
            let index = index(of: request.node)
        else { return }
        note(answer, of: request, on: index, now: now)
        switch request.purpose {
        case .patch(let patch): patched(patch, id, answer, index, now: now)
        case .destroy(let guild): departed(guild, answer, index, now: now)
        case .session: sessionAnswered(answer, index, now: now)
        case .parting: part(from: index, now: now)
        case .info: infoAnswered(answer, index, now: now)
        case .players: playersAnswered(answer, id, index, now: now)
        case .zombies(let session): zombiesAnswered(answer, session, index, now: now)
        case .reap: reaped(answer, index, now: now)
        case .load(let ticket): loaded(answer, ticket, index, now: now)
        case .loadToPlay(let guild, let play, let ticket):
            loadedToPlay(answer, guild, play, ticket, index, now: now)
        }
    }

    /// What an outcome says of the node: its speed, its health, and whether it asked for rest.
    private mutating func note(
        _ answer: NodeAnswer,
        of request: Outstanding,
        on index: Int,
        now: Instant
    ) {
        switch answer {
        case .response(let status, _, let rest):
            if request.isCounted {
                nodes[index].flow.answered(
                    after: request.sentAt.duration(to: now),
                    of: request.weight
                )
            }
            if status == 429 {
                nodes[index].heldUntil = now.advanced(by: rest ?? limits.retryDelay)
            }
            nodes[index].breaker.record(success: !isFailure(status, request), at: now)
        case .timedOut:
            if request.isCounted { nodes[index].flow.timedOut() }
            nodes[index].breaker.record(success: false, at: now)
        case .refused, .lost:
            if request.isCounted { nodes[index].flow.failed() }
            nodes[index].breaker.record(success: false, at: now)
        }
        if !nodes[index].breaker.isClosed { breakerOpened(index, now: now) }
    }

    /// A node answers 500 to a track that it cannot decode and to voice data that Discord refuses
    /// (`lavalink-v4.md` §7.4): these are no failures of the node.
    private func isFailure(_ status: Int, _ request: Outstanding) -> Bool {
        switch request.purpose {
        case .patch(let patch) where !patch.difference.isDisjoint(with: [.track, .voice]):
            status > 500
        case .patch, .destroy, .session, .parting, .info, .players, .zombies, .reap, .load,
            .loadToPlay:
            status >= 500
        }
    }

    /// Who waits for a node whose breaker opened is told at once; the players wait.
    private mutating func breakerOpened(_ index: Int, now: Instant) {
        let name = nodes[index].name
        let rest = nodes[index].breaker.openUntil.map { now.duration(to: $0) } ?? limits.retryDelay
        for guild in nodes[index].line.order {
            failWaiters(of: guild, .circuitOpen(name, retryAfter: rest, kept: true))
        }
    }
}

// MARK: Settling, and loading

extension Fleet {
    private mutating func sessionAnswered(_ answer: NodeAnswer, _ index: Int, now: Instant) {
        switch answer {
        case .response(let status, let body, _):
            if status == 404, NodeErrorAnswer(status: status, body: body).kind == .sessionNotFound,
                nodes[index].info?.isNodeLink != true
            {
                return follow(nodes[index].link.sessionVanished(now: now), of: index, now: now)
            }
            // A node without resuming (NodeLink 2) is used without it.
            if status >= 500 || status == 429 {
                settleFailed(\.session, of: index, now: now)
            } else {
                settled(\.session, of: index, now: now)
            }
        case .refused, .timedOut, .lost: settleFailed(\.session, of: index, now: now)
        }
    }

    private mutating func infoAnswered(_ answer: NodeAnswer, _ index: Int, now: Instant) {
        guard case .response(200, let body, _) = answer else {
            return settleFailed(\.info, of: index, now: now)
        }
        // What a node says of itself helps to choose; one that cannot be read is used all the same.
        if let document = try? JSONDocument(parsing: body) {
            nodes[index].info = try? NodeInfo(document.root, at: "")  // nil: unknown, as before
        }
        settled(\.info, of: index, now: now)
    }

    private mutating func loaded(
        _ answer: NodeAnswer,
        _ ticket: Ticket<LoadReply>,
        _ index: Int,
        now: Instant
    ) {
        let result = loadResult(of: answer, index, now: now)
        reply(ticket, result.map { LoadReply(raw: $0) })
    }

    /// A node's answer to a load, counted for or against it.
    mutating func loadResult(
        of answer: NodeAnswer,
        _ index: Int,
        now: Instant
    ) -> Result<RawJSON, CommandError> {
        let name = nodes[index].name
        switch answer {
        case .response(200, let body, _):
            // The body comes from outside: what is no JSON is the node's failure.
            guard let document = try? JSONDocument(parsing: body) else {
                return .failure(
                    .rejected(name, status: 200, message: "the node answered no JSON")
                )
            }
            let failed = document.root["loadType"]?.string == "error"
            nodes[index].failures.record(
                { failures in
                    failures.loads += 1
                    if failed { failures.failedLoads += 1 }
                },
                now: now
            )
            return .success(document.root.raw)
        case .response(let status, let body, _):
            let error = NodeErrorAnswer(status: status, body: body)
            return .failure(.rejected(name, status: status, message: error.message))
        case .timedOut: return .failure(.timedOut(name, kept: false))
        case .refused:
            return .failure(.unreachable(name, detail: "the connection was refused", kept: false))
        case .lost(let detail): return .failure(.unreachable(name, detail: detail, kept: false))
        }
    }

    private mutating func departed(
        _ guild: GuildID,
        _ answer: NodeAnswer,
        _ index: Int,
        now: Instant
    ) {
        nodes[index].departing[guild] = nil
        if players[guild]?.home == nodes[index].name { told(guild) }
        switch answer {
        case .response(let status, let body, _):
            if status >= 500 || status == 429 {
                nodes[index].reconcilesAt = now.advanced(by: limits.retryDelay)
            } else if NodeErrorAnswer(status: status, body: body).kind == .sessionNotFound {
                return follow(nodes[index].link.sessionVanished(now: now), of: index, now: now)
            }
        case .refused, .timedOut, .lost:
            nodes[index].reconcilesAt = now.advanced(by: limits.retryDelay)
        }
        standInLine(guild, now: now)
    }
}
