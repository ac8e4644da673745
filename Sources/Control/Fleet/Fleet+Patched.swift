import Lavalink
import Wire

// How a PATCH of a player came out.
extension Fleet {
    mutating func patched(
        _ patch: PatchInFlight,
        _ id: RequestID,
        _ answer: NodeAnswer,
        _ index: Int,
        now: Instant
    ) {
        if case .afterFlight = nodes[index].departing[patch.guild] {
            departAtLast(patch.guild, from: index)
        }
        guard players[patch.guild]?.flight == id else { return }
        players[patch.guild]?.flight = nil
        told(patch.guild)
        guard players[patch.guild]?.home == nodes[index].name else {
            return leftBehind(patch, index, now: now)
        }
        switch answer {
        case .response(let status, let body, _) where (200..<300).contains(status):
            taken(patch, body, index, now: now)
        case .response(let status, let body, let rest):
            refused(patch, NodeErrorAnswer(status: status, body: body), rest, index, now: now)
        case .timedOut: unsure(patch, .timedOut(nodes[index].name, kept: true), index, now: now)
        case .refused:
            unsure(
                patch,
                .unreachable(
                    nodes[index].name,
                    detail: "the connection was refused",
                    kept: true
                ),
                index,
                now: now
            )
        case .lost(let detail):
            unsure(
                patch,
                .unreachable(nodes[index].name, detail: detail, kept: true),
                index,
                now: now
            )
        }
        standInLine(patch.guild, now: now)
    }

    /// The player moved on while the request was under way: what it made is taken down.
    private mutating func leftBehind(_ patch: PatchInFlight, _ index: Int, now: Instant) {
        players[patch.guild]?.waiters.insert(contentsOf: patch.waiters, at: 0)
        setAlarm(of: patch.guild)
        depart(patch.guild, from: index, inFlight: false)
        standInLine(patch.guild, now: now)
    }

    /// The node did as told.
    private mutating func taken(
        _ patch: PatchInFlight,
        _ body: [UInt8],
        _ index: Int,
        now: Instant
    ) {
        let guild = patch.guild
        for waiter in patch.waiters { reply(waiter.ticket, .success(waiter.reply)) }
        guard let player = players[guild] else { return }
        let wasLive = player.isLive
        players[guild]?.isLive = true
        players[guild]?.failedTries = 0
        confirm(patch)
        if player.current != nil, player.current?.id == patch.play { playTaken(of: guild) }
        // A body that cannot be read says nothing; the messages of the socket will.
        if let document = try? JSONDocument(parsing: body),
            let reported = try? NodePlayer(document.root, at: "")
        {
            // A start, a seek or a pause makes the position wrong for a while; a change of speed
            // begins where the answer says.
            let isWrong = !patch.difference.isDisjoint(with: [.track, .position, .paused])
            heardState(reported.state, believed: wasLive && !isWrong, of: guild, now: now)
        }
        settlePlace(after: patch, wasLive: wasLive, now: now)
        if !wasLive { restored(guild, on: index, now: now) }
        jobs.modify { $0.cameBack(guild) }
    }

    /// What was commanded of the place has been told, unless it is another by now.
    private mutating func confirm(_ patch: PatchInFlight) {
        guard let player = players[patch.guild], player.current?.id == patch.play else { return }
        var told = patch.difference
        if told.contains(.track) { told.formUnion([.position, .endTime]) }
        told.subtract(player.pending)
        guard !player.untold.isDisjoint(with: told) else { return }
        players[patch.guild]?.untold.subtract(told)
        touch(patch.guild)
    }

    /// The place follows what the node has done, except where something else is wanted by now.
    private mutating func settlePlace(after patch: PatchInFlight, wasLive: Bool, now: Instant) {
        let guild = patch.guild
        guard let player = players[guild], let play = player.current, play.id == patch.play,
            player.pending.isDisjoint(with: [.track, .position])
        else { return }
        let moved = !wasLive || !patch.difference.isDisjoint(with: [.track, .position])
        if moved {
            players[guild]?.isPlaceRecalled = false
            players[guild]?.place.start(
                at: patch.place,
                length: play.length,
                rate: player.rate,
                running: false,
                now: now
            )
        } else if patch.difference.contains(.filters) {
            players[guild]?.place.change(rate: player.rate, now: now)
        }
        if patch.paused {
            players[guild]?.place.freeze(now: now)
        } else {
            players[guild]?.place.run(now: now)
        }
    }

