import Lavalink
import Wire

// Making a node match: one request at a time for each player.
extension Fleet {
    /// Notes in what a player's node differs from what is wanted, and has it told.
    mutating func want(_ difference: Difference, of guild: GuildID, now: Instant) {
        guard let player = players[guild] else { return }
        players[guild]?.pending.formUnion(difference)
        touch(guild)
        if player.home == nil { place(guild, now: now) }
        standInLine(guild, now: now)
    }

    /// A player without a home gets one as soon as there is something to be heard.
    private mutating func place(_ guild: GuildID, now: Instant) {
        guard let player = players[guild], player.hasVoice else { return }
        let source = player.current?.entry.track.info.sourceName
        guard let home = choose(source: source, now: now) else { return }
        players[guild]?.home = home
        players[guild]?.pending = .whole
        if player.current != nil { counts?.reserved[home, default: 0] += 1 }
    }

    mutating func standInLine(_ guild: GuildID, now: Instant) {
        guard let player = players[guild], let home = player.home, let index = index(of: home),
            nodes[index].isSettled, player.flight == nil, !player.pending.isEmpty,
            player.hasVoice
        else { return }
        if let held = player.heldUntil, held > now {
            setAlarm(of: guild)
        } else {
            nodes[index].line.append(guild)
        }
    }

    /// Sends what the node bears: the ends of players first, then what others are to be told.
    mutating func serveLine(of index: Int, now: Instant) {
        guard nodes[index].isSettled, nodes[index].hasWork else { return }
        if let held = nodes[index].heldUntil {
            guard now >= held else { return }
            nodes[index].heldUntil = nil
        }
        while nodes[index].flow.hasRoom, let guild = nodes[index].farewells.first {
            guard nodes[index].breaker.admit(at: now) else { return }
            nodes[index].farewells.removeFirst(1)
            sendDeparture(of: guild, from: index, now: now)
        }
        var served = 0
        while served < nodes[index].line.count, nodes[index].flow.hasRoom {
            let guild = nodes[index].line.order[served]
            if isSendable(guild, on: index, now: now) {
                guard nodes[index].breaker.admit(at: now) else { break }
                sendPatch(guild, to: index, now: now)
            }
            served += 1
        }
        nodes[index].line.removeFirst(served)
    }

    private func isSendable(_ guild: GuildID, on index: Int, now: Instant) -> Bool {
        guard let player = players[guild], player.home == nodes[index].name else { return false }
        return player.flight == nil && !player.pending.isEmpty && player.hasVoice
            && !player.isInDoubt && nodes[index].departing[guild] == nil
            && player.heldUntil.map { $0 <= now } ?? true
    }

    private mutating func sendPatch(_ guild: GuildID, to index: Int, now: Instant) {
        guard var difference = players[guild]?.pending, let session = nodes[index].session else {
            return
        }
        if players[guild]?.isLive == false { difference.formUnion(.whole) }
        if players[guild]?.goesOnFromRecalledPlace(difference) == true {
            difference.insert(.position)
        }
        if difference.contains(.track) {
            let play = newPlayID()
            players[guild]?.current?.id = play
            players[guild]?.current?.isRecalled = false
            players[guild]?.current?.wasTaken = false
            touch(guild)
        }
        guard let player = players[guild] else { return }
        let patch = player.patch(for: difference, now: now)
        let id = send(
            .updatePlayer(session: session, guild: guild, patch, noReplace: false),
            to: index,
            for: .patch(
                PatchInFlight(
                    guild: guild,
                    difference: difference,
                    play: player.current?.id,
                    paused: player.paused,
                    place: player.place.milliseconds(at: now),
                    waiters: player.waiters
                )
            ),
            now: now
        )
        nodes[index].flow.sent()
        players[guild]?.flight = id
        players[guild]?.pending = []
        players[guild]?.waiters = []
        players[guild]?.heldUntil = nil
        told(guild)
    }

    /// Readings that were asked for before this moment say nothing of the player any more.
    mutating func told(_ guild: GuildID) { players[guild]?.toldAt = nextRequest }

    @discardableResult
    mutating func send(
        _ request: NodeRequest,
        to index: Int,
        for purpose: Outstanding.Purpose,
        now: Instant
    ) -> RequestID {
        let id = RequestID(nextRequest)
        nextRequest += 1
        let name = nodes[index].name
        requests[id] = Outstanding(node: name, sentAt: now, purpose: purpose)
        let timeout: Duration =
            switch purpose {
            case .load, .loadToPlay: limits.load
            case .patch, .destroy, .session, .parting, .info, .players, .zombies, .reap:
                limits.request
            }
        effects.append(.request(id, name, request, timeout: timeout))
        return id
    }

    /// The node is to be told that a player is gone; nothing else about that guild goes out before
    /// it was (a late DELETE would end the player's successor).
    mutating func depart(_ guild: GuildID, from index: Int, inFlight: Bool) {
        guard nodes[index].link.isReady, nodes[index].departing[guild] == nil else { return }
        if inFlight {
            nodes[index].departing[guild] = .afterFlight
        } else {
            departAtLast(guild, from: index)
        }
    }

    /// Nothing is under way about the player any more.
    mutating func departAtLast(_ guild: GuildID, from index: Int) {
        nodes[index].departing[guild] = .due
        nodes[index].farewells.append(guild)
    }

    private mutating func sendDeparture(of guild: GuildID, from index: Int, now: Instant) {
        guard let session = nodes[index].session else { return }
        let id = send(
            .destroyPlayer(session: session, guild: guild),
            to: index,
            for: .destroy(guild),
            now: now
        )
        nodes[index].departing[guild] = .sent(id)
        nodes[index].flow.sent()
    }

    mutating func failWaiters(of guild: GuildID, _ error: CommandError) {
        guard let waiters = players[guild]?.waiters, !waiters.isEmpty else { return }
        players[guild]?.waiters = []
        for waiter in waiters { reply(waiter.ticket, .failure(error)) }
    }

    /// The moment at which something happens for the player, whatever it is.
    mutating func setAlarm(of guild: GuildID) {
        let player = players[guild]
        let moments = [
            player?.heldUntil, player?.leavesAt, player?.asksForVoiceAt,
            player?.waiters.first?.until,
        ]
        alarms.set(guild, moments.compactMap(\.self).min())
    }
}
