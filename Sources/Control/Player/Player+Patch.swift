import Lavalink
import Wire

/// A PATCH in flight: what it carries, and who waits for it.
struct PatchInFlight: Sendable {
    var guild: GuildID
    var difference: Difference
    var play: PlayID?
    var paused: Bool
    var position: Int64
    var waiters: [PlayerSync.Waiter]
}

extension Player {
    /// The one request that tells the node all that it does not have yet.
    mutating func send(_ id: RequestID, _ moment: Moment) -> (PlayerPatch, PatchInFlight) {
        var difference = sync.toSend
        if mustSendPosition(difference) { difference.insert(.position) }
        if difference.contains(.track) {
            playback.sent(as: newPlayID())
            isChanged = true
        }
        let inFlight = PatchInFlight(
            guild: guild,
            difference: difference,
            play: current?.id,
            paused: paused,
            position: position.milliseconds(at: moment.now),
            waiters: sync.sent(id)
        )
        return (patch(for: difference, moment), inFlight)
    }

    /// Whether a request lets the music go on from a position that the node may not know.
    private func mustSendPosition(_ difference: Difference) -> Bool {
        isPositionFromStore && !paused && difference.contains(.paused) && current != nil
    }

    /// The one PATCH that makes a node match, in the parts in which it may differ.
    private func patch(for difference: Difference, _ moment: Moment) -> PlayerPatch {
        var patch = PlayerPatch()
        if difference.contains(.voice) { patch.voice = voice.state }
        if difference.contains(.volume) { patch.volume = volume }
        if difference.contains(.filters) { patch.filters = filters.raw }
        if difference.contains(.paused) { patch.paused = paused }
        if difference.contains(.track) {
            addTrack(to: &patch, moment)
        } else {
            if difference.contains(.position), current != nil {
                patch.position = position.milliseconds(at: moment.now)
            }
            if difference.contains(.endTime) { patch.endTime = current?.endTime }
        }
        return patch
    }

    /// A track goes with its position and with `paused`: a node unpauses at a new track, and takes
    /// the position out of `encoded` otherwise (`lavalink-v4.md` §7.3, §10.5).
    private func addTrack(to patch: inout PlayerPatch, _ moment: Moment) {
        guard let current else {
            // Also for a new player: its DELETE may have failed, and the node still play.
            patch.track = .stop
            patch.paused = paused
            return
        }
        patch.track = .play(
            encoded: current.entry.track.encoded,
            userData: PlayMark(play: current.id, entry: current.entry.id)
                .added(to: current.entry.track.userData)
        )
        patch.position = current.entry.track.isStream ? 0 : position.milliseconds(at: moment.now)
        patch.endTime = current.endTime
        patch.paused = paused
    }
}
