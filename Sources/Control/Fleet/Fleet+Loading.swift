import Lavalink
import Wire

// Tracks by an identifier, through a node.
extension Fleet {
    /// Sends a load to the best node, or says why it cannot.
    mutating func load(
        _ identifier: String,
        for purpose: Outstanding.Purpose,
        now: Instant
    ) -> CommandError? {
        // Loading needs no session, so a node that is still settling will do.
        let chosen = choose(source: nil, now: now).flatMap { index(of: $0) }
        guard let index = chosen ?? nodes.firstIndex(where: \.isSettling) else {
            return .noNode(retryAfter: retryAfter(now: now), kept: false)
        }
        if let held = nodes[index].heldUntil, now < held {
            return .noNode(retryAfter: now.duration(to: held), kept: false)
        }
        guard nodes[index].breaker.admit(at: now) else {
            let rest = nodes[index].breaker.openUntil.map { now.duration(to: $0) }
            return .circuitOpen(
                nodes[index].name,
                retryAfter: rest ?? limits.retryDelay,
                kept: false
            )
        }
        send(.loadTracks(identifier: identifier), to: index, for: purpose, now: now)
        return nil
    }

    mutating func loadedToPlay(
        _ answer: NodeAnswer,
        _ guild: GuildID,
        _ request: PlayRequest,
        _ ticket: Ticket<PlayerReply>,
        _ index: Int,
        now: Instant
    ) {
        guard players[guild] != nil else {
            return reply(ticket, .failure(.unknownPlayer(guild)))
        }
        switch loadResult(of: answer, index, now: now) {
        case .failure(let error): reply(ticket, .failure(error))
        case .success(let raw):
            switch playableTrack(in: raw) {
            case .failure(let error): reply(ticket, .failure(error))
            case .success(let track): play(track, request, on: guild, ticket, now: now)
            }
        }
    }

    /// The one track that an identifier names: a track, or the first find of a search.
    private func playableTrack(in raw: RawJSON) -> Result<Track, CommandError> {
        // unreadable: nothing can be played of it
        guard let result = try? LoadResult(raw.value, at: "") else {
            return .failure(.notPlayable(reason: "the node's answer could not be read"))
        }
        switch result {
        case .track(let track): return .success(track)
        case .search(let tracks):
            guard let first = tracks.first else { fallthrough }
            return .success(first)
        case .empty: return .failure(.notPlayable(reason: "nothing was found"))
        case .playlist:
            return .failure(
                .notPlayable(reason: "it is a playlist: load it, and add its tracks to the queue")
            )
        case .error(let exception):
            return .failure(
                .notPlayable(reason: exception.message ?? "the node could not load it")
            )
        }
    }
}
