import Lavalink
import Wire

// Saving, restoring and forgetting, and what operators do to a node's connection (design §6, §4).
extension Fleet {
    mutating func saveAll(_ ticket: Ticket, now: Instant) {
        let guilds = players.keys.sorted { $0.rawValue < $1.rawValue }
        for guild in guilds {
            guard let record = players[guild]?.record(now: now) else { continue }
            players[guild]?.saved = record
            changes.append(.player(record))
            let rows = Array(players[guild]?.queue.entries ?? [])
            if !rows.isEmpty { changes.append(.entries(guild, rows)) }
        }
        reply(ticket, .success(.saved(players: guilds.count)))
    }

    /// Makes every player that is not live match on a node; the live ones are not touched.
    mutating func restoreAll(_ ticket: Ticket, now: Instant) {
        let missing = players.values.filter { !$0.isLive }.map(\.guild)
            .sorted { $0.rawValue < $1.rawValue }
        let id = nextJob
        nextJob += 1
        jobs[id] = RestoreJob(
            id: id,
            pending: Set(missing),
            endsAt: now.advanced(by: limits.restoreWait)
        )
        if jobs.count > limits.restoreJobs, let oldest = jobs.keys.min() { jobs[oldest] = nil }
        for guild in missing {
            guard players[guild]?.hasVoice == true else {
                jobs[id]?.failed(guild, "there is no voice data: the bot must join its channel")
                continue
            }
            players[guild]?.heldUntil = nil
            // One whose node is there is on its way already.
            let home = players[guild]?.home.flatMap { node($0) }
            if home?.isSettled != true { move([guild], now: now) }
            want(.whole, of: guild, now: now)
        }
        reply(ticket, .success(.restoring(job: id)))
    }

    /// Forgets what was saved: players that are live play on, and are saved again when they change.
    mutating func clearAll(_ ticket: Ticket, now: Instant) {
        let cleared = players.count
        let lost = players.values.filter { !$0.isLive }.map(\.guild)
            .sorted { $0.rawValue < $1.rawValue }
        for guild in lost { destroy(guild, because: .cleared, now: now) }
        changes = [.removeAllPlayers]
        for guild in players.keys { players[guild]?.saved = nil }
        reply(ticket, .success(.cleared(players: cleared)))
    }

    /// One player, brought back as a whole from outside.
    mutating func restorePlayer(_ state: SavedState, _ ticket: Ticket, now: Instant) {
        let guild = state.guild
        guard players[guild] != nil || players.count < limits.players else {
            return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
        }
        guard state.queue.count <= limits.queueEntries else {
            return reply(ticket, .failure(.queueFull(limit: limits.queueEntries)))
        }
        let isNew = players[guild] == nil
        if isNew {
            players[guild] = Player(guild: guild)
            told(guild)
            publish(.playerCreate, of: guild)
        }
        players[guild]?.queue.removeAll()
        changes.append(.removeAllEntries(guild))
        touch(guild)
        players[guild]?.voiceChannel = state.settings.voiceChannel
        players[guild]?.textChannel = state.settings.textChannel
        append(
            state.queue.map {
                QueueEntry(id: newEntryID(), track: $0.track, requester: $0.requester)
            },
            to: guild
        )
        var update = state.update
        let place = update.position ?? 0
        update.position = nil
        apply(update, to: guild, now: now)
        if let current = state.current {
            let entry = QueueEntry(
                id: newEntryID(),
                track: current.track,
                requester: current.requester
            )
            play(entry, on: guild, from: place, endTime: update.endTime, now: now)
        } else if players[guild]?.current != nil {
            players[guild]?.retireCurrent(limit: limits.rememberedPlays)
            stopHere(guild, now: now, tellsNode: true)
        }
        restoreVoice(state.voice, of: guild, now: now)
        answer(ticket, .player(guild, created: isNew), about: guild, now: now)
    }

    private mutating func restoreVoice(_ voice: VoiceParts?, of guild: GuildID, now: Instant) {
        if let voice = voice ?? earlyVoice.take(guild) {
            setVoice(voice, of: guild, now: now)
        } else if players[guild]?.hasVoice == false {
            askForVoice(guild, reason: "a restored player has no voice data")
        }
    }

    mutating func operate(
        _ command: Command,
        on name: NodeName,
        _ ticket: Ticket,
        now: Instant
    ) {
        guard let index = index(of: name) else {
            return reply(ticket, .failure(.unknownNode(name)))
        }
        switch command {
        case .connectNode:
            follow(nodes[index].link.start(now: now), of: index, now: now)
            reply(ticket, .success(.done))
        case .disconnectNode:
            if nodes[index].link.isReady {
                publish(
                    .nodeDisconnect(
                        code: 1000,
                        reason: "disconnected by an operator",
                        players: playerCount(on: name)
                    ),
                    node: name
                )
            }
            let outputs = nodes[index].link.stop()
            follow(outputs, of: index, now: now)
            letGo(of: index, now: now)
            giveUp(index, now: now)
            reply(ticket, .success(.done))
        default:
            guard nodes[index].link.isReady, let connection = nodes[index].link.connection else {
                return reply(
                    ticket,
                    .failure(.noNode(retryAfter: retryAfter(now: now), kept: false))
                )
            }
            effects.append(.breakConnection(name, connection))
            reply(ticket, .success(.drill(affected: playerCount(on: name))))
        }
    }
}
