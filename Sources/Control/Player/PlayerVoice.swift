import Lavalink

/// A player's voice: what the bot brought, and what the node says of its connection to Discord.
package struct PlayerVoice: Sendable {
    private enum Presence: Equatable {
        case joined
        /// The bot left its channel; the player ends then, unless it joins again. Nil until the
        /// program has begun.
        case left(endsAt: Instant?)
    }

    private var packed: PackedVoice
    /// The node has a voice connection.
    package private(set) var connected = false
    /// Milliseconds to Discord's voice server; -1 without a connection.
    package private(set) var ping: Int64 = -1
    private var presence: Presence
    /// When the bot is asked for help, unless voice changed until then.
    private var asksAt: Instant?

    init(_ parts: VoiceParts = VoiceParts(), hasLeft: Bool = false) {
        packed = PackedVoice(parts)
        presence = hasLeft ? .left(endsAt: nil) : .joined
    }

    package var parts: VoiceParts { packed.parts }

    /// Whether all is there that a node needs before it may hear of the player at all.
    package var isComplete: Bool { packed.isComplete }

    /// The voice data for a node, once whole.
    var state: VoiceState? {
        let parts = parts
        guard let token = parts.token, let endpoint = parts.endpoint,
            let session = parts.sessionId, let channel = parts.channelId
        else { return nil }
        return VoiceState(
            token: token,
            endpoint: endpoint,
            sessionId: session,
            channelId: channel.description
        )
    }

    /// Whether the bot has left its channel.
    var hasLeft: Bool { presence != .joined }

    /// When the player ends because of that.
    var endsAt: Instant? { if case .left(let moment) = presence { moment } else { nil } }

    var nextDeadline: Instant? {
        guard let asksAt else { return endsAt }
        return endsAt.map { min($0, asksAt) } ?? asksAt
    }

    /// The legal combinations: who has left is not asked to join.
    package var invariant: Bool { presence == .joined || asksAt == nil }
}

// MARK: What the bot says

extension PlayerVoice {
    /// The bot brought new data.
    ///
    /// - Returns: whether they differ from those before.
    mutating func change(_ body: (inout VoiceParts) -> Void) -> Bool {
        let before = parts
        var parts = before
        body(&parts)
        packed = PackedVoice(parts)
        asksAt = nil
        return parts != before
    }

    /// The bot is in a channel.
    mutating func joined() { presence = .joined }

    /// The bot is in no channel any more: it may only be moving, so the player is kept a while.
    mutating func left(endsAt moment: Instant) {
        presence = .left(endsAt: moment)
        asksAt = nil
    }

    /// The program begins: a player whose bot had left before has its time from now on.
    mutating func start(_ moment: Moment) {
        if hasLeft { left(endsAt: moment.after(moment.limits.nullChannelGrace)) }
    }
}

// MARK: What the node says

extension PlayerVoice {
    /// - Returns: whether the node got its voice connection just now.
    mutating func receive(_ state: PlayerState) -> Bool {
        defer {
            connected = state.connected
            ping = state.ping
        }
        return state.connected && !connected
    }

    /// The node lost its voice connection, or we lost the node.
    mutating func disconnected() { connected = false }

    /// Discord closed the connection, and says with the next voice state what follows.
    mutating func waitForBot(until moment: Instant) {
        connected = false
        // A bot that has left the channel knows it.
        if !hasLeft { asksAt = moment }
    }

    /// Whether the bot is to be asked for help now.
    mutating func asks(now: Instant) -> Bool {
        guard let moment = asksAt, now >= moment else { return false }
        asksAt = nil
        return true
    }
}
