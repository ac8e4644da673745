package import Control

/// Who waits for the answer to which command, by the type of the answer.
package struct WaitingCommands {
    package typealias Continuations<Reply: FleetReply> =
        [Ticket<Reply>: CheckedContinuation<Result<Reply, ControlError>, Never>]

    fileprivate var player: Continuations<PlayerReply> = [:]
    fileprivate var queue: Continuations<QueueReply> = [:]
    fileprivate var voice: Continuations<VoiceReply> = [:]
    fileprivate var load: Continuations<LoadReply> = [:]
    fileprivate var saved: Continuations<SavedReply> = [:]
    fileprivate var restore: Continuations<RestoreReply> = [:]
    fileprivate var node: Continuations<NodeReply> = [:]

    /// Answers everyone who waits.
    mutating func failAll(_ error: ControlError) {
        Self.fail(&player, error)
        Self.fail(&queue, error)
        Self.fail(&voice, error)
        Self.fail(&load, error)
        Self.fail(&saved, error)
        Self.fail(&restore, error)
        Self.fail(&node, error)
    }

    private static func fail<Reply>(
        _ waiting: inout Continuations<Reply>,
        _ error: ControlError
    ) {
        for continuation in waiting.values { continuation.resume(returning: .failure(error)) }
        waiting.removeAll()
    }
}

/// A reply that somebody can wait for.
package protocol AwaitedReply: FleetReply {
    typealias Waiting = WritableKeyPath<WaitingCommands, WaitingCommands.Continuations<Self>>
    static var waiting: Waiting { get }
}

extension PlayerReply: AwaitedReply {
    package static var waiting: Waiting { \.player }
}

extension QueueReply: AwaitedReply {
    package static var waiting: Waiting { \.queue }
}

extension VoiceReply: AwaitedReply {
    package static var waiting: Waiting { \.voice }
}

extension LoadReply: AwaitedReply {
    package static var waiting: Waiting { \.load }
}

extension SavedReply: AwaitedReply {
    package static var waiting: Waiting { \.saved }
}

extension RestoreReply: AwaitedReply {
    package static var waiting: Waiting { \.restore }
}

extension NodeReply: AwaitedReply {
    package static var waiting: Waiting { \.node }
}
