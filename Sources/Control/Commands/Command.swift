package import Lavalink

extension Fleet {
    /// What a bot or an operator asks for, by what it is about; each is answered exactly once.
    package enum Command: Sendable {
        case player(GuildID, PlayerCommand, Ticket<PlayerReply>)
        case queue(GuildID, QueueCommand, Ticket<QueueReply>)
        /// What Discord's gateway said of a voice connection.
        case voice(GatewayVoice, Ticket<VoiceReply>)
        /// Tracks by an identifier, through a node.
        case load(identifier: String, Ticket<LoadReply>)
        case state(StateCommand)
        case node(NodeName, NodeCommand, Ticket<NodeReply>)
    }

    /// The answer to a command, under the ticket that it came with.
    package enum Answer: Sendable {
        case player(Ticket<PlayerReply>, Result<PlayerReply, CommandError>)
        case queue(Ticket<QueueReply>, Result<QueueReply, CommandError>)
        case voice(Ticket<VoiceReply>, Result<VoiceReply, CommandError>)
        case load(Ticket<LoadReply>, Result<LoadReply, CommandError>)
        case saved(Ticket<SavedReply>, Result<SavedReply, CommandError>)
        case restore(Ticket<RestoreReply>, Result<RestoreReply, CommandError>)
        case node(Ticket<NodeReply>, Result<NodeReply, CommandError>)
    }
}

/// A command whose answer is waited for, and the type of that answer.
package struct Ticket<Reply: FleetReply>: Hashable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Why a command was not carried out.
package enum CommandError: Error, Equatable, Sendable {
    case unknownPlayer(GuildID)
    case unknownNode(NodeName)
    /// No node can take it now.
    ///
    /// `kept` says that it is remembered, and happens as soon as one can.
    case noNode(retryAfter: Duration, kept: Bool)
    case circuitOpen(NodeName, retryAfter: Duration, kept: Bool)
    /// The node said no.
    case rejected(NodeName, status: Int, message: String)
    /// No answer in time: whether the node acted is found out, and what is wanted stays so where it
    /// is `kept`.
    case timedOut(NodeName, kept: Bool)
    case unreachable(NodeName, detail: String, kept: Bool)
    case queueFull(Queue.Limit)
    case tooManyPlayers(limit: Int)
    /// There is nothing that can be played, or not from there.
    case notPlayable(reason: String)
    case nothingPlays(GuildID)
    /// What plays has no positions: it is a stream.
    case isStream(GuildID)
}
