import Lavalink

// What bots and operators ask for. Every command is answered exactly once.
extension Fleet {
    mutating func carryOut(_ command: Command, now: Instant) {
        switch command {
        case .player(let guild, let command, let ticket):
            carryOut(command, on: guild, ticket, now: now)
        case .queue(let guild, .add(let entries, let index), let ticket):
            add(entries, at: index, on: guild, ticket, now: now)
        case .voice(let payload, let ticket):
            gatewayVoice(payload, now: now)
            reply(ticket, .success(VoiceReply()))
        case .load(let identifier, let ticket):
            if let error = load(identifier, for: .load(ticket), now: now) {
                reply(ticket, .failure(error))
            }
        case .state(.save(let ticket)): saveAll(ticket, now: now)
        case .state(.restore(let ticket)): restoreAll(ticket, now: now)
        case .state(.clear(let ticket)): clearAll(ticket, now: now)
        case .node(let name, let command, let ticket): carryOut(command, on: name, ticket, now: now)
        }
    }

    private mutating func carryOut(
        _ command: PlayerCommand,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        let limits = limits
        switch command {
        case .put(let settings): put(guild, settings, ticket, now: now)
        case .restore(let state): restore(guild, as: state, ticket, now: now)
        case .update(let update):
            ask(guild, ticket, now: now) { player in
                if let error = player.whyNotUpdated(update, now: now) { return .failure(error) }
                return .success(player.update(update, now: now))
            }
        case .play(let request): play(request, on: guild, ticket, now: now)
        case .stop: ask(guild, ticket, now: now) { .success($0.stop(limits)) }
        case .skip: ask(guild, ticket, now: now) { $0.skip(limits, now: now) }
        case .setVoice(let voice):
            ask(guild, ticket, now: now) { .success($0.setVoice(voice, limits, now: now)) }
        case .destroy: destroy(guild, ticket, now: now)
        }
    }

    /// Has a player do what is asked for, or says why not.
    private mutating func ask(
        _ guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant,
        _ verb: (inout Player) -> Result<[Player.Output], CommandError>
    ) {
        switch change(guild, now: now, verb) {
        case nil: reply(ticket, .failure(.unknownPlayer(guild)))
        case .failure(let error): reply(ticket, .failure(error))
        case .success(let outputs):
            perform(outputs, of: guild, now: now)
            answer(ticket, PlayerReply(guild: guild), now: now)
        }
    }

    /// Answers once the node was told what is unsent; at once when there is nothing to tell, or no
    /// voice to tell it with.
    private mutating func answer(
        _ ticket: Ticket<PlayerReply>,
        _ success: PlayerReply,
        now: Instant
    ) {
        let guild = success.guild
        guard look(at: guild, { !$0.sync.unsent.isEmpty && $0.hasVoice }) == true else {
            return reply(ticket, .success(success))
        }
        let assigned = look(at: guild) { $0.sync.node }.flatMap(\.self).flatMap { node($0) }
        // A player without a node gets the first one that has settled: one that is at it is near.
        guard let node = assigned ?? nodes.first(where: \.isSettling), node.session.isReady else {
            return reply(ticket, .failure(noNode(now: now)))
        }
        if case .open(let until) = node.outbox.admission(at: now) {
            let wait = until.map { now.duration(to: $0) } ?? limits.retryDelay
            return reply(
                ticket,
                .failure(.circuitOpen(node.name, retryAfter: wait, kept: true))
            )
        }
        let until = now.advanced(by: limits.passingOn)
        change(guild, now: now) { player in
            player.sync.wait(PlayerSync.Waiter(ticket: ticket, reply: success, until: until))
        }
    }

    /// No node can take it now; what was asked for is remembered.
    func noNode(now: Instant) -> CommandError {
        .noNode(retryAfter: retryAfter(now: now), kept: true)
    }

    /// When a client may try again: at the next attempt to reach a node, in whole seconds from 1.
    func retryAfter(now: Instant) -> Duration {
        let next = nodes.compactMap(\.link.nextAttempt).min()
        let wait = next.map { now.duration(to: $0).inSeconds } ?? 5
        return .seconds(Int64(min(max(wait.rounded(.up), 1), 60)))
    }
}

// MARK: Players

