import Lavalink

// What plays next.
extension Fleet {
    enum Cause: Sendable {
        /// The track is over.
        case ended
        /// The track could not be played.
        case failed
        /// Somebody wants the next one.
        case skipped
    }

    /// The current play is over without having been heard to its end.
    ///
    /// A node for which it is `stillLoaded` must be told to stop.
    mutating func playFailed(
        _ guild: GuildID,
        reason: String,
        stillLoaded: Bool = false,
        now: Instant
    ) {
        guard let entry = players[guild]?.current?.entry else { return }
        publish(.trackEnd(entry, reason: reason), of: guild)
        let isSpent = players[guild]?.failureSpendsBudget(limits, now: now) ?? false
        advance(guild, because: .failed, now: now, suspending: isSpent, stillLoaded: stillLoaded)
    }

    /// Goes on to what the queue and the loop say, exactly once for each play.
    mutating func advance(
        _ guild: GuildID,
        because cause: Cause,
        now: Instant,
        suspending: Bool = false,
        stillLoaded: Bool = false
    ) {
        guard let player = players[guild] else { return }
        let over = player.current?.entry
        players[guild]?.retireCurrent(
            endWasTold: cause != .skipped,
            limit: limits.rememberedPlays
        )
        if let over, player.loop == .queue, cause != .failed {
            append([QueueEntry(over)], to: guild)
        }

        if suspending {
            players[guild]?.isSuspended = true
            publish(.queueSuspended(failures: limits.failureBudget), of: guild)
            return stopHere(guild, now: now, tellsNode: stillLoaded)
        }
        if let over, player.loop == .track, cause == .ended {
            return play(over, on: guild, now: now)
        }
        if let next = takeNext(of: guild) { return play(next, on: guild, now: now) }
        if player.current != nil { publish(.queueEnd, of: guild) }
        // A track that ended by itself needs no word to the node; a skipped one does.
        stopHere(guild, now: now, tellsNode: cause == .skipped || stillLoaded)
    }

    /// Nothing plays any more.
    mutating func stopHere(_ guild: GuildID, now: Instant, tellsNode: Bool = false) {
        players[guild]?.place = Place()
        players[guild]?.untold = []
        players[guild]?.pending.subtract([.track, .position, .endTime])
        if tellsNode { want(.track, of: guild, now: now) } else { touch(guild) }
    }

    /// An entry becomes what is wanted, from its beginning or from a place.
    mutating func play(
        _ entry: TrackEntry,
        on guild: GuildID,
        from place: Int64 = 0,
        endTime: Int64? = nil,
        now: Instant
    ) {
        players[guild]?.retireCurrent(limit: limits.rememberedPlays)
        let play = Play(entry: entry, id: newPlayID(), endTime: endTime)
        let rate = players[guild]?.rate ?? 1
        players[guild]?.current = play
        players[guild]?.untold = []
        players[guild]?.place = Place(
            standingAt: place,
            reported: place,
            length: play.length,
            rate: rate
        )
        players[guild]?.pending.subtract([.position, .endTime])
        want(.track, of: guild, now: now)
    }

    /// Takes the next entry that has its track; those before it that have none are left out.
    mutating func takeNext(of guild: GuildID) -> TrackEntry? {
        var taken: [EntryID] = []
        defer { if !taken.isEmpty { changes.append(.removeEntries(guild, taken)) } }
        while let next = players[guild]?.queue.next() {
            taken.append(next.id)
            if let entry = next.resolved { return entry }
        }
        return nil
    }

    mutating func queueEntries(of new: [NewEntry]) -> [QueueEntry] {
        new.map {
            QueueEntry(id: newEntryID(), content: .track($0.track), requester: $0.requester)
        }
    }

    /// Adds entries to a queue, and has their rows written.
    mutating func append(_ entries: [QueueEntry], to guild: GuildID, at index: Int? = nil) {
        let added = players[guild]?.queue.insert(entries, at: index) ?? Queue.Insertion()
        if !added.ranks.isEmpty { changes.append(.ranks(guild, added.ranks)) }
        if !added.rows.isEmpty { changes.append(.entries(guild, added.rows)) }
        touch(guild)
    }
}
