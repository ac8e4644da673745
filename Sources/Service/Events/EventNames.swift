/// Every name that an event may have.
package enum EventNames {
    package static let all = [
        "nodeConnect", "nodeDisconnect", "nodeReconnecting", "nodeReconnectExhausted", "nodeReady",
        "nodeStats", "nodeError", "playersRestored", "playerPositionUpdate", "playerCreate",
        "playerConnect", "playerDestroy", "playerMove", "playerPause", "playerResume",
        "playerStop", "playerSeek", "playerVolumeChange", "playerFiltersChange", "playerRestored",
        "playerVoiceUpdate", "playerWebSocketClosed", "voiceReconnectRequired", "trackStart",
        "trackEnd", "trackError", "trackStuck", "trackSkip", "queueEnd", "queueSuspended",
        "autoplayTrack", "nodeEvent",
    ]

    /// What the stream itself says, whatever is filtered.
    package static let ofStream = ["bookmark", "reset", "shutdown"]
}