    /// Nobody knows what became of it: the answer says so, and the node is asked.
    private mutating func unsure(
        _ patch: PatchInFlight,
        _ error: CommandError,
        _ index: Int,
        now: Instant
    ) {
        let guild = patch.guild
        for waiter in patch.waiters { reply(waiter.ticket, .failure(error)) }
        holdBack(guild, now: now)
        if patch.difference.contains(.voice) {
            // A voice connection that hangs blocks whatever follows it (`lavalink-v4.md` §7.4).
            players[guild]?.isLive = false
            players[guild]?.pending.formUnion(.whole)
            outdatePlay(of: guild)
            depart(guild, from: index, inFlight: false)
        } else {
            players[guild]?.isInDoubt = true
            players[guild]?.doubtPlace(of: patch, now: now)
            players[guild]?.owe(patch.difference.subtracting(.track), of: patch.play)
            nodes[index].reconcilesAt = now
        }
    }

    /// The next try waits, twice as long each time.
    mutating func holdBack(_ guild: GuildID, now: Instant) {
        guard let tries = players[guild]?.failedTries else { return }
        players[guild]?.failedTries = tries + 1
        let wait = min(limits.retryDelay * (1 << min(tries, 6)), limits.retryCeiling)
        players[guild]?.heldUntil = now.advanced(by: wait)
        setAlarm(of: guild)
    }
}

// MARK: A node that says no

extension Fleet {
    private mutating func refused(
        _ patch: PatchInFlight,
        _ error: NodeErrorAnswer,
        _ rest: Duration?,
        _ index: Int,
        now: Instant
    ) {
        let guild = patch.guild
        let name = nodes[index].name
        if error.kind == .sessionNotFound {
            players[guild]?.owe(patch.difference, of: patch.play)
            players[guild]?.waiters.append(contentsOf: patch.waiters)
            // Ends in `letGo`, which answers those who wait.
            follow(nodes[index].link.sessionVanished(now: now), of: index, now: now)
            return
        }
        if error.status == 429 {
            players[guild]?.owe(patch.difference, of: patch.play)
            for waiter in patch.waiters {
                reply(
                    waiter.ticket,
                    .failure(.noNode(retryAfter: rest ?? limits.retryDelay, kept: true))
                )
            }
            return
        }
        for waiter in patch.waiters {
            reply(
                waiter.ticket,
                .failure(.rejected(name, status: error.status, message: error.message))
            )
        }
        nodes[index].reconcilesAt = now
        refusedPart(patch, error, index, now: now)
    }

    /// Which part the node would not take, and what follows: earlier parts stay applied
    /// (`lavalink-v4.md` §7.3), so the node is asked what it has.
    private mutating func refusedPart(
        _ patch: PatchInFlight,
        _ error: NodeErrorAnswer,
        _ index: Int,
        now: Instant
    ) {
        let guild = patch.guild
        let isAboutVoice = error.message.lowercased().contains("voice")
        if patch.difference.contains(.voice), isAboutVoice || !patch.difference.contains(.track) {
            askForVoice(guild, reason: error.message)
            players[guild]?.owe(patch.difference, of: patch.play)
            holdBack(guild, now: now)
        } else if error.message.contains("filters are disabled") {
            players[guild]?.filters = .none
            publish(.playerFiltersChange(Filters.none.raw), of: guild)
            players[guild]?.owe(patch.difference, of: patch.play)
            touch(guild)
        } else if patch.difference.contains(.track), let play = patch.play,
            players[guild]?.current?.id == play, isAboutTheTrack(error)
        {
            players[guild]?.owe(patch.difference.subtracting(.track), of: patch.play)
            publishTrackError(of: guild, error.message, "fault", nil)
            // What it played before plays on.
            playFailed(guild, reason: "loadFailed", stillLoaded: true, now: now)
        } else {
            players[guild]?.owe(patch.difference, of: patch.play)
            holdBack(guild, now: now)
        }
        notRestored(guild, on: index)
        jobs.modify { $0.failed(guild, error.description) }
    }

    /// 400 and 500 speak of the content; 502 and the like of what stands before the node.
    private func isAboutTheTrack(_ error: NodeErrorAnswer) -> Bool {
        error.status == 400 || error.status == 500
    }
}
