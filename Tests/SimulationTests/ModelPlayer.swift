import Control
import Lavalink
import Wire

/// A player of the model: what a node would report of it.
struct ModelPlayer: Sendable {
    let guild: GuildID
    var voice = VoiceState.none
    var isConnected = false
    /// A voice connection that never came about: whatever follows it is not answered.
    var hangs = false
    private(set) var volume = 100
    private(set) var paused = false
    private(set) var filters = Filters.none
    private(set) var playing: ModelTrack?

    init(guild: GuildID) { self.guild = guild }

    /// What a track's life brings about.
    enum Said: Sendable {
        case event(NodeEvent)
        case update
    }

    mutating func run(until now: Instant) { playing?.run(until: now) }

    private mutating func keepRunning(_ now: Instant) {
        playing?.set(
            running: !paused && voice != .none,
            rate: filters.playbackRate,
            now: now
        )
    }

    /// Carries out everything but voice, in the order of `lavalink-v4.md` §7.3.
    ///
    /// - Returns: false when the track cannot be decoded; all else stays done.
    mutating func apply(_ patch: PlayerPatch, now: Instant, _ said: inout [Said]) -> Bool {
        run(until: now)
        if let volume = patch.volume { self.volume = volume }
        if let raw = patch.filters, let new = try? Filters(checking: raw.value, at: "") {
            filters = new
            said.append(.update)
        }
        switch patch.track {
        case nil, .userData:
            if let paused = patch.paused { self.paused = paused }
            if let position = patch.position {
                playing?.seek(to: position, now: now)
                said.append(.update)
            }
            if let end = patch.endTime { playing?.endTime = end }
            keepRunning(now)
        case .stop:
            paused = patch.paused ?? false
            end(.stopped, &said)
        case .play(let encoded, let userData):
            paused = patch.paused ?? false
            return play(encoded, userData, patch, now: now, &said)
        }
        return true
    }

    private mutating func play(
        _ encoded: String,
        _ userData: RawJSON?,
        _ patch: PlayerPatch,
        now: Instant,
        _ said: inout [Said]
    ) -> Bool {
        guard
            var new = ModelTrack(
                encoded: encoded,
                userData: userData,
                position: patch.position ?? 0,
                rate: filters.playbackRate,
                now: now
            )
        else { return false }
        new.endTime = patch.endTime
        end(.replaced, &said)
        playing = new
        keepRunning(now)
        said.append(.event(.trackStart(new.track)))
        said.append(.update)
        return true
    }

    mutating func end(_ reason: TrackEndReason, _ said: inout [Said]) {
        guard let old = playing else { return }
        playing = nil
        said.append(.event(.trackEnd(old.track, reason)))
    }

    mutating func connect(_ new: VoiceState, now: Instant) {
        voice = new
        isConnected = true
        keepRunning(now)
    }

    /// Does what the track does by itself now.
    mutating func step(now: Instant, _ said: inout [Said]) {
        guard let step = playing?.step(now: now), let track = playing?.track else { return }
        switch step {
        case .end: end(.finished, &said)
        case .stuck: said.append(.event(.trackStuck(track, thresholdMs: 10_000)))
        case .breaks: said.append(.event(.trackException(track, .reset)))
        case .fail:
            said.append(.event(.trackException(track, .reset)))
            end(.loadFailed, &said)
        }
    }

    /// While paused a node's position is wrong (`lavalink-v4.md` §16 item 30).
    func state(now: Instant) -> PlayerState {
        PlayerState(
            time: 0,
            position: paused ? 0 : Int64(playing?.reported ?? 0),
            connected: isConnected,
            ping: 10
        )
    }

    func reported(now: Instant) -> NodePlayer {
        NodePlayer(
            guildId: guild,
            track: playing?.track,
            volume: volume,
            paused: paused,
            state: state(now: now),
            voice: voice,
            filters: filters.raw
        )
    }
}

extension TrackException {
    static let reset = TrackException(message: "reset", severity: "suspicious", cause: "reset")
}
