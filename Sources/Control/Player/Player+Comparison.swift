import Lavalink
import Wire

// What the player's node has, beside what is wanted.
extension Player {
    /// What a reading of its node found of it; nil for nothing.
    mutating func compare(with found: NodePlayer?, _ moment: Moment) -> [Output] {
        sync.wasRead()
        guard let found else {
            guard sync.missing() else { return [] }
            position.freeze(now: moment.now)
            sync.want(.whole)
            return []
        }
        var difference = sync.unsent.intersection([.position, .endTime])
        if let state = voice.state, !state.matches(reported: found.voice) {
            difference.insert(.voice)
        }
        if volume != found.volume { difference.insert(.volume) }
        if paused != found.paused { difference.insert(.paused) }
        if filters.matches(reported: found.filters) {
            position.change(rate: rate, now: moment.now)
        } else {
            difference.insert(.filters)
        }
        let comparison = compareTrack(with: found)
        if comparison == .different { difference.insert(.track) }
        // Whatever else was unsent, the node turned out to have.
        let copies = sync.found(differing: difference).map { [Output.delete($0)] } ?? []
        switch comparison {
        case .none, .different: return copies
        case .same(let id): return copies + adopt(id, found, moment)
        case .ended:
            // The node has fallen silent about a track that it had: what it played is over.
            guard let entry = current?.entry else { return copies }
            return copies + [.publish(.trackEnd(entry, reason: TrackEndReason.finished.text))]
                + advance(.ended, moment)
        }
    }

    private enum TrackComparison: Equatable {
        case none
        case same(PlayID)
        /// The end was not reported: it was lost with a connection.
        case ended
        case different
    }

    private func compareTrack(with found: NodePlayer) -> TrackComparison {
        let mark = found.track.flatMap { PlayMark(of: $0) }
        let isUnsent = sync.unsent.contains(.track)
        guard let play = current else { return found.track == nil ? .none : .different }
        if let mark, mark.play == play.id { return .same(mark.play) }
        if let mark, mark.entry == play.entry.id, play.wasLoadedFromStore, !isUnsent {
            return .same(mark.play)
        }
        return found.track == nil && play.isConfirmed && !isUnsent ? .ended : .different
    }

    /// The node plays what is wanted: nothing is sent, and its position is believed.
    private mutating func adopt(_ id: PlayID, _ found: NodePlayer, _ moment: Moment) -> [Output] {
        if found.paused, current?.wasLoadedFromStore == true { isPositionFromStore = true }
        if current?.id != id { isChanged = true }
        playback.adopt(id)
        confirmPlay()
        // A position that was commanded and not sent yet stays.
        if !sync.unsent.contains(.position) {
            position.resume(reported: found.state.position, running: !found.paused, now: moment.now)
        }
        return receive(found.state, moment)
    }
}
