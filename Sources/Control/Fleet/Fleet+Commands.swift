import Lavalink
import Wire

// What bots and operators ask for. Every command is answered exactly once.
extension Fleet {
    mutating func carryOut(_ command: Command, _ ticket: Ticket, now: Instant) {
        switch command {
        case .putPlayer(let guild, let settings):
            putPlayer(guild, settings, ticket, now: now)
        case .restorePlayer(let state): restorePlayer(state, ticket, now: now)
        case .load(let identifier): load(identifier, for: .load(ticket), ticket, now: now)
        case .gatewayVoice(let payload):
            gatewayVoice(payload, now: now)
            reply(ticket, .success(.done))
        case .saveAll: saveAll(ticket, now: now)
        case .restoreAll: restoreAll(ticket, now: now)
        case .clearAll: clearAll(ticket, now: now)
        case .breakConnection(let name), .connectNode(let name), .disconnectNode(let name):
            operate(command, on: name, ticket, now: now)
        case .update(let guild, _), .play(let guild, _), .stop(let guild), .skip(let guild),
            .destroy(let guild), .enqueue(let guild, _, _), .setVoice(let guild, _):
            guard players[guild] != nil else {
                return reply(ticket, .failure(.unknownPlayer(guild)))
            }
            carryOut(command, onPlayerOf: guild, ticket, now: now)
        }
    }

    private mutating func carryOut(
        _ command: Command,
        onPlayerOf guild: GuildID,
        _ ticket: Ticket,
        now: Instant
    ) {
        switch command {
        case .update(_, let update):
            if let error = whyNotUpdated(update, of: guild, now: now) {
                return reply(ticket, .failure(error))
            }
            apply(update, to: guild, now: now)
            answer(ticket, .player(guild, created: false), about: guild, now: now)
        case .play(_, let request): play(request, on: guild, ticket, now: now)
        case .stop: stop(guild, ticket, now: now)
        case .skip: skip(guild, ticket, now: now)
        case .destroy:
            destroy(guild, because: .requested, now: now)
            reply(ticket, .success(.done))
        case .enqueue(_, let entries, let index):
            enqueue(entries, at: index, on: guild, ticket, now: now)
        case .setVoice(_, let voice):
            setVoice(voice, of: guild, now: now)
            answer(ticket, .player(guild, created: false), about: guild, now: now)
        case .putPlayer, .restorePlayer, .load, .gatewayVoice, .saveAll, .restoreAll, .clearAll,
            .breakConnection, .connectNode, .disconnectNode:
            preconditionFailure("not a command to one player")
        }
    }

    /// Answers once the node was told what is pending; at once when there is nothing to tell, or
    /// nobody to tell it to.
    mutating func answer(
        _ ticket: Ticket,
        _ success: Reply,
        about guild: GuildID,
        now: Instant
    ) {
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
        _ ticket: Ticket,
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
            return answer(ticket, .player(guild, created: false), about: guild, now: now)
        }
        publish(.playerCreate, of: guild)
        takeEarlyVoice(of: guild, now: now)
        // Nothing has to happen on a node before there is voice.
        reply(ticket, .success(.player(guild, created: true)))
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
        _ ticket: Ticket,
        now: Instant
    ) {
        switch request.source {
        case .identifier(let identifier):
            load(identifier, for: .loadToPlay(guild, request, ticket), ticket, now: now)
        case .track(let track): play(track, request, on: guild, ticket, now: now)
        }
    }

    private mutating func play(
        _ track: Track,
        _ request: PlayRequest,
        on guild: GuildID,
        _ ticket: Ticket,
        now: Instant
    ) {
        var track = track
        if let userData = request.userData { track.userData = userData }
        var update = request.update
        let place = update.position ?? 0
        let endTime = update.endTime
        update.position = nil
        update.endTime = nil
        let entry = QueueEntry(id: newEntryID(), track: track, requester: request.requester)
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
        answer(ticket, .player(guild, created: false), about: guild, now: now)
    }

    private mutating func load(
        _ identifier: String,
        for purpose: Outstanding.Purpose,
        _ ticket: Ticket,
        now: Instant
    ) {
        // Loading needs no session, so a node that is still settling will do.
        let chosen = choose(source: nil, now: now).flatMap { index(of: $0) }
        guard let index = chosen ?? nodes.firstIndex(where: \.isSettling) else {
            return reply(
                ticket,
                .failure(.noNode(retryAfter: retryAfter(now: now), kept: false))
            )
        }
        if let held = nodes[index].heldUntil, now < held {
            let error = CommandError.noNode(retryAfter: now.duration(to: held), kept: false)
            return reply(ticket, .failure(error))
        }
        guard nodes[index].breaker.admit(at: now) else {
            let rest = nodes[index].breaker.openUntil.map { now.duration(to: $0) }
            return reply(
                ticket,
                .failure(
                    .circuitOpen(
                        nodes[index].name,
                        retryAfter: rest ?? limits.retryDelay,
                        kept: false
                    )
                )
            )
        }
        send(.loadTracks(identifier: identifier), to: index, for: purpose, now: now)
    }

    mutating func loadedToPlay(
        _ answer: NodeAnswer,
        _ guild: GuildID,
        _ request: PlayRequest,
        _ ticket: Ticket,
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

    private mutating func stop(_ guild: GuildID, _ ticket: Ticket, now: Instant) {
        if players[guild]?.current != nil {
            players[guild]?.retireCurrent(limit: limits.rememberedPlays)
            stopHere(guild, now: now, tellsNode: true)
            publish(.playerStop, of: guild)
        }
        answer(ticket, .player(guild, created: false), about: guild, now: now)
    }

    private mutating func skip(_ guild: GuildID, _ ticket: Ticket, now: Instant) {
        guard let player = players[guild], player.current != nil || !player.queue.isEmpty else {
            return reply(ticket, .failure(.nothingPlays(guild)))
        }
        players[guild]?.isSuspended = false
        players[guild]?.failureTimes = []
        if let entry = player.current?.entry { publish(.trackSkip(entry), of: guild) }
        advance(guild, because: .skipped, now: now)
        answer(ticket, .player(guild, created: false), about: guild, now: now)
    }

    /// Adds to the queue; an idle player begins with it.
    private mutating func enqueue(
        _ new: [NewEntry],
        at index: Int?,
        on guild: GuildID,
        _ ticket: Ticket,
        now: Instant
    ) {
        guard let player = players[guild] else { return }
        guard player.queue.count + new.count <= limits.queueEntries else {
            return reply(ticket, .failure(.queueFull(limit: limits.queueEntries)))
        }
        let entries = new.map {
            QueueEntry(id: newEntryID(), track: $0.track, requester: $0.requester)
        }
        append(entries, to: guild, at: index)
        reply(ticket, .success(.entries(guild, entries.map(\.id))))
        if player.current == nil, !player.isSuspended, !entries.isEmpty {
            startQueue(of: guild, now: now)
        }
    }

    private mutating func startQueue(of guild: GuildID, now: Instant) {
        guard let next = players[guild]?.queue.next() else { return }
        changes.append(.removeEntries(guild, [next.id]))
        play(next, on: guild, now: now)
    }
}
