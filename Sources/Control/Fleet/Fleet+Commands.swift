import Lavalink
import Wire

// What bots and operators ask for. Every command is answered exactly once.
extension Fleet {
    mutating func carryOut(_ command: Command, now: Instant) {
        switch command {
        case .player(let guild, let command, let ticket):
            carryOut(command, on: guild, ticket, now: now)
        case .queue(let guild, .add(let entries, let index), let ticket):
            enqueue(entries, at: index, on: guild, ticket, now: now)
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
        case .node(let name, let command, let ticket): operate(command, on: name, ticket, now: now)
        }
    }

    private mutating func carryOut(
        _ command: PlayerCommand,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        switch command {
        case .put(let settings): putPlayer(guild, settings, ticket, now: now)
        case .restore(let state): restorePlayer(guild, as: state, ticket, now: now)
        case .update(let update): self.update(guild, with: update, ticket, now: now)
        case .play(let request): play(request, on: guild, ticket, now: now)
        case .stop: stop(guild, ticket, now: now)
        case .skip: skip(guild, ticket, now: now)
        case .setVoice(let voice): setVoice(voice, of: guild, ticket, now: now)
        case .destroy: destroy(guild, ticket, now: now)
        }
    }

    /// Whether there is such a player; says to the caller when there is not.
    private mutating func exists<Reply>(_ guild: GuildID, _ ticket: Ticket<Reply>) -> Bool {
        if players[guild] != nil { return true }
        reply(ticket, .failure(.unknownPlayer(guild)))
        return false
    }

    private mutating func update(
        _ guild: GuildID,
        with update: PlayerUpdate,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        guard exists(guild, ticket) else { return }
        if let error = whyNotUpdated(update, of: guild, now: now) {
            return reply(ticket, .failure(error))
        }
        apply(update, to: guild, now: now)
        answer(ticket, PlayerReply(guild: guild), now: now)
    }

    private mutating func setVoice(
        _ voice: VoiceParts,
        of guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        guard exists(guild, ticket) else { return }
        setVoice(voice, of: guild, now: now)
        answer(ticket, PlayerReply(guild: guild), now: now)
    }

    private mutating func destroy(
        _ guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        guard exists(guild, ticket) else { return }
        destroy(guild, because: .requested, now: now)
        reply(ticket, .success(PlayerReply(guild: guild)))
    }

    /// Answers once the node was told what is pending; at once when there is nothing to tell, or
    /// nobody to tell it to.
    mutating func answer(_ ticket: Ticket<PlayerReply>, _ success: PlayerReply, now: Instant) {
        let guild = success.guild
        guard let player = players[guild], !player.pending.isEmpty, player.hasVoice else {
            return reply(ticket, .success(success))
        }
        // A player without a home gets the first node that has settled: one that is at it is near.
        let home = player.home.flatMap { index(of: $0) } ?? nodes.firstIndex(where: \.isSettling)
        guard let index = home, nodes[index].link.isReady else {
            return reply(
                ticket,
                .failure(.noNode(retryAfter: retryAfter(now: now), kept: true))
            )
        }
        guard nodes[index].breaker.admits(at: now) else {
            let rest = nodes[index].breaker.openUntil.map { now.duration(to: $0) }
            let name = nodes[index].name
            return reply(
                ticket,
                .failure(.circuitOpen(name, retryAfter: rest ?? limits.retryDelay, kept: true))
            )
        }
        let until = now.advanced(by: limits.passingOn)
        players[guild]?.waiters.append(
            Player.Waiter(ticket: ticket, reply: success, until: until)
        )
        setAlarm(of: guild)
    }
}

// MARK: Players

extension Fleet {
    private mutating func putPlayer(
        _ guild: GuildID,
        _ settings: PlayerSettings,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        let isNew = players[guild] == nil
        if isNew {
            guard players.count < limits.players else {
                return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
            }
            create(guild)
        }
        if let channel = settings.voiceChannel { players[guild]?.voiceChannel = channel }
        if let channel = settings.textChannel { players[guild]?.textChannel = channel }
        touch(guild)
        if let volume = settings.volume { setVolume(volume, of: guild, now: now) }
        guard isNew else {
            return answer(ticket, PlayerReply(guild: guild), now: now)
        }
        publish(.playerCreate, of: guild)
        takeEarlyVoice(of: guild, now: now)
        // Nothing has to happen on a node before there is voice.
        reply(ticket, .success(PlayerReply(guild: guild, created: true)))
    }

    private mutating func create(_ guild: GuildID) {
        players[guild] = Player(guild: guild)
        told(guild)
    }

    private mutating func takeEarlyVoice(of guild: GuildID, now: Instant) {
        guard let voice = earlyVoice.take(guild) else { return }
        setVoice(voice, of: guild, now: now)
    }

    private mutating func setVolume(_ volume: Int, of guild: GuildID, now: Instant) {
        guard players[guild]?.volume != volume else { return }
        players[guild]?.volume = volume
        want(.volume, of: guild, now: now)
        publish(.playerVolumeChange(volume), of: guild)
    }

    mutating func apply(_ update: PlayerUpdate, to guild: GuildID, now: Instant) {
        if let channel = update.voiceChannel { players[guild]?.voiceChannel = channel }
        if let channel = update.textChannel { players[guild]?.textChannel = channel }
        if let loop = update.loop { players[guild]?.loop = loop }
        if let autoplay = update.autoplay { players[guild]?.autoplay = autoplay }
        touch(guild)
        if let volume = update.volume { setVolume(volume, of: guild, now: now) }
        if let filters = update.filters, filters != players[guild]?.filters {
            players[guild]?.filters = filters
            want(.filters, of: guild, now: now)
            publish(.playerFiltersChange(filters.raw), of: guild)
        }
        if let paused = update.paused, paused != players[guild]?.paused {
            players[guild]?.paused = paused
            if paused, players[guild]?.isLive == false { players[guild]?.place.freeze(now: now) }
            want(.paused, of: guild, now: now)
            publish(paused ? .playerPause : .playerResume, of: guild)
        }
        guard players[guild]?.current != nil else { return }
        if let end = update.endTime {
            players[guild]?.current?.endTime = end
            players[guild]?.untold.insert(.endTime)
            want(.endTime, of: guild, now: now)
        }
        if let position = update.position { seek(guild, to: position, now: now) }
    }

