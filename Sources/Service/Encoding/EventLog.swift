package import Control
import Lavalink

extension Log {
    /// The lines that the life of nodes leaves in the log; a player's go to those who listen.
    package func record(_ event: FleetEvent, of bot: BotName) {
        switch event.kind {
        case .nodeConnect: info("node connected", ["bot": bot.logged, "node": event.loggedNode])
        case .nodeReady(let session, let resumed):
            info(
                "node ready",
                [
                    "bot": bot.logged, "node": event.loggedNode, "session": .text(session),
                    "resumed": .flag(resumed),
                ]
            )
        case .nodeDisconnect(let code, let reason, let players):
            warning(
                "node disconnected",
                [
                    "bot": bot.logged, "node": event.loggedNode, "code": LogValue(code),
                    "reason": .text(reason),
                    "players": LogValue(players),
                ]
            )
        case .nodeReconnecting(let attempt, let delay):
            info(
                "node reconnecting",
                [
                    "bot": bot.logged, "node": event.loggedNode, "attempt": LogValue(attempt),
                    "delay": .number(delay.inSeconds),
                ]
            )
        case .nodeReconnectExhausted(let attempts):
            error(
                "node reconnect attempts exhausted",
                ["bot": bot.logged, "node": event.loggedNode, "attempts": LogValue(attempts)]
            )
        case .nodeError(let what, _, let players):
            warning(
                "node error",
                [
                    "bot": bot.logged, "node": event.loggedNode, "error": .text(what),
                    "players": LogValue(players),
                ]
            )
        case .playersRestored(let count):
            info(
                "players restored",
                ["bot": bot.logged, "node": event.loggedNode, "count": LogValue(count)]
            )
        case .nodeStats, .playerPositionUpdate, .playerCreate, .playerConnect, .playerDestroy,
            .playerMove, .playerPause, .playerResume, .playerStop, .playerSeek, .playerVolumeChange,
            .playerFiltersChange, .playerRestored, .playerVoiceUpdate, .playerWebSocketClosed,
            .voiceReconnectRequired, .trackStart, .trackEnd, .trackError, .trackStuck, .trackSkip,
            .queueEnd, .queueSuspended, .autoplayTrack, .nodeEvent:
            break
        }
    }
}

extension BotName {
    fileprivate var logged: LogValue { .text(text) }
}

extension FleetEvent {
    fileprivate var loggedNode: LogValue { .text(node?.text ?? "") }
}
