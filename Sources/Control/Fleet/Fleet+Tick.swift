import Lavalink

// What happens because time has passed.
extension Fleet {
    mutating func tick(now: Instant) {
        for index in nodes.indices {
            follow(nodes[index].link.tick(now: now), of: index, now: now)
            if let at = nodes[index].partsAt, now >= at { part(from: index, now: now) }
            retrySettlement(of: index, now: now)
            if let at = nodes[index].givenUpAt, now >= at { giveUp(index, now: now) }
            if let at = nodes[index].reconcilesAt, now >= at { reconcile(index, now: now) }
        }
        for guild in alarms.due(at: now) { alarm(guild, now: now) }
        if let at = savesAt, now >= at { savePlaces(now: now) }
        jobs.modify { if now >= $0.endsAt { $0.end() } }
    }

    private mutating func reconcile(_ index: Int, now: Instant) {
        nodes[index].reconcilesAt = nil
        guard nodes[index].isSettled else { return }
        if nodes[index].breaker.admit(at: now) {
            readPlayers(of: index, now: now)
        } else {
            let open = nodes[index].breaker.openUntil
            nodes[index].reconcilesAt = open ?? now.advanced(by: limits.retryDelay)
        }
    }

    private mutating func alarm(_ guild: GuildID, now: Instant) {
        if let at = players[guild]?.leavesAt, now >= at {
            return destroy(guild, because: .disconnected, now: now)
        }
        if let at = players[guild]?.asksForVoiceAt, now >= at {
            players[guild]?.asksForVoiceAt = nil
            askForVoice(guild, reason: "the voice connection ended, and no new voice data came")
        }
        while let waiter = players[guild]?.waiters.first, now >= waiter.until {
            players[guild]?.waiters.removeFirst()
            reply(
                waiter.ticket,
                .failure(.noNode(retryAfter: retryAfter(now: now), kept: true))
            )
        }
        if let at = players[guild]?.heldUntil, now >= at {
            players[guild]?.heldUntil = nil
            if players[guild]?.home == nil { want([], of: guild, now: now) }
            standInLine(guild, now: now)
        }
        setAlarm(of: guild)
    }

    /// The places of all that plays, every `stateSaveInterval`.
    private mutating func savePlaces(now: Instant) {
        savesAt = now.advanced(by: options.stateSaveInterval)
        let running = players.values.filter { player in
            player.isRunning && player.current?.wasTaken == true && player.saved != nil
        }
        for player in running.sorted(by: { $0.guild < $1.guild }) {
            changes.append(
                .place(
                    player.guild,
                    milliseconds: player.place.milliseconds(at: now),
                    reported: player.place.reportedPosition(at: now)
                )
            )
        }
    }
}
