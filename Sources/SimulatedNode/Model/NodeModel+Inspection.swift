package import Wire

/// A session as it is inside the node, connected or paused.
package struct SessionSnapshot: Sendable {
    package let id: String
    /// The bot that it belongs to, as its handshake said.
    package let user: String
    /// Whether it has a socket; without one no request finds it.
    package let isConnected: Bool
    /// In the order in which their players were made.
    package let guilds: [Int64]
    /// Those of them that Discord hears.
    package let audible: [Int64]
}

/// A player as it is inside the node, which never tells all of it.
package struct PlayerSnapshot: Sendable {
    package let guild: Int64
    package let volume: Int64
    package let paused: Bool
    /// Music per audio that comes out.
    package let playbackRate: Double
    /// The filters, as the node reports them.
    package let filters: RawJSON
    package let voiceToken: String
    package let isConnected: Bool
    package let isAudible: Bool
    package let track: PlayingSnapshot?
}

/// What a player plays.
package struct PlayingSnapshot: Sendable {
    package let identifier: String
    package let userData: RawJSON
    /// Milliseconds of music, wherever the node's own count is.
    package let position: Double
    /// Whether somebody takes its frames.
    package let isPulled: Bool
    /// Whether its source gives no more frames, or fewer than real time needs.
    package let isStarved: Bool
}

extension NodeModel {
    /// Every session, the oldest first.
    package var sessionSnapshots: [SessionSnapshot] {
        sessionOrder.compactMap { key in
            guard let session = sessions[key] else { return nil }
            return SessionSnapshot(
                id: session.id,
                user: session.user,
                isConnected: session.connection != nil,
                guilds: session.guilds,
                audible: session.guilds.filter { session[$0]?.isAudible == true }
            )
        }
    }

    /// A player of a session as it is at `now`; nothing changes by looking.
    package func snapshot(of guild: Int64, in id: String, now: Duration) -> PlayerSnapshot? {
        guard let key = sessionsByID[id], var player = sessions[key]?[guild] else { return nil }
        let (seconds, attoseconds) = now.components
        let moment = max(clock, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        player.settle(PlayerScene(now: moment, settings: settings))
        var filters = JSONWriter()
        player.filters.write(into: &filters)
        return PlayerSnapshot(
            guild: guild,
            volume: player.volume,
            paused: player.paused,
            playbackRate: player.filters.playbackRate,
            filters: filters.raw,
            voiceToken: player.voice.data.token,
            isConnected: player.voice.isConnected,
            isAudible: player.isAudible,
            track: player.track.map { track in
                PlayingSnapshot(
                    identifier: track.identifier,
                    userData: track.userData,
                    position: track.playhead.position,
                    isPulled: track.playhead.isPulled,
                    isStarved: track.isStarved
                )
            }
        )
    }
}

extension ModelPlayer {
    /// Whether Discord hears something: a voice connection that is ready, and frames for it.
    fileprivate var isAudible: Bool {
        guard let track, !paused, voice.isConnected, voice.wasReady else { return false }
        return !track.isStarved
    }
}
