package import Control
import Lavalink

extension Log {
    /// The lines that the life of nodes leaves in the log; a player's go to those who listen.
    package func record(_ event: FleetEvent, of bot: BotName) {
        let node = LogValue.text(event.node?.text ?? "")
        let bot = LogValue.text(bot.text)
        switch event.kind {
        case .nodeConnect: info("node connected", ["bot": bot, "node": node])
        case .nodeReady(let session, let resumed):
            info(
                "node ready",
                ["bot": bot, "node": node, "session": .text(session), "resumed": .flag(resumed)]
            )
        case .nodeDisconnect(let code, let reason, let players):
            warning(
                "node disconnected",
                [
                    "bot": bot, "node": node, "code": LogValue(code), "reason": .text(reason),
                    "players": LogValue(players),
                ]
            )
        case .nodeReconnecting(let attempt, let delay):
            info(
                "node reconnecting",
                [
                    "bot": bot, "node": node, "attempt": LogValue(attempt),
                    "delay": .number(delay.inSeconds),
                ]
            )
        case .nodeReconnectExhausted(let attempts):
            error(
                "node given up",
                ["bot": bot, "node": node, "attempts": LogValue(attempts)]
            )
        case .nodeError(let what, _, let players):
            warning(
                "node error",
                [
                    "bot": bot, "node": node, "error": .text(what),
                    "players": LogValue(players),
                ]
            )
        case .playersRestored(let count):
            info("players restored", ["bot": bot, "node": node, "count": LogValue(count)])
        case .nodeStats, .playerPositionUpdate, .playerCreate, .playerConnect, .playerDestroy,
            .playerMove, .playerPause, .playerResume, .playerStop, .playerSeek, .playerVolumeChange,
            .playerFiltersChange, .playerRestored, .playerVoiceUpdate, .playerWebSocketClosed,
            .voiceReconnectRequired, .trackStart, .trackEnd, .trackError, .trackStuck, .trackSkip,
            .queueEnd, .queueSuspended, .autoplayTrack, .nodeEvent:
            break
        }
    }
}
