import Lavalink

// What bots and operators ask for. Every command is answered exactly once.
extension Fleet {
    mutating func carryOut(_ command: Command) {
        switch command {
        case .player(let guild, let command, let ticket):
            carryOut(command, on: guild, ticket)
        case .queue(let guild, .add(let entries, let index), let ticket):
            add(entries, at: index, on: guild, ticket)
        case .voice(let payload, let ticket):
            gatewayVoice(payload)
            reply(ticket, .success(VoiceReply()))
        case .load(let identifier, let ticket):
            if let error = load(identifier, for: .load(ticket)) {
                reply(ticket, .failure(error))
            }
        case .state(.save(let ticket)): saveAll(ticket)
        case .state(.restore(let ticket)): restoreAll(ticket)
        case .state(.clear(let ticket)): clearAll(ticket)
        case .node(let name, let command, let ticket): carryOut(command, on: name, ticket)
        }
    }

    private mutating func carryOut(
        _ command: PlayerCommand,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>
    ) {
        switch command {
        case .put(let settings): put(guild, settings, ticket)
        case .restore(let state): restore(guild, as: state, ticket)
        case .update(let update):
            ask(guild, ticket) { player, moment in
                if let error = player.whyNotUpdated(update, moment) { return .failure(error) }
                return .success(player.update(update, moment))
            }
        case .play(let request): play(request, on: guild, ticket)
        case .stop: ask(guild, ticket) { .success($0.stop($1)) }
        case .skip: ask(guild, ticket) { $0.skip($1) }
        case .setVoice(let voice):
            ask(guild, ticket) { .success($0.setVoice(voice, $1)) }
        case .destroy: destroy(guild, ticket)
        }
    }

    /// Has a player do what is asked for, or says why not.
    private mutating func ask(
        _ guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        _ verb: (inout Player, Moment) -> Result<[Player.Output], CommandError>
    ) {
        let moment = moment
        let result = change(guild) { player in
            player.keep()
            return verb(&player, moment)
        }
        switch result {
        case nil: reply(ticket, .failure(.unknownPlayer(guild)))
        case .failure(let error): reply(ticket, .failure(error))
        case .success(let outputs):
            perform(outputs, of: guild)
            answer(ticket, PlayerReply(guild: guild))
        }
    }

    /// Answers once the node was told what is unsent; at once when there is nothing to tell, or no
    /// voice to tell it with.
    private mutating func answer(
        _ ticket: Ticket<PlayerReply>,
        _ success: PlayerReply
    ) {
        let guild = success.guild
        guard look(at: guild, { !$0.sync.unsent.isEmpty && $0.hasVoice }) == true else {
            return reply(ticket, .success(success))
        }
        let assigned = nodeID(of: guild).flatMap { node($0) }
        // A player without a node gets the first one that has settled: one that is at it is near.
        guard let node = assigned ?? nodes.first(where: \.isSettling), node.session.isReady else {
            return reply(ticket, .failure(noNode()))
        }
        if case .open(let until) = node.outbox.admission(at: now) {
            let wait = until.map { now.duration(to: $0) } ?? limits.retryDelay
            return reply(
                ticket,
                .failure(.circuitOpen(node.name, retryAfter: wait, kept: true))
            )
        }
        let until = now.advanced(by: limits.dispatchTimeout)
        change(guild) { player in
            player.sync.wait(PlayerSync.Waiter(ticket: ticket, reply: success, until: until))
        }
    }

    /// No node can take it now; what was asked for is remembered.
    func noNode() -> CommandError {
        .noNode(retryAfter: retryAfter(), kept: true)
    }

    /// When a client may try again: at the next attempt to reach a node, in whole seconds from 1.
    func retryAfter() -> Duration {
        let next = nodes.compactMap(\.link.nextAttempt).min()
        let wait = next.map { now.seconds(to: $0) } ?? 5
        return .seconds(Int64(min(max(wait.rounded(.up), 1), 60)))
    }
}

// MARK: Players

extension Fleet {
    private mutating func put(
        _ guild: GuildID,
        _ settings: PlayerSettings,
        _ ticket: Ticket<PlayerReply>
    ) {
        if exists(guild) {
            return ask(guild, ticket) { player, _ in .success(player.put(settings)) }
        }
        guard guilds.count < limits.players else {
            return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
        }
        addPlayer(of: guild)
        tell(guild) { player, _ in player.put(settings) + [.publish(.playerCreate)] }
        if let voice = earlyVoice.take(guild) {
            tell(guild) { $0.setVoice(voice, $1) }
        }
        // Nothing has to happen on a node before there is voice.
        reply(ticket, .success(PlayerReply(guild: guild, created: true)))
    }

