package import Control
import Lavalink
import Wire

extension ServerEvent {
    /// What a bot's fleet says, by the contract's names.
    package init(_ event: FleetEvent, at time: Timestamp, bot: BotName) {
        self.init(event.name, at: time, bot: bot, node: event.node, guild: event.guild) { json in
            if event.guild == nil {
                event.writeNodeFields(into: &json)
            } else {
                event.writePlayerFields(into: &json)
            }
        }
    }
}

extension FleetEvent {
    fileprivate func writeNodeFields(into json: inout JSONWriter) {
        switch kind {
        case .nodeDisconnect(let code, let reason, let players):
            json.member("code", code)
            json.member("reason", reason)
            json.member("players", players)
        case .nodeReconnecting(let attempt, let delay):
            json.member("attempt", attempt)
            json.member("delay", delay.inSeconds)
        case .nodeReconnectExhausted(let attempts): json.member("attempts", attempts)
        case .nodeReady(let sessionId, let resumed):
            json.member("data") { json in
                json.member("sessionId", sessionId)
                json.member("resumed", resumed)
            }
        case .nodeStats(let stats):
            json.key("stats")
            stats.write(into: &json)
        case .nodeError(let error, let connected, let players):
            json.member("error", error)
            json.member("connected", connected)
            json.member("players", players)
        case .playersRestored(let count): json.member("count", count)
        case .nodeEvent(let type, let raw):
            json.member("event", type)
            json.member("data", raw)
        default: break
        }
    }

    fileprivate func writePlayerFields(into json: inout JSONWriter) {
        switch kind {
        case .playerPositionUpdate(let state, let place):
            json.member("state") { json in
                json.member("time", state.time)
                json.member("position", place)
                json.member("connected", state.connected)
                json.member("ping", state.ping)
            }
        case .playerConnect(let ping): json.member("ping", ping)
        case .playerDestroy(let reason): json.member("reason", reason.rawValue)
        case .playerMove(let from, let to):
            json.member("from", from?.text)
            json.member("to", to.text)
        case .playerSeek(let position): json.member("position", position)
        case .playerVolumeChange(let volume): json.member("volume", volume)
        case .playerFiltersChange(let filters): json.member("filters", filters)
        case .playerRestored(let place): json.member("position", place)
        case .playerVoiceUpdate(let channel):
            json.member("channelId", channel?.description)
        case .playerWebSocketClosed(let code, let reason, let byRemote):
            json.member("code", code)
            json.member("reason", reason)
            json.member("byRemote", byRemote)
        case .voiceReconnectRequired(let channel, let reason):
            json.member("channelId", channel?.description)
            json.member("reason", reason)
        case .queueSuspended(let failures): json.member("failures", failures)
        case .nodeEvent(let type, let raw):
            json.member("event", type)
            json.member("data", raw)
        default: writeTrackFields(into: &json)
        }
    }

    private func writeTrackFields(into json: inout JSONWriter) {
        guard let entry else { return }
        json.key("track")
        json.entry(entry)
        switch kind {
        case .trackEnd(_, let reason): json.member("reason", reason)
        case .trackError(_, let message, let severity, let exception):
            json.member("message", message)
            json.member("severity", severity)
            json.member("exception", exception)
        case .trackStuck(_, let threshold): json.member("thresholdMs", threshold)
        default: break
        }
    }

    private var entry: QueueEntry? {
        switch kind {
        case .trackStart(let entry), .trackSkip(let entry), .autoplayTrack(let entry),
            .trackEnd(let entry, _), .trackError(let entry, _, _, _), .trackStuck(let entry, _):
            entry
        default: nil
        }
    }
}
