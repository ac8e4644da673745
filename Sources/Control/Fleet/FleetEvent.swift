package import Lavalink
package import Wire

/// What is pushed to those who listen, by the contract's names.
package struct FleetEvent: Sendable {
    package var kind: Kind
    package var node: NodeName?
    package var guild: GuildID?

    package init(_ kind: Kind, node: NodeName? = nil, guild: GuildID? = nil) {
        self.kind = kind
        self.node = node
        self.guild = guild
    }

    package enum Kind: Sendable {
        case nodeConnect
        case nodeDisconnect(code: Int, reason: String, players: Int)
        case nodeReconnecting(attempt: Int, delay: Duration)
        case nodeReconnectExhausted(attempts: Int)
        case nodeReady(sessionId: String, resumed: Bool)
        case nodeStats(Stats)
        case nodeError(String, connected: Bool, players: Int)
        case playersRestored(count: Int)

        case playerPositionUpdate(PlayerState, position: Int64)
        case playerCreate
        case playerConnect(ping: Int64)
        case playerDestroy(reason: DestroyReason)
        case playerMove(from: NodeName?, to: NodeName)
        case playerPause
        case playerResume
        case playerStop
        case playerSeek(position: Int64)
        case playerVolumeChange(Int)
        case playerFiltersChange(RawJSON)
        case playerRestored(position: Int64)
        case playerVoiceUpdate(channel: ChannelID?)
        case playerWebSocketClosed(code: Int, reason: String, byRemote: Bool)
        /// Only the bot can help: it should send the gateway op 4.
        case voiceReconnectRequired(channel: ChannelID?, reason: String)

        case trackStart(TrackEntry)
        case trackEnd(TrackEntry, reason: String)
        case trackError(TrackEntry, message: String, severity: String, exception: RawJSON?)
        case trackStuck(TrackEntry, thresholdMs: Int64)
        case trackSkip(TrackEntry)
        case queueEnd
        case queueSuspended(failures: Int)
        /// Of the contract; not published so far, as nothing plays by itself yet.
        case autoplayTrack(TrackEntry)
        /// An event of a plugin, as it came.
        case nodeEvent(type: String, raw: RawJSON)
    }

    package enum DestroyReason: String, Sendable { case requested, disconnected, cleared }

    package var name: String {
        switch kind {
        case .nodeConnect: "nodeConnect"
        case .nodeDisconnect: "nodeDisconnect"
        case .nodeReconnecting: "nodeReconnecting"
        case .nodeReconnectExhausted: "nodeReconnectExhausted"
        case .nodeReady: "nodeReady"
        case .nodeStats: "nodeStats"
        case .nodeError: "nodeError"
        case .playersRestored: "playersRestored"
        case .playerPositionUpdate: "playerPositionUpdate"
        case .playerCreate: "playerCreate"
        case .playerConnect: "playerConnect"
        case .playerDestroy: "playerDestroy"
        case .playerMove: "playerMove"
        case .playerPause: "playerPause"
        case .playerResume: "playerResume"
        case .playerStop: "playerStop"
        case .playerSeek: "playerSeek"
        case .playerVolumeChange: "playerVolumeChange"
        case .playerFiltersChange: "playerFiltersChange"
        case .playerRestored: "playerRestored"
        case .playerVoiceUpdate: "playerVoiceUpdate"
        case .playerWebSocketClosed: "playerWebSocketClosed"
        case .voiceReconnectRequired: "voiceReconnectRequired"
        case .trackStart: "trackStart"
        case .trackEnd: "trackEnd"
        case .trackError: "trackError"
        case .trackStuck: "trackStuck"
        case .trackSkip: "trackSkip"
        case .queueEnd: "queueEnd"
        case .queueSuspended: "queueSuspended"
        case .autoplayTrack: "autoplayTrack"
        case .nodeEvent: "nodeEvent"
        }
    }
}
