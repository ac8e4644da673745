import Lavalink
import Wire

// What a node's messages say.
extension Fleet {
    mutating func heard(_ message: NodeMessage, from index: Int, now: Instant) {
        let name = nodes[index].name
        switch message {
        case .ready: break  // the link's
        case .stats(let stats):
            nodes[index].stats = stats
            nodes[index].statsAt = now
            publish(.nodeStats(stats), node: name)
        case .playerUpdate(let guild, let state):
            guard players[guild]?.home == name else { return }
            heardState(state, of: guild, now: now)
            // Before the node's players were compared the place is not known.
            guard players[guild]?.isLive == true else { return }
            let place = players[guild]?.place.milliseconds(at: now) ?? 0
            publish(.playerPositionUpdate(state, place: place), of: guild)
        case .event(let guild, let event):
            guard players[guild]?.home == name else { return }
            heard(event, of: guild, from: index, now: now)
        case .unknown(let op, let raw):
            publish(.nodeEvent(type: op, raw: raw), node: name)
        }
    }

    /// A node's word on a player's state, wherever it came with.
    ///
    /// Its position is `believed` when it can be of now.
    mutating func heardState(
        _ state: PlayerState,
        believed: Bool = true,
        of guild: GuildID,
        now: Instant
    ) {
        guard let player = players[guild] else { return }
        if state.connected, !player.connected {
            publish(.playerConnect(ping: state.ping), of: guild)
        }
        players[guild]?.connected = state.connected
        players[guild]?.ping = state.ping
        // A report made before a request arrived speaks of what was before it.
        if believed, player.believesReports {
            players[guild]?.place.report(state.position, now: now)
        }
    }

    private mutating func heard(
        _ event: NodeEvent,
        of guild: GuildID,
        from index: Int,
        now: Instant
    ) {
        switch event {
        case .trackStart(let track): trackStarted(track, of: guild, now: now)
        case .trackEnd(let track, let reason):
            trackEnded(track, reason, of: guild, now: now)
        case .trackException(let track, let exception):
            nodes[index].failures.record({ $0.exceptions += 1 }, now: now)
            trackBroke(track, exception, of: guild, now: now)
        case .trackStuck(let track, let threshold):
            nodes[index].failures.record({ $0.stuck += 1 }, now: now)
            trackStuck(track, threshold, of: guild, now: now)
        case .webSocketClosed(let code, let reason, let byRemote):
            voiceClosed(code, reason, byRemote, of: guild, now: now)
        case .unknown(let type, let raw): publish(.nodeEvent(type: type, raw: raw), of: guild)
        }
    }

    /// Whether an event speaks of the play that is wanted now.
    private func isCurrent(_ track: Track, of guild: GuildID) -> Bool {
        guard let mark = PlayMark(of: track) else { return false }
        return players[guild]?.current?.id == mark.play
    }

    private mutating func trackStarted(_ track: Track, of guild: GuildID, now: Instant) {
        guard isCurrent(track, of: guild), let play = players[guild]?.current,
            !play.wasAnnounced
        else { return }
        players[guild]?.current?.wasAnnounced = true
        playTaken(of: guild)
        publish(.trackStart(play.entry), of: guild)
    }

    private mutating func trackEnded(
        _ track: Track,
        _ reason: TrackEndReason,
        of guild: GuildID,
        now: Instant
    ) {
        guard isCurrent(track, of: guild), let play = players[guild]?.current else {
            return formerTrackEnded(track, reason, of: guild)
        }
        switch reason {
        case .finished: finished(play, of: guild, now: now)
        case .loadFailed: playFailed(guild, reason: reason.text, now: now)
        case .cleanup:
            // Nobody pulled audio: without voice the next track would fare the same.
            silenced(guild, now: now)
            askForVoice(guild, reason: "the node got no voice connection")
        case .stopped, .replaced, .unknown:
            // Not by us: the node is asked what it has.
            silenced(guild, now: now)
            if let home = players[guild]?.home, let index = index(of: home) {
                nodes[index].reconcilesAt = now
            }
        }
    }

