import Lavalink
import Wire

// What a node has, beside what is wanted.
extension Fleet {
    mutating func playersAnswered(
        _ answer: NodeAnswer,
        _ reading: RequestID,
        _ index: Int,
        now: Instant
    ) {
        let settling = nodes[index].settlement?.players == true
        guard case .response(let status, let body, _) = answer, status == 200,
            let document = try? JSONDocument(parsing: body)  // unreadable: asked again
        else {
            if case .response(404, let body, _) = answer,
                NodeErrorAnswer(status: 404, body: body).kind == .sessionNotFound
            {
                return follow(nodes[index].link.sessionVanished(now: now), of: index, now: now)
            }
            if settling { return settleFailed(\.players, of: index, now: now) }
            nodes[index].reconcilesAt = now.advanced(by: limits.retryDelay)
            return
        }
        var reported: [GuildID: NodePlayer] = [:]
        for element in document.root.elements {
            // One player that cannot be read is as one that is not there: it is made anew.
            guard let player = try? NodePlayer(element, at: "") else { continue }
            reported[player.guildId] = player
        }
        // While a node settles it is told nothing of its players: what is read then is new.
        compare(reported, settling ? RequestID(.max) : reading, index, now: now)
        if settling { settled(\.players, of: index, now: now) }
    }

    private mutating func compare(
        _ reported: [GuildID: NodePlayer],
        _ reading: RequestID,
        _ index: Int,
        now: Instant
    ) {
        let name = nodes[index].name
        for guild in reported.keys.sorted(by: { $0.rawValue < $1.rawValue })
        where players[guild]?.home != name {
            // It moved on, or is gone: its copy is deleted before anything else happens here.
            depart(guild, from: index, inFlight: false)
        }
        for guild in guilds(on: name) {
            // What was read before the node was last told something is old.
            guard let player = players[guild], player.flight == nil,
                player.toldAt <= reading.rawValue, nodes[index].departing[guild] == nil
            else { continue }
            players[guild]?.isInDoubt = false
            if let found = reported[guild] {
                compare(guild, with: found, now: now)
            } else if player.isLive {
                players[guild]?.isLive = false
                players[guild]?.place.freeze(now: now)
                want(.whole, of: guild, now: now)
            }
        }
    }

    /// One player that the node has.
    private mutating func compare(_ guild: GuildID, with found: NodePlayer, now: Instant) {
        guard let player = players[guild] else { return }
        players[guild]?.isLive = true
        var difference = player.pending.intersection([.position, .endTime])
        if let voice = player.voiceState, !voice.matches(reported: found.voice) {
            difference.insert(.voice)
        }
        if player.volume != found.volume { difference.insert(.volume) }
        if player.paused != found.paused { difference.insert(.paused) }
        if player.filters.matches(reported: found.filters) {
            players[guild]?.place.change(rate: player.rate, now: now)
        } else {
            difference.insert(.filters)
        }
        let comparison = comparison(of: player, with: found)
        if case .different = comparison { difference.insert(.track) }
        // Whatever else was pending, the node turned out to have.
        players[guild]?.pending = difference
        switch comparison {
        case .same(let id): adopt(id, of: guild, found, now: now)
        case .ended: endUnheard(guild, now: now)
        case .different, .none: break
        }
        if !difference.isEmpty { want([], of: guild, now: now) }
        jobs.modify { $0.cameBack(guild) }
    }

    private enum TrackComparison {
        case none
        case same(PlayID)
        /// The end was not heard: it was lost with a connection.
        case ended
        case different
    }

    private func comparison(
        of player: Player,
        with found: NodePlayer
    ) -> TrackComparison {
        let mark = found.track.flatMap { PlayMark(of: $0) }
        let isUnsent = player.pending.contains(.track)
        guard let play = player.current else { return found.track == nil ? .none : .different }
        if let mark, mark.play == play.id { return .same(mark.play) }
        if let mark, mark.entry == play.entry.id, play.isRecalled, !isUnsent {
            return .same(mark.play)
        }
        return found.track == nil && play.wasTaken && !isUnsent ? .ended : .different
    }

    /// The node plays what is wanted: nothing is sent, and its position is believed.
    private mutating func adopt(
        _ id: PlayID,
        of guild: GuildID,
        _ found: NodePlayer,
        now: Instant
    ) {
        if players[guild]?.current?.id != id {
            players[guild]?.current?.id = id
            touch(guild)
        }
        playTaken(of: guild)
        if found.paused, players[guild]?.current?.isRecalled == true {
            players[guild]?.isPlaceRecalled = true
        }
        players[guild]?.current?.isRecalled = false
        // A place that was commanded and not told yet stays.
        if players[guild]?.pending.contains(.position) == false {
            players[guild]?.place.resume(
                reported: found.state.position,
                running: !found.paused,
                now: now
            )
        }
        heardState(found.state, of: guild, now: now)
    }

    /// The node has fallen silent about a track that it had: what it played is over.
    private mutating func endUnheard(_ guild: GuildID, now: Instant) {
        guard let entry = players[guild]?.current?.entry else { return }
        publish(.trackEnd(entry, reason: TrackEndReason.finished.text), of: guild)
        advance(guild, because: .ended, now: now)
    }
}