    private mutating func seek(_ guild: GuildID, to position: Int64, now: Instant) {
        guard let play = players[guild]?.current, !play.entry.track.info.isStream else { return }
        stand(guild, at: position, now: now)
        players[guild]?.untold.insert(.position)
        want(.position, of: guild, now: now)
        publish(.playerSeek(position: position), of: guild)
    }

    /// The place that is wanted, until the node was told.
    mutating func stand(_ guild: GuildID, at position: Int64, now: Instant) {
        players[guild]?.place.freeze(now: now)
        players[guild]?.place.seek(to: position, now: now)
    }

    mutating func destroy(
        _ guild: GuildID,
        because reason: FleetEvent.DestroyReason,
        now: Instant
    ) {
        guard let player = players[guild] else { return }
        failWaiters(of: guild, .unknownPlayer(guild))
        publish(.playerDestroy(reason: reason), of: guild)
        players[guild] = nil
        alarms.set(guild, nil)
        changes.append(.removePlayer(guild))
        jobs.modify { $0.failed(guild, "it was destroyed") }
        let home = player.home.flatMap { index(of: $0) }
        if let home { notRestored(guild, on: home) }
        if let flight = player.flight, let request = requests[flight],
            case .patch(let patch) = request.purpose
        {
            for waiter in patch.waiters {
                reply(waiter.ticket, .failure(.unknownPlayer(guild)))
            }
            requests[flight]?.purpose = .patch(patch.withoutWaiters)
            // It may have been sent to another node than the one that is home by now.
            if let index = index(of: request.node) { depart(guild, from: index, inFlight: true) }
        }
        if let home, player.isLive { depart(guild, from: home, inFlight: false) }
    }
}

extension PatchInFlight {
    var withoutWaiters: PatchInFlight {
        var copy = self
        copy.waiters = []
        return copy
    }
}

// MARK: Playing

extension Fleet {
    private mutating func play(
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        guard exists(guild, ticket) else { return }
        switch request.source {
        case .identifier(let identifier):
            let purpose = Outstanding.Purpose.loadToPlay(guild, request, ticket)
            if let error = load(identifier, for: purpose, now: now) {
                reply(ticket, .failure(error))
            }
        case .track(let track): play(track, request, on: guild, ticket, now: now)
        }
    }

    mutating func play(
        _ track: Track,
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        var track = track
        if let userData = request.userData { track.userData = userData }
        var update = request.update
        let place = update.position ?? 0
        let endTime = update.endTime
        update.position = nil
        update.endTime = nil
        let entry = TrackEntry(id: newEntryID(), track: track, requester: request.requester)
        let length = Play(entry: entry, id: PlayID(0)).length
        if let reason = Self.whyNotPlayed(length, from: place, to: endTime) {
            return reply(ticket, .failure(.notPlayable(reason: reason)))
        }
        // A new track plays, unless it is asked for paused.
        update.paused = update.paused ?? false
        players[guild]?.isSuspended = false
        players[guild]?.failureTimes = []
        play(entry, on: guild, from: place, endTime: endTime, now: now)
        apply(update, to: guild, now: now)
        answer(ticket, PlayerReply(guild: guild), now: now)
    }

    private mutating func stop(_ guild: GuildID, _ ticket: Ticket<PlayerReply>, now: Instant) {
        guard exists(guild, ticket) else { return }
        if players[guild]?.current != nil {
            players[guild]?.retireCurrent(limit: limits.rememberedPlays)
            stopHere(guild, now: now, tellsNode: true)
            publish(.playerStop, of: guild)
        }
        answer(ticket, PlayerReply(guild: guild), now: now)
    }

    private mutating func skip(_ guild: GuildID, _ ticket: Ticket<PlayerReply>, now: Instant) {
        guard exists(guild, ticket) else { return }
        guard let player = players[guild], player.current != nil || !player.queue.isEmpty else {
            return reply(ticket, .failure(.nothingPlays(guild)))
        }
        players[guild]?.isSuspended = false
        players[guild]?.failureTimes = []
        if let entry = player.current?.entry { publish(.trackSkip(entry), of: guild) }
        advance(guild, because: .skipped, now: now)
        answer(ticket, PlayerReply(guild: guild), now: now)
    }

    /// Adds to the queue; an idle player begins with it.
    private mutating func enqueue(
        _ new: [NewEntry],
        at index: Int?,
        on guild: GuildID,
        _ ticket: Ticket<QueueReply>,
        now: Instant
    ) {
        guard exists(guild, ticket) else { return }
        let entries = queueEntries(of: new)
        if let limit = players[guild]?.queue.limit(of: limits, exceededByAdding: entries) {
            return reply(ticket, .failure(.queueFull(limit)))
        }
        append(entries, to: guild, at: index)
        reply(ticket, .success(QueueReply(entries: entries.map(\.id))))
        if players[guild]?.current == nil, players[guild]?.isSuspended == false, !entries.isEmpty {
            startQueue(of: guild, now: now)
        }
    }

    private mutating func startQueue(of guild: GuildID, now: Instant) {
        if let next = takeNext(of: guild) { play(next, on: guild, now: now) }
    }
}
