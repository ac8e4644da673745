import Lavalink

// What plays, and what follows it.
extension Player {
    /// A play becomes what is wanted.
    mutating func begin(_ play: Play, from position: Int64 = 0, _ limits: Limits) {
        playback.begin(play, limits)
        self.position = Position(
            standingAt: position,
            reported: position,
            length: play.length,
            rate: rate
        )
        sync.forgetCommands()
        sync.cancel([.position, .endTime])
        sync.want(.track)
        isChanged = true
    }

    /// Nothing plays any more.
    mutating func fallSilent(tellsNode: Bool) {
        position = Position()
        sync.forgetCommands()
        sync.cancel([.track, .position, .endTime])
        if tellsNode { sync.want(.track) }
        isChanged = true
    }

    /// The current play is over: goes on to what the queue and the loop say.
    ///
    /// A node for which it is `stillLoaded` must be told to stop, as when somebody skips. A track
    /// that ended by itself needs no word to the node.
    mutating func advance(
        _ cause: Playback.Cause,
        _ moment: Moment,
        stillLoaded: Bool = false
    ) -> [Output] {
        let playedSomething = current != nil || playback.loading != nil
        isChanged = true
        return go(
            playback.ended(cause, moment),
            moment.limits,
            playedSomething: playedSomething,
            tellsNode: cause == .skipped || stillLoaded
        )
    }

    /// Does what the playback says.
    mutating func go(
        _ advance: Playback.Advance,
        _ limits: Limits,
        playedSomething: Bool = false,
        tellsNode: Bool = false
    ) -> [Output] {
        var outputs = store(advance.rows)
        switch advance.next {
        case .play(let entry): begin(Play(entry: entry, id: newPlayID()), limits)
        case .load(let id, let identifier):
            fallSilent(tellsNode: tellsNode)
            outputs.append(.load(id, identifier: identifier))
        case .silence:
            if playedSomething { outputs.append(.publish(.queueEnd)) }
            fallSilent(tellsNode: tellsNode)
        case .suspended:
            outputs.append(.publish(.queueSuspended(failures: limits.failureBudget)))
            fallSilent(tellsNode: tellsNode)
        }
        return outputs
    }

    /// The current play could not be heard to its end.
    mutating func playFailed(
        _ reason: String,
        _ moment: Moment,
        stillLoaded: Bool = false
    ) -> [Output] {
        guard let entry = current?.entry else { return [] }
        return [.publish(.trackEnd(entry, reason: reason))]
            + advance(.failed, moment, stillLoaded: stillLoaded)
    }

    /// How the load of the entry whose turn it is came out; nil when nothing can be played of it.
    mutating func loaded(
        _ id: EntryID,
        _ track: Track?,
        _ moment: Moment
    ) -> [Output] {
        let advance =
            track.map { playback.loaded(id, $0) }
            ?? playback.loadFailed(id, moment)
        return advance.map { go($0, moment.limits, playedSomething: true) } ?? []
    }

    func store(_ rows: [Playback.RowChange]) -> [Output] {
        rows.map { row in
            switch row {
            case .entries(let entries): .store(.entries(guild, entries))
            case .ranks(let ranks): .store(.ranks(guild, ranks))
            case .removed(let id): .store(.removeEntries(guild, [id]))
            case .removedAll: .store(.removeAllEntries(guild))
            }
        }
    }
}
