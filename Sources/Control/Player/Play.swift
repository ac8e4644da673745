import Lavalink

/// One track that is to be heard, from its start to its end, whatever happens to nodes meanwhile.
package struct Play: Sendable, Equatable {
    package var entry: TrackEntry
    /// The id that the node has of it; a new one each time that the track is sent to a node, so
    /// that what a former sending still causes cannot be taken for news of this one.
    package var id: PlayID
    /// Where it is to end, in milliseconds of music; nil for its own end.
    package var endTime: Int64?
    /// Whether a node said that it has it: a node that has it no more has then played it.
    package var isConfirmed = false
    /// Whether it comes from a former life of this program, which may not have noted under which
    /// id it sent it last.
    package var wasLoadedFromStore = false
    /// Whether its start was announced.
    package var wasAnnounced = false
    /// Whether the node reported an exception of it.
    package var hasBroken = false
    /// Whether it was played again after it broke.
    package var wasReplayed = false
    /// Steps made out of stuck positions.
    package var stuckSteps = 0

    package init(entry: TrackEntry, id: PlayID, endTime: Int64? = nil) {
        self.entry = entry
        self.id = id
        self.endTime = endTime
    }

    /// The end of the music in milliseconds; nil for a stream, or when it is not known.
    package var length: Int64? {
        let length = entry.track.length
        let isKnown = length > 0 && length <= TrackInfo.longest
        return entry.track.isStream || !isKnown ? nil : length
    }

    /// Whether so much is left behind a position that an end there is no proper one.
    func isFarFromEnd(_ position: Int64, _ limits: Limits) -> Bool {
        guard let end = endTime ?? length else { return false }
        return position + limits.farFromEnd.milliseconds < end
    }
}
