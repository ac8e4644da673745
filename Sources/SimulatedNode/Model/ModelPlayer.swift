import Lavalink
import Wire

/// One player of a session: what it plays, and how it is connected.
struct ModelPlayer: Sendable {
    /// What comes of a voice connection that is open.
    enum VoiceStep: Sendable, Equatable {
        case ready
        case acknowledged
        case refused(code: Int, reason: String)
    }

    static let volumes: ClosedRange<Int64> = 0...1000

    let guild: Int64
    private(set) var track: LoadedTrack?
    private(set) var volume: Int64 = 100
    private(set) var paused = false
    private(set) var filters = NodeFilters.none
    private(set) var voice = VoiceLink()
    private var voiceSteps: [(at: Int64, step: VoiceStep)] = []
    private var updateAt: Int64?
    /// What the voice connection still has to send when no track is left.
    private var buffered: Int64 = 0
    /// When the model will look at this player next.
    var scheduledAt: Int64?
    /// The PATCH that waits for the voice connection, and those behind it.
    var waiting: [PendingPatch] = []

    init(guild: Int64) { self.guild = guild }

    var isPlaying: Bool { track != nil && !paused }

    /// Whether its frames count in the stats of the minute before `now` (§4.3).
    func hasPlayed(sinceMinuteBefore now: Int64) -> Bool {
        guard let since = track?.playhead.pulledSince else { return false }
        return since <= (now / 60_000 - 1) * 60_000
    }

    // MARK: What a PATCH does

    mutating func setVolume(_ wanted: Int64) {
        volume = min(max(wanted, Self.volumes.lowerBound), Self.volumes.upperBound)
    }

    mutating func setPaused(_ wanted: Bool, _ scene: PlayerScene) {
        paused = wanted
        connectAudio(scene)
    }

    mutating func setUserData(_ data: RawJSON) { track?.userData = data }

    /// Silently ignored when idle (§7.3 step 12).
    mutating func seek(to position: Int64, _ scene: inout PlayerScene) {
        guard track != nil else { return }
        if !paused || scene.settings.persona.seeksWhilePaused {
            track?.seek(to: max(0, position), at: scene.now)
        }
        scene.say(update: self)
    }

    mutating func setEnd(_ marker: Int64, _ scene: PlayerScene) {
        track?.pull(until: scene.now)
        track?.setEnd(marker)
    }

    mutating func setFilters(_ new: NodeFilters, _ scene: inout PlayerScene) {
        filters = new
        track?.setSpeed(new.playbackRate, at: scene.now)
        if new.isBroken { track?.breakBuildingFilters(at: scene.now) }
        scene.say(update: self)
    }

    mutating func stop(_ reason: String, _ scene: inout PlayerScene) {
        guard var old = track else { return }
        old.pull(until: scene.now)
        buffered = old.playhead.buffered
        track = nil
        updateAt = nil
        scene.say(end: old.written(at: scene.now), reason, guild)
    }

    mutating func play(
        _ encoded: EncodedTrack,
        _ behaviour: TrackBehaviour,
        _ patch: PatchBody,
        _ scene: inout PlayerScene
    ) {
        stop("replaced", &scene)
        var new = LoadedTrack(
            encoded,
            behaviour,
            from: max(0, patch.position ?? encoded.position),
            at: scene.now,
            settings: scene.settings,
            buffered: buffered
        )
        if let data = patch.userData { new.userData = data }
        if let marker = patch.endTime { new.setEnd(marker) }
        new.setSpeed(filters.playbackRate, at: scene.now)
        track = new
        connectAudio(scene)
        if filters.isBroken { track?.breakBuildingFilters(at: scene.now) }
        scene.say(start: new.written(at: scene.now), guild)
        scene.say(update: self)  // once directly, and once by the new timer (§4.2)
        scene.say(update: self)
        updateAt = scene.now + scene.settings.playerUpdateInterval
    }

    mutating func destroy(_ scene: inout PlayerScene) {
        stop("stopped", &scene)
        dropVoice(&scene)
    }

    private mutating func connectAudio(_ scene: PlayerScene) {
        track?.setPulled(voice.pullsAudio && !paused, at: scene.now)
        if voice.pullsAudio { track?.wasAskedFor(at: scene.now) }
    }
}

// MARK: Voice

extension ModelPlayer {
    /// Closes an open connection, as a destroy and new voice data do (§11.3).
    mutating func dropVoice(_ scene: inout PlayerScene) {
        guard voice.isConnected else { return }
        voice.closedByNode()
        voiceSteps = []
        track?.setPulled(false, at: scene.now)
        scene.say(voiceClosed: 1000, "", byRemote: false, guild)
        scene.say(update: self)
    }