    /// The node plays the wanted track no longer, though it is still wanted.
    private mutating func silenced(_ guild: GuildID, now: Instant) {
        players[guild]?.place.freeze(now: now)
        outdatePlay(of: guild)
        players[guild]?.pending.insert(.track)
        holdBack(guild, now: now)
    }

    /// A node says that it has the track; from now on a node without it has played it.
    mutating func playTaken(of guild: GuildID) {
        guard players[guild]?.current?.wasTaken == false else { return }
        players[guild]?.current?.wasTaken = true
        touch(guild)
    }

    /// The play is to be sent again: nothing that its last sending still causes is news of it.
    mutating func outdatePlay(of guild: GuildID) {
        let id = newPlayID()
        players[guild]?.current?.id = id
        players[guild]?.current?.wasTaken = false
        touch(guild)
    }

    /// The end of a track that was left already: told once, changing nothing.
    private mutating func formerTrackEnded(
        _ track: Track,
        _ reason: TrackEndReason,
        of guild: GuildID
    ) {
        guard let mark = PlayMark(of: track), let play = players[guild]?.formerPlay(mark.play)
        else { return }
        players[guild]?.formerPlays.removeAll { $0.id == mark.play }
        if players[guild]?.current?.entry.id == play.entry.id, reason == .replaced { return }
        publish(.trackEnd(play.entry, reason: reason.text), of: guild)
    }

    /// A node calls the end of a broken song `finished` too (`lavalink-v4.md` §16, item 32): one
    /// that ends far before its length is played again once, from where it broke.
    private mutating func finished(_ play: Play, of guild: GuildID, now: Instant) {
        if let broke = play.brokeAt, isFarFromEnd(broke, play) {
            guard !play.wasReplayed else { return playFailed(guild, reason: "finished", now: now) }
            players[guild]?.current?.wasReplayed = true
            players[guild]?.current?.brokeAt = nil
            players[guild]?.place.freeze(now: now)
            players[guild]?.place.seek(to: broke, now: now)
            outdatePlay(of: guild)
            return want(.track, of: guild, now: now)
        }
        publish(.trackEnd(play.entry, reason: "finished"), of: guild)
        advance(guild, because: .ended, now: now)
    }

    private func isFarFromEnd(_ place: Int64, _ play: Play) -> Bool {
        guard let end = play.endTime ?? play.length else { return false }
        return place + limits.farFromEnd.milliseconds < end
    }

    private mutating func trackBroke(
        _ track: Track,
        _ exception: TrackException,
        of guild: GuildID,
        now: Instant
    ) {
        guard isCurrent(track, of: guild) else { return }
        // Only noted: the end that follows, or comes first, is what is acted on.
        let place = players[guild]?.place.milliseconds(at: now)
        players[guild]?.current?.brokeAt = place
        publishTrackError(
            of: guild,
            exception.message ?? exception.cause,
            exception.severity,
            exception.raw
        )
    }

    mutating func publishTrackError(
        of guild: GuildID,
        _ message: String,
        _ severity: String,
        _ exception: RawJSON?
    ) {
        guard let entry = players[guild]?.current?.entry else { return }
        publish(
            .trackError(entry, message: message, severity: severity, exception: exception),
            of: guild
        )
    }

    /// A node says it once and does nothing more: a step forward, a few times, then the next.
    private mutating func trackStuck(
        _ track: Track,
        _ threshold: Int64,
        of guild: GuildID,
        now: Instant
    ) {
        guard isCurrent(track, of: guild), let play = players[guild]?.current else { return }
        publish(.trackStuck(play.entry, thresholdMs: threshold), of: guild)
        guard play.stuckSteps < limits.stuckSteps, !play.entry.track.info.isStream,
            let place = players[guild]?.place.milliseconds(at: now)
        else { return playFailed(guild, reason: "stuck", stillLoaded: true, now: now) }
        players[guild]?.current?.stuckSteps += 1
        stand(guild, at: place + limits.stuckStep.milliseconds, now: now)
        want(.position, of: guild, now: now)
    }
}
