import Lavalink
import Wire

// What a node has, beside what is wanted (design §1, §4).
extension Fleet {
    mutating func playersAnswered(
        _ answer: NodeAnswer,
        _ revisions: [GuildID: UInt64],
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
        compare(reported, revisions, index, now: now)
        if settling { settled(\.players, of: index, now: now) }
        for guild in nodes[index].departing.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            sendDeparture(of: guild, from: index, now: now)
        }
    }

    private mutating func compare(
        _ reported: [GuildID: NodePlayer],
        _ revisions: [GuildID: UInt64],
        _ index: Int,
        now: Instant
    ) {
        let name = nodes[index].name
        for guild in reported.keys.sorted(by: { $0.rawValue < $1.rawValue })
        where players[guild]?.home != name && nodes[index].departing[guild] == nil {
            // It moved on, or is gone: its copy is deleted before anything else happens here.
            nodes[index].departing[guild] = .due
        }
        for guild in guilds(on: name) {
            guard let player = players[guild], player.flight == nil,
                revisions[guild] == player.revision || !player.isLive
            else { continue }
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
        let wasLive = player.isLive
        players[guild]?.isLive = true
        var difference: Difference = []
        if let voice = player.voiceState, voice != found.voice { difference.insert(.voice) }
        if player.volume != found.volume { difference.insert(.volume) }
        if player.paused != found.paused { difference.insert(.paused) }
        if !player.filters.matches(reported: found.filters) { difference.insert(.filters) }
        switch comparison(of: player, with: found, now: now) {
        case .same(let id): adopt(id, of: guild, found, wasLive: wasLive, now: now)
        case .ended: endUnheard(guild, now: now)
        case .different: difference.insert(.track)
        case .none: break
        }
        if !difference.isEmpty { want(difference, of: guild, now: now) }
        // What was asked for while the node was away is still pending, and goes out now.
        jobs.modify { $0.cameBack(guild) }
    }

    private enum TrackComparison {
        case none
        case same(PlayID)
        /// The end was not heard: it was lost with a connection (`landscape.md` T35).
        case ended
        case different
    }

    private func comparison(
        of player: Player,
        with found: NodePlayer,
        now: Instant
    ) -> TrackComparison {
        let mark = found.track.flatMap { PlayMark(of: $0) }
        guard let play = player.current else { return found.track == nil ? .none : .different }
        if let mark, mark.play == play.id || mark.entry == play.entry.id {
            return player.pending.contains(.track) ? .different : .same(mark.play)
        }
        let wasHeard = play.wasSent && player.place.milliseconds(at: now) > 0
        let isUnsent = player.pending.contains(.track)
        return found.track == nil && wasHeard && !isUnsent ? .ended : .different
    }

    /// The node plays what is wanted: nothing is sent, and its position is believed.
    private mutating func adopt(
        _ id: PlayID,
        of guild: GuildID,
        _ found: NodePlayer,
        wasLive: Bool,
        now: Instant
    ) {
        if players[guild]?.current?.id != id {
            players[guild]?.current?.id = id
            touch(guild)
        }
        players[guild]?.current?.wasSent = true
        if !wasLive {
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

// MARK: Sessions that play on unheard

extension Fleet {
    /// A half-open death leaves the old session playing: its players are taken down through it
    /// (`lavalink-v4.md` §3.4).
    mutating func zombiesAnswered(
        _ answer: NodeAnswer,
        _ session: String,
        _ index: Int,
        now: Instant
    ) {
        guard case .response(200, let body, _) = answer,
            let document = try? JSONDocument(parsing: body)  // unreadable: nothing to take down
        else { return settled(\.zombies, of: index, now: now) }
        let guilds = document.root.elements.compactMap { $0["guildId"]?.string }
            .compactMap { GuildID($0) }
        guard !guilds.isEmpty else { return settled(\.zombies, of: index, now: now) }
        for guild in guilds {
            send(
                .destroyPlayer(session: session, guild: guild),
                to: index,
                for: .reap,
                now: now
            )
        }
    }

    /// One of them is gone; players of the new session come once all are.
    mutating func reaped(_ index: Int, now: Instant) {
        let name = nodes[index].name
        let remaining = requests.values.contains { request in
            guard request.node == name, case .reap = request.purpose else { return false }
            return true
        }
        if !remaining { settled(\.zombies, of: index, now: now) }
    }
}
