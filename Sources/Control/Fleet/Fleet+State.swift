import Lavalink

// Saving, restoring and forgetting, and what happens because time has passed.
extension Fleet {
    mutating func saveAll(_ ticket: Ticket<SavedReply>) {
        for guild in guilds {
            guard let player = player(guild) else { continue }
            let record = record(of: player, now: now)
            let rows = Array(player.queue.entries)
            if !options.enableReconnect {
                // What left the queue since the last time was not told.
                changes.append(.removeAllEntries(guild))
                shelf[guild] = SavedPlayer(player: record, queue: rows)
            }
            changes.append(.player(record))
            if !rows.isEmpty { changes.append(.entries(guild, rows)) }
            change(guild) { $0.wasStored() }
        }
        isSavingAsked = true
        reply(ticket, .success(SavedReply(players: guilds.count)))
    }

    /// Makes every player that is not live match on a node; the live ones are not touched.
    mutating func restoreAll(_ ticket: Ticket<RestoreReply>) {
        takeFromShelf()
        let missing = guilds.filter { look(at: $0) { $0.isLive } == false }
        let id = nextJob
        nextJob += 1
        jobs[id] = RestoreJob(
            id: id,
            pending: Set(missing),
            endsAt: now.advanced(by: limits.restoreWait)
        )
        if jobs.count > limits.restoreJobs, let oldest = jobs.keys.min() { jobs[oldest] = nil }
        for guild in missing {
            guard look(at: guild, { $0.hasVoice }) == true else {
                jobs[id]?.recordFailure(
                    guild,
                    "the player has no voice data; the bot must join its voice channel"
                )
                continue
            }
            let assigned = nodeID(of: guild).flatMap { node($0) }
            // Its node may have it still, and is about to say so.
            if assigned?.session.mayHaveItsPlayers(at: now) == true { continue }
            change(guild) { $0.sync.hold(until: nil) }
            // One whose node is there is on its way already.
            if assigned?.session.isSettled != true { move([guild]) }
            change(guild) { $0.sync.want(.whole) }
        }
        reply(ticket, .success(RestoreReply(job: id)))
    }

    /// What was saved and never brought back.
    private mutating func takeFromShelf() {
        for guild in shelf.keys.sorted() where !exists(guild) && guilds.count < limits.players {
            guard let saved = shelf[guild] else { continue }
            add(saved)
            let node = player(guild).flatMap { assignedNode(of: $0) }
            publish(.playerCreate, node: node, guild: guild)
        }
    }

    /// Forgets what was saved: players that are live play on, and are saved again when they change.
    mutating func clearAll(_ ticket: Ticket<SavedReply>) {
        let cleared = guilds.count
        for guild in guilds where look(at: guild, { $0.isLive }) == false {
            destroy(guild, because: .cleared)
        }
        changes = [.removeAllPlayers]
        isSavingAsked = true
        shelf.removeAll()
        for guild in guilds {
            change(guild) { $0.wasForgotten() }
        }
        reply(ticket, .success(SavedReply(players: cleared)))
    }

    /// Everything there is to be kept, as it is now; without `enableReconnect`, what was asked to
    /// be saved, as it was then.
    package func savedBot(now: Instant) -> SavedBot {
        var saved = SavedBot()
        for node in nodes { saved.sessions[node.name] = node.session.session }
        guard options.enableReconnect else {
            saved.players = shelf.values.sorted { $0.player.guild < $1.player.guild }
            return saved
        }
        saved.players = guilds.compactMap { player($0) }.map {
            SavedPlayer(player: record(of: $0, now: now), queue: Array($0.queue.entries))
        }
        return saved
    }

    /// The last that is written before the program ends: every position as it is now.
    package func finalChanges(now: Instant) -> [StoreChange] {
        guard options.enableReconnect else { return [] }
        return guilds.compactMap { player($0) }.map { .player(record(of: $0, now: now)) }
    }
}

// MARK: Time

extension Fleet {
    mutating func tick() {
        for id in nodes.all { session(of: id) { $0.tick(now: $1) } }
        for guild in dueAlarms() { tick(guild) }
        if let at = saving.nextAt, now >= at { savePositions() }
        jobs.modify { [now] in if now >= $0.endsAt { $0.end() } }
    }

    private mutating func tick(_ guild: GuildID) {
        if let end = look(at: guild, { $0.voice.endsAt }).flatMap(\.self), now >= end {
            return destroy(guild, because: .disconnected)
        }
        let error = noNode()
        tell(guild) { $0.tick($1, noNode: error) }
    }

    /// The positions of all that plays, every `stateSaveInterval`; of many, some at a time.
    private mutating func savePositions() {
        let behind = players.guilds(after: saving.last)
        let chosen = behind.prefix(limits.positionsAtOnce)
        for guild in chosen {
            let position = look(at: guild) { player -> StoreChange? in
                guard player.isRunning, player.current?.isConfirmed == true, player.isStored else {
                    return nil
                }
                return .position(
                    guild,
                    milliseconds: player.position.milliseconds(at: now),
                    reported: player.position.reportedPosition(at: now)
                )
            }
            if let position = position.flatMap(\.self) { changes.append(position) }
        }
        saving.saved(
            upTo: chosen.last,
            isLast: chosen.count == behind.count,
            of: guilds.count,
            limits,
            now: now
        )
    }
}
