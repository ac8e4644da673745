import Lavalink
import Wire

extension Player {
    /// The one PATCH that makes a node match, in the parts in which it may differ.
    func patch(for difference: Difference, now: Instant) -> PlayerPatch {
        var patch = PlayerPatch()
        if difference.contains(.voice) { patch.voice = voiceState }
        if difference.contains(.volume) { patch.volume = volume }
        if difference.contains(.filters) { patch.filters = filters.raw }
        if difference.contains(.paused) { patch.paused = paused }
        if difference.contains(.track) {
            addTrack(to: &patch, now: now)
        } else {
            if difference.contains(.position), current != nil {
                patch.position = place.milliseconds(at: now)
            }
            if difference.contains(.endTime) { patch.endTime = current?.endTime }
        }
        return patch
    }

    /// A track says its place and whether it is paused with it: a node unpauses at a new track, and
    /// takes the place out of `encoded` otherwise (`lavalink-v4.md` §7.3, §10.5).
    private func addTrack(to patch: inout PlayerPatch, now: Instant) {
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
        patch.position = current.entry.track.info.isStream ? 0 : place.milliseconds(at: now)
        patch.endTime = current.endTime
        patch.paused = paused
    }
}
