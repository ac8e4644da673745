package import Lavalink
package import Wire

/// What a command is answered with; the shell writes the rest from the fleet's state.
package protocol FleetReply: Sendable, Equatable {
    typealias Answering = (Ticket<Self>, Result<Self, CommandError>) -> Fleet.Answer

    /// Whether it says that something is changed, and so kept.
    static var promisesChange: Bool { get }
    static var answer: Answering { get }
}

/// The player that the command was about.
package struct PlayerReply: FleetReply {
    package var guild: GuildID
    /// Whether the command made it.
    package var created = false

    package static let promisesChange = true
    package static var answer: Answering { Fleet.Answer.player }
}

/// Entries that were added, in their order.
package struct QueueReply: FleetReply {
    package var entries: [EntryID]

    package static let promisesChange = true
    package static var answer: Answering { Fleet.Answer.queue }
}

/// The payload was taken in.
package struct VoiceReply: FleetReply {
    package static let promisesChange = true
    package static var answer: Answering { Fleet.Answer.voice }
}

/// A node's answer to a load, as it came.
package struct LoadReply: FleetReply {
    package var raw: RawJSON

    package static let promisesChange = false
    package static var answer: Answering { Fleet.Answer.load }
}

/// How many players were saved, or forgotten.
package struct SavedReply: FleetReply {
    package var players: Int

    package static let promisesChange = true
    package static var answer: Answering { Fleet.Answer.saved }
}

/// The job under which a restore goes on.
package struct RestoreReply: FleetReply {
    package var job: UInt64

    package static let promisesChange = true
    package static var answer: Answering { Fleet.Answer.restore }
}

/// How many players the node has whose connection was acted on.
package struct NodeReply: FleetReply {
    package var players: Int

    package static let promisesChange = false
    package static var answer: Answering { Fleet.Answer.node }
}
