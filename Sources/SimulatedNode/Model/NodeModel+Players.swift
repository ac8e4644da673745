import Lavalink
import Wire

extension NodeModel {
    private typealias Address = (key: Int, guild: Int64)

    /// The session, if it is connected: a paused one is not found (§3.2).
    func connectedSession(_ id: String) -> Int? {
        guard let key = sessionsByID[id], sessions[key]?.connection != nil else { return nil }
        return key
    }

    private func notFound(_ request: Request) -> Response {
        error(404, "Session not found", request)
    }

    private func scene() -> PlayerScene { PlayerScene(now: clock, settings: settings) }

    mutating func listPlayers(_ id: String, _ request: Request) -> Response {
        guard let key = connectedSession(id) else { return notFound(request) }
        for guild in sessions[key]?.guilds ?? [] {
            _ = change(key, guild) { player, scene in player.settle(scene) }
        }
        let scene = scene()
        let players = (sessions[key]?.guilds ?? []).compactMap { sessions[key]?[$0] }
        return Answers.ok { json in
            json.array { json in
                for player in players { player.write(into: &json, scene) }
            }
        }
    }

    mutating func readPlayer(_ request: Request, _ id: String, _ text: String) -> Response {
        guard let guild = Int64(text) else { return error(400, "Bad Request", request) }
        guard let key = connectedSession(id) else { return notFound(request) }
        return written(key, guild) ?? error(404, "Player not found", request)
    }

    private mutating func written(_ key: Int, _ guild: Int64) -> Response? {
        change(key, guild) { player, scene in
            player.settle(scene)
            let (player, scene) = (player, scene)
            return Answers.ok { json in player.write(into: &json, scene) }
        }
    }

    mutating func deletePlayer(_ request: Request, _ id: String, _ text: String) -> Response {
        guard let guild = Int64(text) else { return error(400, "Bad Request", request) }
        guard let key = connectedSession(id) else { return notFound(request) }
        _ = change(key, guild) { player, scene in player.destroy(&scene) }
        sessions[key]?[guild] = nil
        return Answers.empty(204)
    }

    // MARK: PATCH (§7.3)

    mutating func patchPlayer(
        _ ticket: Ticket,
        _ request: Request,
        _ id: String,
        _ text: String
    ) -> Response? {
        let body: PatchBody
        do throws(PatchBody.Refusal) {
            body = try PatchBody(request.body, settings)
        } catch {
            return self.error(400, error.message, request)
        }
        guard let guild = Int64(text), let noReplace = Self.noReplace(request) else {
            return error(400, "Bad Request", request)
        }
        guard let key = connectedSession(id) else { return notFound(request) }
        if let objection = body.objection { return error(400, objection.message, request) }
        if sessions[key]?[guild] == nil { sessions[key]?[guild] = ModelPlayer(guild: guild) }
        let patch = PendingPatch(
            ticket: ticket,
            path: request.path,
            body: body,
            noReplace: noReplace
        )
        guard let voice = body.voice else { return finish(patch, (key, guild)) }
        return connect(voice, patch, (key, guild))
    }

    private static func noReplace(_ request: Request) -> Bool? {
        switch QueryItems(request.query)["noReplace"]?.lowercased() {
        case nil, "false", "0", "no", "off": false
        case "true", "1", "yes", "on": true
        default: nil
        }
    }

    /// Step 8: voice data that is new drops the old connection and waits for the new one.
    private mutating func connect(
        _ voice: VoiceData,
        _ patch: PendingPatch,
        _ address: Address
    ) -> Response? {
        guard let player = sessions[address.key]?[address.guild] else { return nil }
        guard player.waiting.isEmpty else {
            _ = change(address.key, address.guild) { player, _ in player.waiting.append(patch) }
            return nil
        }
        guard player.voice.needs(voice) else { return finish(patch, address) }
        let isNumber = voice.channelID.map { UInt64($0) != nil } ?? true
        let number = change(address.key, address.guild) { player, scene in
            player.connectVoice(voice, &scene)
            if isNumber { player.waiting = [patch] } else { player.voiceFailed() }
            return player.voice.number
        }
        guard isNumber, let number else {
            let input = "For input string: \"\(voice.channelID ?? "")\""
            return error(
                500,
                "Request processing failed: java.lang.NumberFormatException: \(input)",
                path: patch.path,
                uncaught: true
            )
        }
        let outcome = script.voiceOutcome(for: address.guild, voice.endpoint)
        guard outcome != .unreachable else { return nil }
        agenda.add(
            .voiceOpened(session: address.key, guild: address.guild, connection: number, outcome),
            at: clock + settings.voiceConnectTime
        )
        return nil
    }

