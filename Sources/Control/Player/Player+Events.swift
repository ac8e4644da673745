import Lavalink
import Wire

// What the player's node says of it.
extension Player {
    /// A node's word on the player's state, wherever it came with.
    ///
    /// Its position is `believed` when it can be of now.
    mutating func receive(_ state: PlayerState, believed: Bool = true, _ moment: Moment) -> [Output]
    {
        let isConnectedNow = voice.receive(state)
        // A report made before a request arrived speaks of what was before it.
        if believed, sync.believesReports { position.report(state.position, now: moment.now) }
        return isConnectedNow ? [.publish(.playerConnect(ping: state.ping))] : []
    }

    mutating func receive(_ event: NodeEvent, _ moment: Moment) -> [Output] {
        switch event {
        case .trackStart(let track):
            guard let entry = playback.started(PlayMark(of: track)) else { return [] }
            confirmPlay()
            return [.publish(.trackStart(entry))]
        case .trackEnd(let track, let reason):
            return trackEnded(PlayMark(of: track), reason, at: track.info.position, moment)
        case .trackException(let track, let exception):
            guard playback.isCurrent(PlayMark(of: track)) else { return [] }
            playback.broke()
            return trackError(
                exception.message ?? exception.cause,
                severity: exception.severity,
                exception.raw
            )
        case .trackStuck(let track, let threshold):
            guard playback.isCurrent(PlayMark(of: track)) else { return [] }
            return trackStuck(threshold, moment)
        case .webSocketClosed(let code, let reason, let byRemote):
            return voiceClosed(code, reason, byRemote, moment)
        case .unknown(let type, let raw):
            return [.publish(.nodeEvent(type: type, raw: raw))]
        }
    }

    /// A node says that it has the track.
    mutating func confirmPlay() {
        if playback.confirm() { isChanged = true }
    }

    func trackError(_ message: String, severity: String, _ exception: RawJSON?) -> [Output] {
        guard let entry = current?.entry else { return [] }
        return [
            .publish(
                .trackError(entry, message: message, severity: severity, exception: exception)
            )
        ]
    }

    private mutating func trackEnded(
        _ mark: PlayMark?,
        _ reason: TrackEndReason,
        at reported: Int64,
        _ moment: Moment
    ) -> [Output] {
        let end = positionOfEnd(reported, now: moment.now)
        switch playback.end(of: mark, reason, at: end, moment.limits) {
        case .unknown: return []
        case .former(let entry): return [.publish(.trackEnd(entry, reason: reason.text))]
        case .over(let entry):
            return [.publish(.trackEnd(entry, reason: reason.text))]
                + advance(.ended, moment)
        case .failed: return playFailed(reason.text, moment)
        case .broken(let position):
            setPosition(to: position, moment)
            outdatePlay()
            sync.want(.track)
            return []
        case .lost:
            trackLost(moment)
            // Nobody pulled audio: without voice the next track would fare the same.
            if reason == .cleanup { return [askForVoice("the node could not connect to voice")] }
            // Not by us: the node is asked what it has.
            return [.read]
        }
    }

    /// Where the node's count was at the end, which may be told long after; without one, or while
    /// another position is wanted, where the music is by the clock.
    private func positionOfEnd(_ reported: Int64, now: Instant) -> Int64 {
        var position = position
        if reported > 0, !sync.unconfirmed.contains(.position) {
            // The answer to its start is not there yet: the node counts from where it was to begin.
            if sync.request != nil, !position.runs {
                position.seek(to: position.milliseconds(at: now), now: now)
            }
            position.resume(reported: reported, running: true, now: now)
        }
        return position.milliseconds(at: now)
    }

    /// The node plays the wanted track no longer, though it is still wanted.
    private mutating func trackLost(_ moment: Moment) {
        position.freeze(now: moment.now)
        outdatePlay()
        sync.want(.track)
        sync.backOff(moment)
    }

    /// The play is to be sent again: nothing that its last sending still causes is news of it.
    mutating func outdatePlay() {
        playback.renew(newPlayID())
        isChanged = true
    }

    /// A node says it once and does nothing more: a step forward, a few times, then the next.
    private mutating func trackStuck(
        _ threshold: Int64,
        _ moment: Moment
    ) -> [Output] {
        guard let entry = current?.entry else { return [] }
        let stuck = Output.publish(.trackStuck(entry, thresholdMs: threshold))
        guard playback.stepsForward(moment.limits) else {
            return [stuck] + playFailed("stuck", moment, stillLoaded: true)
        }
        setPosition(
            to: position.milliseconds(at: moment.now) + moment.limits.stuckStep.milliseconds,
            moment
        )
        sync.want(.position)
        return [stuck]
    }
}

// MARK: The node's connection

extension Player {
    /// The connection to its node is gone: nothing is reported of its music any more.
    mutating func nodeLost(_ moment: Moment) {
        position.freeze(now: moment.now)
        sync.missing()
        voice.disconnected()
    }

    /// Its node has begun another session: whatever the former one had is gone, or is deleted now.
    mutating func sessionReplaced() { sync.missing() }

    /// The player gets a node, or another one.
    ///
    /// - Returns: the node that it had.
    mutating func assign(to node: NodeID, _ moment: Moment) -> NodeID? {
        position.freeze(now: moment.now)
        isChanged = true
        return sync.assign(to: node)
    }
}