    /// One player, brought back as a whole from outside.
    private mutating func restore(
        _ guild: GuildID,
        as state: SavedState,
        _ ticket: Ticket<PlayerReply>
    ) {
        let isNew = !exists(guild)
        guard !isNew || guilds.count < limits.players else {
            return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
        }
        if let limit = state.queueLimitExceeded(limits) {
            return reply(ticket, .failure(.queueFull(limit)))
        }
        if isNew {
            addPlayer(of: guild)
            publish(.playerCreate, guild: guild)
        }
        let voice = state.voice ?? earlyVoice.take(guild)
        tell(guild) { player, moment in
            let outputs = player.restore(state, moment)
            if let voice { return outputs + player.setVoice(voice, moment) }
            guard !player.hasVoice else { return outputs }
            return outputs + [player.askForVoice("a restored player has no voice data")]
        }
        answer(ticket, PlayerReply(guild: guild, created: isNew))
    }

    private mutating func add(
        _ entries: [NewEntry],
        at index: Int?,
        on guild: GuildID,
        _ ticket: Ticket<QueueReply>
    ) {
        let moment = moment
        let result = change(guild) { player in
            player.keep()
            return player.add(entries, at: index, moment)
        }
        switch result {
        case nil: reply(ticket, .failure(.unknownPlayer(guild)))
        case .failure(let error): reply(ticket, .failure(error))
        case .success(let added):
            perform(added.outputs, of: guild)
            reply(ticket, .success(QueueReply(entries: added.entries)))
        }
    }

    private mutating func destroy(_ guild: GuildID, _ ticket: Ticket<PlayerReply>) {
        guard exists(guild) else { return reply(ticket, .failure(.unknownPlayer(guild))) }
        destroy(guild, because: .requested)
        reply(ticket, .success(PlayerReply(guild: guild)))
    }

    mutating func destroy(
        _ guild: GuildID,
        because reason: FleetEvent.DestroyReason
    ) {
        tell(guild) { player, _ in
            player.failWaiters(.unknownPlayer(guild)) + [.publish(.playerDestroy(reason: reason))]
        }
        didNotReturn(guild)
        guard let player = removePlayer(of: guild) else { return }
        changes.append(.removePlayer(guild))
        jobs.modify { $0.recordFailure(guild, "the player was deleted") }
        if let id = player.sync.request, var request = requests[id],
            case .patch(var patch) = request.purpose
        {
            for waiter in patch.waiters { reply(waiter.ticket, .failure(.unknownPlayer(guild))) }
            patch.waiters = []
            request.purpose = .patch(patch)
            requests[id] = request
            delete(guild, at: request.node, afterRequest: true)
        }
        for node in player.sync.holders { delete(guild, at: node) }
    }

    /// The node is to be told that a player is gone; nothing else about that guild goes out before
    /// it was (a late DELETE would end the player's successor).
    mutating func delete(_ guild: GuildID, at id: NodeID, afterRequest: Bool = false) {
        change(id) { node in
            guard node.session.isReady else { return }
            node.outbox.delete(guild, afterRequest: afterRequest)
        }
    }
}

// MARK: Loading

extension Fleet {
    private mutating func play(
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>
    ) {
        switch request.source {
        case .track(let track): play(track, request, on: guild, ticket)
        case .identifier(let identifier):
            guard exists(guild) else { return reply(ticket, .failure(.unknownPlayer(guild))) }
            let purpose = Outstanding.Purpose.loadToPlay(guild, request, ticket)
            if let error = load(identifier, for: purpose) {
                reply(ticket, .failure(error))
            }
        }
    }

    mutating func play(
        _ track: Track,
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>
    ) {
        ask(guild, ticket) { $0.play(track, request, $1) }
    }

    /// Sends a load to the best node, or says why it cannot.
    private mutating func load(
        _ identifier: String,
        for purpose: Outstanding.Purpose
    ) -> CommandError? {
        // Loading needs no session, so a node that is still settling will do.
        guard let id = chooseNode(for: nil) ?? nodes.id(where: \.isSettling),
            let admission = change(id, { [now] in $0.outbox.admit(now: now) })
        else { return .noNode(retryAfter: retryAfter(), kept: false) }
        switch admission {
        case .retryAfter(let moment):
            return .noNode(retryAfter: now.duration(to: moment), kept: false)
        case .open(let until):
            let wait = until.map { now.duration(to: $0) } ?? limits.retryDelay
            return .circuitOpen(name(of: id), retryAfter: wait, kept: false)
        case .admitted:
            send(.loadTracks(identifier: identifier), to: id, for: purpose)
            return nil
        }
    }

    /// Loads the entry whose turn it is; one that cannot be loaded is passed over.
    mutating func loadNext(_ id: EntryID, _ identifier: String, of guild: GuildID) {
        guard load(identifier, for: .loadNext(guild, id)) != nil else { return }
        tell(guild) { $0.loaded(id, nil, $1) }
    }
}

extension SavedState {
    /// The limit that its queue exceeds.
    fileprivate func queueLimitExceeded(_ limits: Limits) -> Queue.Limit? {
        Queue().limit(
            of: limits,
            exceededByAdding: queue.map { entry in
                QueueEntry(
                    id: EntryID(0),
                    content: .track(entry.track),
                    requester: entry.requester
                )
            }
        )
    }
}