extension Fleet {
    private mutating func put(
        _ guild: GuildID,
        _ settings: PlayerSettings,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        if exists(guild) {
            return ask(guild, ticket, now: now) { .success($0.put(settings)) }
        }
        guard guilds.count < limits.players else {
            return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
        }
        addPlayer(of: guild)
        tell(guild, now: now) { $0.put(settings) + [.publish(.playerCreate)] }
        if let voice = earlyVoice.take(guild) {
            tell(guild, now: now) { [limits] in $0.setVoice(voice, limits, now: now) }
        }
        // Nothing has to happen on a node before there is voice.
        reply(ticket, .success(PlayerReply(guild: guild, created: true)))
    }

    /// One player, brought back as a whole from outside.
    private mutating func restore(
        _ guild: GuildID,
        as state: SavedState,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
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
        tell(guild, now: now) { [limits] player in
            let outputs = player.restore(state, limits, now: now)
            if let voice { return outputs + player.setVoice(voice, limits, now: now) }
            guard !player.hasVoice else { return outputs }
            return outputs + [player.askForVoice("a restored player has no voice data")]
        }
        answer(ticket, PlayerReply(guild: guild, created: isNew), now: now)
    }

    private mutating func add(
        _ entries: [NewEntry],
        at index: Int?,
        on guild: GuildID,
        _ ticket: Ticket<QueueReply>,
        now: Instant
    ) {
        switch change(guild, now: now, { [limits] in $0.add(entries, at: index, limits) }) {
        case nil: reply(ticket, .failure(.unknownPlayer(guild)))
        case .failure(let error): reply(ticket, .failure(error))
        case .success(let added):
            perform(added.outputs, of: guild, now: now)
            reply(ticket, .success(QueueReply(entries: added.entries)))
        }
    }

    private mutating func destroy(_ guild: GuildID, _ ticket: Ticket<PlayerReply>, now: Instant) {
        guard exists(guild) else { return reply(ticket, .failure(.unknownPlayer(guild))) }
        destroy(guild, because: .requested, now: now)
        reply(ticket, .success(PlayerReply(guild: guild)))
    }

    mutating func destroy(
        _ guild: GuildID,
        because reason: FleetEvent.DestroyReason,
        now: Instant
    ) {
        tell(guild, now: now) {
            $0.failWaiters(.unknownPlayer(guild)) + [.publish(.playerDestroy(reason: reason))]
        }
        didNotReturn(guild)
        guard let player = removePlayer(of: guild) else { return }
        changes.append(.removePlayer(guild))
        jobs.modify { $0.failed(guild, "it was destroyed") }
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
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        switch request.source {
        case .track(let track): play(track, request, on: guild, ticket, now: now)
        case .identifier(let identifier):
            guard exists(guild) else { return reply(ticket, .failure(.unknownPlayer(guild))) }
            let purpose = Outstanding.Purpose.loadToPlay(guild, request, ticket)
            if let error = load(identifier, for: purpose, now: now) {
                reply(ticket, .failure(error))
            }
        }
    }

    mutating func play(
        _ track: Track,
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        ask(guild, ticket, now: now) { [limits] in $0.play(track, request, limits, now: now) }
    }

    /// Sends a load to the best node, or says why it cannot.
    private mutating func load(
        _ identifier: String,
        for purpose: Outstanding.Purpose,
        now: Instant
    ) -> CommandError? {
        // Loading needs no session, so a node that is still settling will do.
        guard let id = chooseNode(for: nil, now: now) ?? nodes.id(where: \.isSettling),
            let admission = change(id, { $0.outbox.admit(now: now) })
        else { return .noNode(retryAfter: retryAfter(now: now), kept: false) }
        switch admission {
        case .retryAfter(let moment):
            return .noNode(retryAfter: now.duration(to: moment), kept: false)
        case .open(let until):
            let wait = until.map { now.duration(to: $0) } ?? limits.retryDelay
            return .circuitOpen(name(of: id), retryAfter: wait, kept: false)
        case .admitted:
            send(.loadTracks(identifier: identifier), to: id, for: purpose, now: now)
            return nil
        }
    }

    /// Loads the entry whose turn it is; one that cannot be loaded is passed over.
    mutating func loadNext(_ id: EntryID, _ identifier: String, of guild: GuildID, now: Instant) {
        guard load(identifier, for: .loadNext(guild, id), now: now) != nil else { return }
        tell(guild, now: now) { [limits] in $0.loaded(id, nil, limits, now: now) }
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
