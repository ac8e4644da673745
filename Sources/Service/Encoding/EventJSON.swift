package import Control
import Lavalink
import Wire

extension ServerEvent {
    /// What a bot's fleet says, by the contract's names.
    package init(_ event: FleetEvent, at time: Timestamp, bot: BotName) {
        self.init(
            event.name,
            at: time,
            bot: bot,
            node: event.node,
            guild: event.guild,
            isReplayed: event.kind.isReplayed
        ) { json in event.kind.writeFields(into: &json) }
    }
}

extension FleetEvent.Kind {
    /// Whether who was away wants it later.
    ///
    /// Positions come of every player every few seconds; kept, they would drive out all the rest.
    fileprivate var isReplayed: Bool {
        if case .playerPositionUpdate = self { false } else { true }
    }

    /// Every kind by name, so that a new one cannot be forgotten here.
    fileprivate func writeFields(into json: inout JSONWriter) {
        switch self {
        case .nodeConnect, .playerCreate, .playerPause, .playerResume, .playerStop, .queueEnd: break
        case .nodeDisconnect(let code, let reason, let players):
            json.member("code", code)
            json.member("reason", reason)
            json.member("players", players)
        case .nodeReconnecting(let attempt, let delay):
            json.member("attempt", attempt)
            json.member("delay", delay.inSeconds)
        case .nodeReconnectExhausted(let attempts): json.member("attempts", attempts)
        case .nodeReady(let session, let resumed): json.session(session, resumed)
        case .nodeStats(let stats):
            json.key("stats")
            stats.write(into: &json)
        case .nodeError(let error, let connected, let players):
            json.member("error", error)
            json.member("connected", connected)
            json.member("players", players)
        case .playersRestored(let count): json.member("count", count)
        case .playerPositionUpdate(let state, let position): json.state(state, position)
        case .playerConnect(let ping): json.member("ping", ping)
        case .playerDestroy(let reason): json.member("reason", reason.rawValue)
        case .playerMove(let from, let to):
            json.member("from", from?.text)
            json.member("to", to.text)
        case .playerSeek(let position): json.member("position", position)
        case .playerVolumeChange(let volume): json.member("volume", volume)
        case .playerFiltersChange(let filters): json.member("filters", filters)
        case .playerRestored(let position): json.member("position", position)
        case .playerVoiceUpdate(let channel): json.member("channelId", channel?.description)
        case .playerWebSocketClosed(let code, let reason, let byRemote):
            json.member("code", code)
            json.member("reason", reason)
            json.member("byRemote", byRemote)
        case .voiceReconnectRequired(let channel, let reason):
            json.member("channelId", channel?.description)
            json.member("reason", reason)
        case .trackStart(let entry), .trackSkip(let entry), .autoplayTrack(let entry):
            json.track(entry)
        case .trackEnd(let entry, let reason):
            json.track(entry)
            json.member("reason", reason)
        case .trackError(let entry, let message, let severity, let exception):
            json.track(entry)
            json.failure(message, severity, exception)
        case .trackStuck(let entry, let threshold):
            json.track(entry)
            json.member("thresholdMs", threshold)
        case .queueSuspended(let failures): json.member("failures", failures)
        case .nodeEvent(let type, let raw):
            json.member("event", type)
            json.member("data", raw)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func session(_ id: String, _ resumed: Bool) {
        member("data") { json in
            json.member("sessionId", id)
            json.member("resumed", resumed)
        }
    }

    fileprivate mutating func state(_ state: PlayerState, _ position: Int64) {
        member("state") { json in
            json.member("time", state.time)
            json.member("position", position)
            json.member("connected", state.connected)
            json.member("ping", state.ping)
        }
    }

    fileprivate mutating func track(_ entry: TrackEntry) {
        key("track")
        self.entry(entry)
    }

    fileprivate mutating func failure(_ message: String, _ severity: String, _ exception: RawJSON?)
    {
        member("message", message)
        member("severity", severity)
        member("exception", exception)
    }
}