    mutating func connectVoice(_ data: VoiceData, _ scene: inout PlayerScene) {
        dropVoice(&scene)
        track?.setPulled(false, at: scene.now)
        voice.connect(with: data)
        voiceSteps = []
    }

    mutating func voiceOpened(_ outcome: VoiceOutcome, _ scene: inout PlayerScene) {
        voice.opened()
        let readyAt = scene.now + scene.settings.voiceReadyTime
        switch outcome {
        case .ready:
            voiceSteps = [
                (readyAt, .ready), (readyAt + scene.settings.heartbeatTime, .acknowledged),
            ]
        case .identifyRefused(let code, let reason):
            voiceSteps = [(readyAt, .refused(code: code, reason: reason))]
        case .silent, .upgradeRefused, .unreachable: break
        }
    }

    mutating func voiceFailed() { voice.closedByNode() }

    /// The voice server closes; what the node mends by itself is not seen.
    mutating func voiceClosed(_ code: Int, _ reason: String, _ scene: inout PlayerScene) {
        guard voice.isConnected, !scene.settings.persona.mendedVoiceCodes.contains(code) else {
            return
        }
        track?.pull(until: scene.now)
        voice.closedByServer()
        voiceSteps = []
        connectAudio(scene)
        scene.say(voiceClosed: code, reason, byRemote: true, guild)
        scene.say(update: self)
    }

    private mutating func take(_ step: VoiceStep, _ scene: inout PlayerScene) {
        switch step {
        case .acknowledged: voice.acknowledged()
        case .refused(let code, let reason): voiceClosed(code, reason, &scene)
        case .ready:
            voice.becameReady()
            buffered = 0
            track?.playhead.forgetBuffer()
            connectAudio(scene)
            scene.say(update: self)
        }
    }
}

// MARK: Time

extension ModelPlayer {
    /// When something happens by itself.
    func deadline(_ settings: NodeSettings) -> Int64? {
        let times = [updateAt, voiceSteps.first?.at, track?.nextStep(settings)?.at]
        return times.compactMap(\.self).min()
    }

    /// Does what is due at `scene.now`.
    mutating func tick(_ scene: inout PlayerScene) {
        let now = scene.now
        track?.pull(until: now)
        if voice.pullsAudio { track?.wasAskedFor(at: now) }
        while let first = voiceSteps.first, first.at <= now {
            voiceSteps.removeFirst()
            take(first.step, &scene)
        }
        while let next = track?.nextStep(scene.settings), next.at <= now { take(next.step, &scene) }
        if let due = updateAt, due <= now {
            scene.say(update: self)
            updateAt = due + scene.settings.playerUpdateInterval
        }
    }

    private mutating func take(_ step: LoadedTrack.Step, _ scene: inout PlayerScene) {
        let failure = track?.take(step, at: scene.now)
        guard let written = track?.written(at: scene.now) else { return }
        if failure != nil, track?.behaviour.endsBeforeItsException == true, voice.pullsAudio {
            stop("finished", &scene)
        }
        if let failure { scene.say(failure: failure, of: written, guild) }
        switch step {
        case .fail, .starve: break
        case .end(let reason): stop(reason, &scene)
        case .report(let threshold):
            scene.say(stuck: written, thresholdMs: threshold, guild)
            scene.say(update: self)
        }
    }
}

// MARK: What is written

extension ModelPlayer {
    /// Moves everything up to now, so that what is written is right.
    mutating func settle(_ scene: PlayerScene) { track?.pull(until: scene.now) }

    func writeState(into json: inout JSONWriter, _ scene: PlayerScene) {
        json.object { json in
            json.member("time", scene.settings.epochMilliseconds + scene.now)
            json.member("position", track?.playhead.position(at: scene.now) ?? 0)
            json.member("connected", voice.isConnected)
            json.member("ping", voice.ping(scene.settings.voicePing))
        }
    }

    func write(into json: inout JSONWriter, _ scene: PlayerScene) {
        json.object { json in
            json.member("guildId", String(guild))
            json.key("track")
            if let track {
                scene.write(track.written(at: scene.now), into: &json)
            } else {
                json.null()
            }
            json.member("volume", volume)
            json.member("paused", paused)
            json.key("state")
            writeState(into: &json, scene)
            json.member("voice") { json in
                json.member("token", voice.data.token)
                json.member("endpoint", voice.data.endpoint)
                json.member("sessionId", voice.data.sessionID)
                if scene.settings.persona.knowsChannel {
                    json.member("channelId", voice.data.channelID)
                }
            }
            json.key("filters")
            filters.write(into: &json)
        }
    }
}