    mutating func voiceOpened(
        _ key: Int,
        _ guild: Int64,
        _ number: Int,
        _ outcome: VoiceOutcome
    ) {
        guard sessions[key]?[guild]?.voice.number == number,
            let waiting = sessions[key]?[guild]?.waiting, let patch = waiting.first
        else { return }
        _ = change(key, guild) { player, scene in
            player.waiting = []
            if outcome == .upgradeRefused {
                player.voiceFailed()
            } else {
                player.voiceOpened(outcome, &scene)
            }
        }
        let response =
            outcome == .upgradeRefused
            ? error(500, "Failed to connect to voice server", path: patch.path)
            : finish(patch, (key, guild))
        deliver(patch.ticket, response)
        for next in waiting.dropFirst() {
            guard let voice = next.body.voice else { continue }
            if let response = connect(voice, next, (key, guild)) {
                deliver(next.ticket, response)
            }
        }
    }

    /// Steps 9 to 14; what was done before a step that fails stays done.
    private mutating func finish(_ patch: PendingPatch, _ address: Address) -> Response {
        let body = patch.body
        _ = change(address.key, address.guild) { player, scene in
            player.settle(scene)
            if body.track == .none { player.apply(body, &scene) }
            if let volume = body.volume { player.setVolume(volume) }
            if body.track == .none { player.move(body, &scene) }
        }
        if let filters = body.filters {
            if let band = filters.impossibleBand {
                return error(
                    500,
                    "Request processing failed: java.lang.ArrayIndexOutOfBoundsException: "
                        + "Index \(band) out of bounds for length 15",
                    path: patch.path,
                    uncaught: true
                )
            }
            _ = change(address.key, address.guild) { $0.setFilters(filters, &$1) }
        }
        let isKept = patch.noReplace && sessions[address.key]?[address.guild]?.track != nil
        if body.track != .none, !isKept, let failure = replaceTrack(patch, address) {
            return failure
        }
        return written(address.key, address.guild)
            ?? error(404, "Session not found", path: patch.path)
    }

    /// Step 13: the pause comes first, so even a track that cannot be played unpauses.
    private mutating func replaceTrack(_ patch: PendingPatch, _ address: Address) -> Response? {
        let body = patch.body
        _ = change(address.key, address.guild) { $0.setPaused(body.paused ?? false, $1) }
        let found: EncodedTrack
        switch body.track {
        case .none: return nil
        case .stop:
            _ = change(address.key, address.guild) { $0.stop("stopped", &$1) }
            return nil
        case .encoded(let text):
            guard let track = decode(text) else {
                return error(500, "No message available", path: patch.path, uncaught: true)
            }
            found = track
        case .identifier(let name):
            switch load(name) {
            case .track(let track): found = track
            case .playlist, .search:
                return error(400, "Cannot play a playlist or search result", path: patch.path)
            case .empty: return error(400, "No matches found for identifier", path: patch.path)
            case .error(let cause):
                return settings.persona.wrapsFailures
                    ? error(400, Catalogue.failure, path: patch.path)
                    : error(500, cause, path: patch.path, uncaught: true)
            }
        }
        let behaviour = script.behaviour(of: found.identifier)
        _ = change(address.key, address.guild) { $0.play(found, behaviour, body, &$1) }
        return nil
    }
}

extension ModelPlayer {
    /// Steps 9 and 10.
    fileprivate mutating func apply(_ body: PatchBody, _ scene: inout PlayerScene) {
        if let paused = body.paused { setPaused(paused, scene) }
        if let data = body.userData { setUserData(data) }
    }

    /// Step 12 without the filters.
    fileprivate mutating func move(_ body: PatchBody, _ scene: inout PlayerScene) {
        if let position = body.position { seek(to: position, &scene) }
        if let marker = body.endTime { setEnd(marker, scene) }
    }
}

extension NodeScript {
    fileprivate mutating func voiceOutcome(for guild: Int64, _ endpoint: String) -> VoiceOutcome {
        for index in voice.indices {
            let rule = voice[index]
            if let wanted = rule.guild, Int64(bitPattern: wanted) != guild { continue }
            if let part = rule.endpoint, !endpoint.contains(part) { continue }
            guard rule.times != 0 else { continue }
            if let times = rule.times { voice[index].times = times - 1 }
            return rule.outcome
        }
        return .ready
    }

    fileprivate func behaviour(of identifier: String) -> TrackBehaviour {
        tracks[identifier] ?? TrackBehaviour(named: identifier)
    }
}
