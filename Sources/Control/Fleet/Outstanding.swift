import Lavalink

/// A request under way to a node, and what its outcome is for.
struct Outstanding: Sendable {
    var node: NodeName
    var sentAt: Instant
    var purpose: Purpose

    enum Purpose: Sendable {
        case patch(PatchInFlight)
        /// The end of a player that is gone here.
        case destroy(GuildID)
        /// Asking that a new session can be resumed.
        case session
        /// Asking that a session ends with its connection.
        case parting
        case info
        /// Reading the players.
        case players
        /// Reading the players of a session that may still play unheard.
        case zombies(session: String)
        case reap
        case load(Ticket<LoadReply>)
        case loadToPlay(GuildID, PlayRequest, Ticket<PlayerReply>)
    }

    /// How heavy it is for the node.
    var weight: FlowLimit.Weight {
        guard case .patch(let patch) = purpose else { return .light }
        if patch.difference.contains(.voice) { return .voice }
        return patch.difference.contains(.track) && patch.play != nil ? .track : .light
    }

    /// Whether it is one of those that the node's flow counts, since they may be many.
    var isCounted: Bool {
        switch purpose {
        case .patch, .destroy: true
        case .session, .parting, .info, .players, .zombies, .reap, .load, .loadToPlay: false
        }
    }
}

/// A PATCH under way: what it carries, and who waits for it.
struct PatchInFlight: Sendable {
    var guild: GuildID
    var difference: Difference
    var play: PlayID?
    var paused: Bool
    var place: Int64
    var waiters: [Player.Waiter]
}
