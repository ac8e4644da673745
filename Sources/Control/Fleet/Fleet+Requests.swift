import Lavalink
import Wire

// Requests to nodes: sent as the nodes bear them, and how they came out.
extension Fleet {
    /// Has a player's node told what it does not have yet; a player without a node gets one as soon
    /// as there is something to be told.
    mutating func enqueue(_ guild: GuildID) {
        guard look(at: guild, { $0.hasUnsent }) == true else { return }
        assignNode(to: guild)
        guard look(at: guild, { $0.maySend(at: now) }) == true,
            let id = nodeID(of: guild)
        else { return }
        change(id) { node in
            if node.session.isSettled { node.outbox.append(guild) }
        }
    }

    /// Sends what the node bears: the ends of players first, then what others are to be told.
    mutating func serve(_ id: NodeID) {
        guard look(at: id, { $0.session.isSettled && !$0.outbox.isEmpty }) == true else { return }
        let now = now
        while let item = change(id, { $0.outbox.next(now: now) }).flatMap(\.self) {
            if case .player(let guild) = item, !isSendable(guild, to: id) {
                change(id) { $0.outbox.drop(item) }
                continue
            }
            guard change(id, { $0.outbox.admit(now: now) }) == .admitted else { return }
            change(id) { $0.outbox.send(item) }
            switch item {
            case .player(let guild): sendPatch(guild, to: id)
            case .deletion(let guild): sendDeletion(guild, to: id)
            }
        }
    }

    private func isSendable(_ guild: GuildID, to id: NodeID) -> Bool {
        look(at: guild) { $0.sync.node == id && $0.maySend(at: now) } == true
            && look(at: id) { $0.outbox.isDeleting(guild) } == false
    }

    private mutating func sendPatch(_ guild: GuildID, to id: NodeID) {
        guard let session = session(of: id) else { return }
        let request = newRequestID()
        let next = nextRequest
        let sent = change(guild) { [moment] player in
            player.sync.invalidateReadings(before: next)
            return player.send(request, moment)
        }
        guard let (patch, inFlight) = sent else { return }
        send(
            .updatePlayer(session: session, guild: guild, patch, noReplace: false),
            as: request,
            to: id,
            for: .patch(inFlight)
        )
    }

    private mutating func sendDeletion(_ guild: GuildID, to id: NodeID) {
        guard let session = session(of: id) else { return }
        let request = NodeRequest.destroyPlayer(session: session, guild: guild)
        send(request, to: id, for: .delete(guild))
    }

    mutating func send(
        _ request: NodeRequest,
        as known: RequestID? = nil,
        to id: NodeID,
        for purpose: Outstanding.Purpose
    ) {
        let number = known ?? newRequestID()
        let outstanding = Outstanding(node: id, sentAt: now, purpose: purpose)
        requests[number] = outstanding
        let timeout = outstanding.timeout(limits)
        effects.append(.request(number, name(of: id), request, timeout: timeout))
    }
}

// MARK: Answers

extension Fleet {
    mutating func answered(_ id: RequestID, _ received: NodeAnswer) {
        let answer = received.limitingRetryAfter(to: limits.retryAfterMax)
        guard let request = requests.removeValue(forKey: id) else { return }
        record(answer, of: request)
        let node = request.node
        switch request.purpose {
        case .patch(let patch): patched(patch, id, answer, node)
        case .delete(let guild): deleted(guild, answer, node)
        case .question(let question): answered(question, id, answer, node)
        case .load(let ticket):
            let result = loadResult(of: answer, node)
            reply(ticket, result.map { LoadReply(raw: $0) })
        case .loadToPlay(let guild, let play, let ticket):
            switch loadedTrack(of: answer, node) {
            case .success(let track): self.play(track, play, on: guild, ticket)
            case .failure(let error):
                let gone = !exists(guild)
                reply(ticket, .failure(gone ? .unknownPlayer(guild) : error))
            }
        case .loadNext(let guild, let entry):
            // nil: it is passed over.
            let track = try? loadedTrack(of: answer, node).get()
            tell(guild) { $0.loaded(entry, track, $1) }
        }
    }

    /// What an outcome says of the node.
    ///
    /// Who waits for a node whose breaker opened is told at once; the players wait.
    private mutating func record(_ answer: NodeAnswer, of request: Outstanding) {
        let outcome = request.outcome(answer, moment)
        let id = request.node
        change(id) { [now] in $0.outbox.record(outcome, now: now) }
        guard let node = node(id), !node.breaker.isClosed else { return }
        let wait = node.breaker.openUntil.map { now.duration(to: $0) } ?? limits.retryDelay
        let error = CommandError.circuitOpen(node.name, retryAfter: wait, kept: true)
        for guild in node.outbox.waitingPlayers {
            tell(guild) { player, _ in player.failWaiters(error) }
        }
    }

