import Lavalink
import Wire

/// A track in a player, and what will become of it.
struct LoadedTrack: Sendable {
    /// What happens to a track by itself.
    enum Step: Sendable, Equatable {
        case fail
        case end(String)
        /// The source has no more frames and the track is not over.
        case starve
        case report(stuck: Int64)
    }

    /// A failure that will be reported at `at`.
    struct Failure: Sendable {
        var at: Int64
        var message: String
        var cause: String
    }

    /// Audio that the node reads ahead of what is sent, in milliseconds.
    static let frameBuffer: Double = 5_000
    /// How long a start that fails takes to do so.
    static let failureTime: Int64 = 5
    /// How long a node takes to see that a seek went past the end.
    static let endTime: Int64 = 20

    private let encoded: EncodedTrack
    var userData: RawJSON
    let behaviour: TrackBehaviour
    var playhead: Playhead
    /// In what `position` counts; nil for none.
    private(set) var endMarker: Int64?
    private let startedAt: Int64
    /// When somebody pulled last, or the start.
    private var pulledLast: Int64
    private var failure: Failure?
    private var hasFailed = false
    /// The end is decided; it comes out when somebody pulls.
    private var terminator: (reason: String, at: Int64)?
    private var starvedSince: Int64?
    private var stuckIsReported = false

    init(
        _ encoded: EncodedTrack,
        _ behaviour: TrackBehaviour,
        from position: Int64,
        at now: Int64,
        settings: NodeSettings,
        buffered: Int64
    ) {
        self.encoded = encoded
        self.behaviour = behaviour
        userData = .emptyObject
        startedAt = now
        pulledLast = now
        playhead = Playhead(
            from: position,
            at: now,
            loadTime: settings.loadTime,
            rate: behaviour.rate,
            buffered: buffered
        )
        if let cause = behaviour.failureToLoad {
            failure = Failure(
                at: now + Self.failureTime,
                message: "Something broke when playing the track.",
                cause: cause
            )
        }
        if isPastEnd(position) { terminator = ("finished", now + settings.loadTime) }
    }

    var identifier: String { encoded.identifier }

    /// Whether no frames come, or fewer than real time needs, though the track is not over.
    var isStarved: Bool { starvedSince != nil || behaviour.rate < 1 }

    /// The position in the music behind which no frames come.
    private var stop: Double {
        let stop = behaviour.stop(after: playhead.position).map(Double.init) ?? .infinity
        return min(stop, encoded.isStream ? .infinity : Double(encoded.length) - playhead.held)
    }

    private func isPastEnd(_ position: Int64) -> Bool {
        if let endMarker, position >= endMarker { return true }
        return !encoded.isStream && position >= encoded.length
    }

    /// Takes what was pulled up to `now`.
    mutating func pull(until now: Int64) {
        guard playhead.isPulled else { return }
        pulledLast = now
        guard terminator == nil else { return }
        playhead.pull(until: now, stop: stop)
    }

    mutating func setPulled(_ pulled: Bool, at now: Int64) {
        pull(until: now)
        playhead.setPulled(pulled, at: now)
        if !pulled { starvedSince = nil }
    }

    /// Says that somebody asks for frames, though a paused player gives none.
    mutating func wasAskedFor(at now: Int64) { pulledLast = now }

    /// A marker at or before the current position is ignored (§7.5).
    mutating func setEnd(_ marker: Int64) {
        guard marker > playhead.timecode else { return }
        endMarker = marker
    }

    /// Streams ignore it; a position behind the end finishes the track at once (§16 item 31).
    mutating func seek(to position: Int64, at now: Int64) {
        pull(until: now)
        guard !encoded.isStream else { return }
        starvedSince = nil
        if isPastEnd(position) {
            terminator = ("finished", now + Self.endTime)
        } else {
            if !hasFailed { terminator = nil }
            playhead.seek(to: position, at: now)
        }
    }

    mutating func setSpeed(_ speed: Double, at now: Int64) {
        pull(until: now)
        playhead.setSpeed(speed)
    }

    /// Filters that the audio thread trips over (§8).
    mutating func breakBuildingFilters(at now: Int64) {
        guard playhead.isPulled, !hasFailed, failure == nil else { return }
        failure = Failure(
            at: now + (playhead.hasStarted ? Self.endTime : Self.failureTime),
            message: "Something went wrong when decoding the track.",
            cause: "java.lang.IllegalArgumentException: filter value out of range"
        )
    }

    /// What a node writes of it at `now`.
    func written(at now: Int64) -> Track {
        Track(encoded.with(position: playhead.position(at: now)), userData: userData)
    }
}

// MARK: What happens next

extension LoadedTrack {
    /// What comes next by itself, and when.
    func nextStep(_ settings: NodeSettings) -> (at: Int64, step: Step)? {
        var next: (at: Int64, step: Step)?
        func offer(_ at: Int64?, _ step: Step) {
            guard let at, at < next?.at ?? .max else { return }
            next = (at, step)
        }
        offer(failureDue, .fail)
        if !playhead.isPulled {
            offer(cleanupDue(settings), .end("cleanup"))
            return next
        }
        if let terminator {
            offer(max(terminator.at, pulledLast), .end(terminator.reason))
            return next
        }
        if let endMarker {
            offer(playhead.due(after: Double(endMarker - playhead.timecode)), .end("finished"))
        }
        offerEndOfFrames(settings, offer)
        return next
    }

    private func offerEndOfFrames(
        _ settings: NodeSettings,
        _ offer: (Int64?, Step) -> Void
    ) {
        let runsDry = playhead.due(after: playhead.audio(until: stop))
        switch behaviour {
        case .stalls(let at, _, _) where stop == Double(at),
            .sticks(let at) where stop == Double(at):
            if let starvedSince {
                guard !stuckIsReported else { return }
                let threshold = settings.stuckThreshold
                offer(starvedSince + threshold, .report(stuck: threshold))
            } else {
                offer(runsDry, .starve)
            }
        default: offer(runsDry, .end("finished"))
        }
    }

    private var failureDue: Int64? {
        guard !hasFailed else { return nil }
        if let failure { return failure.at }
        switch behaviour {
        case .breaks(let at, _) where stop == Double(at):
            let unread = playhead.audio(until: stop) - Self.frameBuffer
            return unread > 0 ? playhead.due(after: unread) : startedAt + Self.failureTime
        case .stalls(_, let wait, _): return starvedSince.map { $0 + wait }
        default: return nil
        }
    }

    private func cleanupDue(_ settings: NodeSettings) -> Int64 {
        let grid = settings.cleanupGrid
        let earliest = pulledLast + settings.cleanupThreshold - settings.cleanupOffset
        return (earliest + grid - 1) / grid * grid + settings.cleanupOffset
    }

    /// Notes that a step was taken; returns the exception that a failure reports.
    mutating func take(_ step: Step, at now: Int64) -> Failure? {
        switch step {
        case .end: return nil
        case .starve:
            starvedSince = now
            return nil
        case .report:
            stuckIsReported = true
            return nil
        case .fail:
            hasFailed = true
            return fail(at: now)
        }
    }

    private mutating func fail(at now: Int64) -> Failure {
        if let failure {
            terminator = (playhead.hasStarted ? "finished" : "loadFailed", now)
            return failure
        }
        var cause = ""
        switch behaviour {
        case .breaks(_, let text): cause = text
        case .stalls(_, _, let text):
            cause = text
            terminator = ("finished", now)
        default: break
        }
        return Failure(
            at: now,
            message: "Something went wrong when decoding the track.",
            cause: cause
        )
    }
}
