import Lavalink
import Wire

// Saving, restoring and forgetting.
extension Fleet {
    mutating func saveAll(_ ticket: Ticket<SavedReply>, now: Instant) {
        let guilds = players.keys.sorted { $0.rawValue < $1.rawValue }
        for guild in guilds {
            guard let record = players[guild]?.record(now: now) else { continue }
            players[guild]?.saved = record
            let rows = players[guild].map { Array($0.queue.entries) } ?? []
            if !options.enableReconnect {
                // What left the queue since the last time was not told.
                changes.append(.removeAllEntries(guild))
                shelf[guild] = SavedPlayer(player: record, queue: rows)
            }
            changes.append(.player(record))
            if !rows.isEmpty { changes.append(.entries(guild, rows)) }
        }
        isSavingAsked = true
        reply(ticket, .success(SavedReply(players: guilds.count)))
    }

    /// Makes every player that is not live match on a node; the live ones are not touched.
    mutating func restoreAll(_ ticket: Ticket<RestoreReply>, now: Instant) {
        takeFromShelf()
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
            let home = players[guild]?.home.flatMap { node($0) }
            // Its node may have it still, and is about to say so.
            if let home, home.mayHaveItsPlayers(at: now) { continue }
            players[guild]?.heldUntil = nil
            // One whose node is there is on its way already.
            if home?.isSettled != true { move([guild], now: now) }
            want(.whole, of: guild, now: now)
        }
        reply(ticket, .success(RestoreReply(job: id)))
    }

    /// What was saved and never brought back.
    private mutating func takeFromShelf() {
        for guild in shelf.keys.sorted(by: { $0.rawValue < $1.rawValue })
        where players[guild] == nil && players.count < limits.players {
            players[guild] = shelf[guild].map { Player($0) }
            told(guild)
            publish(.playerCreate, of: guild)
        }
    }

    /// Forgets what was saved: players that are live play on, and are saved again when they change.
    mutating func clearAll(_ ticket: Ticket<SavedReply>, now: Instant) {
        let cleared = players.count
        let lost = players.values.filter { !$0.isLive }.map(\.guild)
            .sorted { $0.rawValue < $1.rawValue }
        for guild in lost { destroy(guild, because: .cleared, now: now) }
        changes = [.removeAllPlayers]
        isSavingAsked = true
        shelf.removeAll()
        for guild in players.keys { players[guild]?.saved = nil }
        reply(ticket, .success(SavedReply(players: cleared)))
    }

    /// One player, brought back as a whole from outside.
    mutating func restorePlayer(
        _ guild: GuildID,
        as state: SavedState,
        _ ticket: Ticket<PlayerReply>,
        now: Instant
    ) {
        guard players[guild] != nil || players.count < limits.players else {
            return reply(ticket, .failure(.tooManyPlayers(limit: limits.players)))
        }
        let entries = queueEntries(of: state.queue)
        if let limit = Queue().limit(of: limits, exceededByAdding: entries) {
            return reply(ticket, .failure(.queueFull(limit)))
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
        append(entries, to: guild)
        var update = state.update
        let place = update.position ?? 0
        let endTime = update.endTime
        update.position = nil
        update.endTime = nil
        apply(update, to: guild, now: now)
        if let current = state.current {
            let entry = TrackEntry(
                id: newEntryID(),
                track: current.track,
                requester: current.requester
            )
            let play = Play(entry: entry, id: newPlayID(), endTime: endTime)
            if Self.whyNotPlayed(play.length, from: place, to: endTime) == nil {
                self.play(entry, on: guild, from: place, endTime: endTime, now: now)
            } else {
                // It was over when it was saved: what follows it is played.
                players[guild]?.retireCurrent(limit: limits.rememberedPlays)
                players[guild]?.current = play
                advance(guild, because: .ended, now: now, stillLoaded: true)
            }
        } else if players[guild]?.current != nil {
            players[guild]?.retireCurrent(limit: limits.rememberedPlays)
            stopHere(guild, now: now, tellsNode: true)
        }
        restoreVoice(state.voice, of: guild, now: now)
        answer(ticket, PlayerReply(guild: guild, created: isNew), now: now)
    }

    private mutating func restoreVoice(_ voice: VoiceParts?, of guild: GuildID, now: Instant) {
        if let voice = voice ?? earlyVoice.take(guild) {
            setVoice(voice, of: guild, now: now)
        } else if players[guild]?.hasVoice == false {
            askForVoice(guild, reason: "a restored player has no voice data")
        }
    }
}