    private mutating func patched(
        _ patch: PatchInFlight,
        _ id: RequestID,
        _ answer: NodeAnswer,
        _ node: NodeID
    ) {
        change(node) { $0.outbox.requestCameOut(about: patch.guild) }
        let came = PatchAnswer(
            id: id,
            patch: patch,
            answer: answer,
            node: node,
            nodeName: name(of: node)
        )
        let next = nextRequest
        tell(patch.guild) { player, moment in
            if player.sync.request == id { player.sync.invalidateReadings(before: next) }
            return player.answered(came, moment)
        }
    }

    private mutating func deleted(
        _ guild: GuildID,
        _ answer: NodeAnswer,
        _ id: NodeID
    ) {
        change(id) { $0.outbox.deletionAnswered(guild) }
        let next = nextRequest
        change(guild) { player in
            if player.sync.node == id { player.sync.invalidateReadings(before: next) }
        }
        switch answer {
        case .response(let status, let body, _) where status < 500 && status != 429:
            guard NodeErrorAnswer(status: status, body: body).kind == .sessionNotFound else {
                return
            }
            session(of: id) { $0.sessionVanished(now: $1) }
        case .response, .refused, .timedOut, .lost:
            let moment = now.advanced(by: limits.retryDelay)
            change(id) { $0.session.readPlayers(at: moment) }
        }
    }

    private mutating func answered(
        _ question: NodeSession.Question,
        _ request: RequestID,
        _ answer: NodeAnswer,
        _ id: NodeID
    ) {
        switch question {
        case .enableResuming:
            session(of: id) { $0.resumingAnswered(answer.outcome, now: $1) }
        case .disableResuming: session(of: id) { session, _ in session.resumingDisabled() }
        case .info:
            guard case .response(200, let body, _) = answer else {
                return session(of: id) { $0.infoAnswered(nil, .failed, now: $1) }
            }
            // What a node says of itself helps to choose; one that cannot be read is used too.
            let document = try? JSONDocument(parsing: body)
            let info = document.flatMap { try? NodeInfo($0.root, at: "") }  // nil: as before
            session(of: id) { $0.infoAnswered(info, .done, now: $1) }
        case .players: playersAnswered(answer, request, id)
        case .orphanPlayers:
            let players = answer.orphans
            session(of: id) { $0.orphanAnswered(players, now: $1) }
        case .deleteOrphan:
            let succeeded = answer.outcome != .failed
            session(of: id) { $0.orphanDeleted(succeeded, now: $1) }
        }
    }

    /// The one track that a load is about: a track, or the first find of a search.
    private mutating func loadedTrack(
        of answer: NodeAnswer,
        _ id: NodeID
    ) -> Result<Track, CommandError> {
        loadResult(of: answer, id).flatMap { raw in
            // unreadable: nothing can be played of it
            guard let result = try? LoadResult(raw.value, at: "") else {
                return .failure(.notPlayable(reason: "the node's answer could not be read"))
            }
            return result.playableTrack
        }
    }

    /// A node's answer to a load, counted for or against it.
    private mutating func loadResult(
        of answer: NodeAnswer,
        _ id: NodeID
    ) -> Result<RawJSON, CommandError> {
        let name = name(of: id)
        switch answer {
        case .response(200, let body, _):
            // The body comes from outside: what is no JSON is the node's failure.
            guard let document = try? JSONDocument(parsing: body) else {
                return .failure(
                    .rejected(name, status: 200, message: "the answer is not JSON")
                )
            }
            let failed = document.root["loadType"]?.string == "error"
            change(id) { [now] node in
                node.failed(now: now) { failures in
                    failures.loads += 1
                    if failed { failures.failedLoads += 1 }
                }
            }
            return .success(document.root.raw)
        case .response(let status, let body, _):
            let error = NodeErrorAnswer(status: status, body: body)
            return .failure(.rejected(name, status: status, message: error.message))
        case .timedOut: return .failure(.timedOut(name, kept: false))
        case .refused: return .failure(.refusedConnection(name, kept: false))
        case .lost(let detail): return .failure(.unreachable(name, detail: detail, kept: false))
        }
    }
}

extension LoadResult {
    fileprivate var playableTrack: Result<Track, CommandError> {
        switch self {
        case .track(let track): return .success(track)
        case .search(let tracks):
            guard let first = tracks.first else { fallthrough }
            return .success(first)
        case .empty:
            return .failure(.notPlayable(reason: "the node found no track for the identifier"))
        case .playlist:
            return .failure(
                .notPlayable(
                    reason: "the identifier is a playlist; load it and add its tracks to the queue"
                )
            )
        case .error(let exception):
            return .failure(
                .notPlayable(reason: exception.message ?? "the node could not load the track")
            )
        }
    }
}
