import Lavalink
import Wire

// From `ready` to the first word about a player.
extension Fleet {
    mutating func becameReady(
        _ index: Int,
        session: String,
        resumed: Bool,
        before: String?,
        now: Instant
    ) {
        let name = nodes[index].name
        if nodes[index].metrics.disconnects > nodes[index].metrics.reconnects {
            nodes[index].metrics.reconnects += 1
        }
        nodes[index].breaker.record(success: true, at: now)
        nodes[index].givenUpAt = nil
        nodes[index].isGivenUp = false
        counts = nil
        if session != before { changes.append(.session(name, session)) }
        publish(.nodeReady(sessionId: session, resumed: resumed), node: name)

        nodes[index].leave(before, for: session)
        nodes[index].settlement = Settlement(
            session: !resumed,
            players: resumed,
            zombies: !nodes[index].unheard.isEmpty,
            info: nodes[index].info == nil
        )
        if !resumed {
            // Whatever a former session had is gone, or is taken down now.
            for guild in guilds(on: name) { players[guild]?.isLive = false }
        }
        if let settlement = nodes[index].settlement { take(settlement, of: index, now: now) }
    }

    /// Sends the requests of these steps.
    private mutating func take(_ steps: Settlement, of index: Int, now: Instant) {
        guard let session = nodes[index].session else { return }
        if steps.session {
            let timeout = Int64(options.resumeTimeout.inSeconds.rounded(.up))
            send(
                .updateSession(session: session, resuming: true, timeout: timeout),
                to: index,
                for: .session,
                now: now
            )
        }
        if steps.info { send(.info, to: index, for: .info, now: now) }
        if steps.players { readPlayers(of: index, now: now) }
        if steps.zombies { askUnheard(of: index, now: now) }
    }

    /// Asks the node what players it has, to compare them with what is wanted.
    mutating func readPlayers(of index: Int, now: Instant) {
        guard let session = nodes[index].session else { return }
        send(.players(session: session), to: index, for: .players, now: now)
    }

    /// A step came out well, or is given up.
    mutating func settled(_ step: WritableKeyPath<Settlement, Bool>, of index: Int, now: Instant) {
        guard nodes[index].settlement != nil else { return }
        nodes[index].settlement?[keyPath: step] = false
        guard nodes[index].settlement?.isDone == true else { return }
        nodes[index].settlement = nil
        welcomePlayers(of: index, now: now)
    }

    /// A step failed for reasons that may pass: it is tried again, and at last given up.
    mutating func settleFailed(
        _ step: WritableKeyPath<Settlement, Bool>,
        of index: Int,
        now: Instant
    ) {
        guard var settlement = nodes[index].settlement else { return }
        settlement.tries += 1
        settlement.retryAt = now.advanced(by: limits.retryDelay)
        nodes[index].settlement = settlement
        guard settlement.tries > limits.settleTries else { return }
        if settlement.players {
            follow(nodes[index].link.sessionVanished(now: now), of: index, now: now)
        } else {
            settled(step, of: index, now: now)
        }
    }

    mutating func retrySettlement(of index: Int, now: Instant) {
        guard let at = nodes[index].settlement?.retryAt, now >= at else { return }
        nodes[index].settlement?.retryAt = nil
        let name = nodes[index].name
        // The steps whose request is still under way are not asked twice.
        var again = nodes[index].settlement
        for request in requests.values where request.node == name {
            switch request.purpose {
            case .session: again?.session = false
            case .info: again?.info = false
            case .players: again?.players = false
            case .zombies, .reap: again?.zombies = false
            case .patch, .destroy, .parting, .load, .loadToPlay: break
            }
        }
        if let again { take(again, of: index, now: now) }
    }

    /// Every player that belongs here and is not here is made, the audible ones first; and those
    /// that wait for any node come as well.
    private mutating func welcomePlayers(of index: Int, now: Instant) {
        let name = nodes[index].name
        guard options.enableReconnect || nodes[index].metrics.disconnects == 0 else {
            // Nothing by itself; but what was asked for meanwhile happens.
            return serveAsked(on: name, now: now)
        }
        var missing = guilds(on: name).filter { players[$0]?.isLive == false }
        missing.sort { (urgency(of: $0), $1.rawValue) > (urgency(of: $1), $0.rawValue) }
        nodes[index].restored = 0
        nodes[index].restoring = Set(
            missing.filter { players[$0]?.saved != nil && players[$0]?.hasVoice == true }
        )
        for guild in missing { want(.whole, of: guild, now: now) }
        move(strandedGuilds(), now: now)
        serveAsked(on: name, now: now)
    }

    private mutating func serveAsked(on name: NodeName, now: Instant) {
        for guild in guilds(on: name) where players[guild]?.pending.isEmpty == false {
            standInLine(guild, now: now)
        }
    }

    /// 2 for a player that should be heard, 1 for a paused one, 0 for one without a track.
    private func urgency(of guild: GuildID) -> Int {
        guard let player = players[guild], player.current != nil else { return 0 }
        return player.paused ? 1 : 2
    }

    /// A player came back on a node that lost it.
    mutating func restored(_ guild: GuildID, on index: Int, now: Instant) {
        guard nodes[index].restoring.remove(guild) != nil else { return }
        nodes[index].restored += 1
        nodes[index].metrics.playersRestored += 1
        publish(.playerRestored(place: players[guild]?.place.milliseconds(at: now) ?? 0), of: guild)
        announceRestore(of: index)
    }

    /// A player that was to come back does not, or not here.
    mutating func notRestored(_ guild: GuildID, on index: Int) {
        guard nodes[index].restoring.remove(guild) != nil else { return }
        announceRestore(of: index)
    }

    private mutating func announceRestore(of index: Int) {
        guard nodes[index].restoring.isEmpty else { return }
        publish(.playersRestored(count: nodes[index].restored), node: nodes[index].name)
        nodes[index].restored = 0
    }
}
