/// Everything in the control plane that could grow or wait, by name.
package struct Limits: Sendable {
    /// Players of one bot; creating more is answered with 429.
    package var players = 50_000
    /// Entries of one queue.
    package var queueEntries = 10_000
    /// Bytes of the texts and the JSON of the entries of one queue.
    package var queueBytes = 16 * 1024 * 1024
    /// Entries in one request that adds to a queue.
    package var entriesPerRequest = 1_000
    /// Timeout of the WebSocket handshake with a node.
    package var handshake: Duration = .seconds(10)
    /// Timeout from the end of the handshake to the node's `ready`.
    package var readyWait: Duration = .seconds(10)
    /// Interval between two pings to a node.
    package var pingInterval: Duration = .seconds(15)
    /// Timeout from a ping to its pong.
    package var pongWait: Duration = .seconds(10)
    /// Time that a node must stay ready before its failed attempts are no longer counted.
    package var stableAfter: Duration = .seconds(10)
    /// Time for which voice changes are collected before they are sent together.
    package var voiceGathering: Duration = .milliseconds(50)
    /// Time from a null channel to the deletion of the player.
    package var nullChannelGrace: Duration = .seconds(15)
    /// Time from close code 4014 to the event `voiceReconnectRequired`.
    package var movedChannelWait: Duration = .seconds(2)
    /// Failures within `failureWindow` that suspend a queue.
    package var failureBudget = 3
    /// Time within which failures count towards `failureBudget`.
    package var failureWindow: Duration = .seconds(35)
    /// Steps forward from a stuck position before the track is skipped.
    package var stuckSteps = 3
    /// Length of one step forward from a stuck position.
    package var stuckStep: Duration = .seconds(1)
    /// A track that fails with more than this left to play is retried once.
    package var farFromEnd: Duration = .seconds(8)
    /// Former plays of a player that are remembered, to recognise late events.
    package var rememberedPlays = 4
    /// Timeout of a request to a node.
    package var request: Duration = .seconds(10)
    /// Timeout of a request to a node that loads tracks.
    package var load: Duration = .seconds(30)
    /// Timeout of a request for all players of a node; the answer may have many megabytes.
    package var playerList: Duration = .seconds(30)
    /// Longest Retry-After of a node that is observed; a longer one is cut to this.
    package var retryAfterMax: Duration = .seconds(3600)
    /// Time that a command may wait to be sent to its node; after it the answer is 503 with
    /// `kept: true`, and the change stays unsent.
    package var dispatchTimeout: Duration = .seconds(10)
    /// Guilds without a player whose voice data is kept.
    package var earlyVoices = 10_000
    /// Attempts of each request that follows a connect (session, info, players) before it is
    /// skipped.
    package var settleAttempts = 5
    /// Time for which failures of a node count against it; at most twice as long.
    package var failureMemory: Duration = .seconds(600)
    /// Timeout of a disconnect: time for the node to release the session before the connection is
    /// closed.
    package var disconnectTimeout: Duration = .seconds(2)
    /// Players of an orphaned session that are deleted at a time.
    package var orphanDeletionsAtOnce = 8
    /// Orphaned sessions of one node that are remembered until they have ended.
    package var orphanedSessions = 8
    /// Positions saved in one step; the rest are spread over `stateSaveInterval`.
    package var positionsAtOnce = 1_000
    /// Restore jobs whose outcome is kept.
    package var restoreJobs = 16
    /// Timeout of a restore job; after it, its remaining players are reported as failed.
    package var restoreWait: Duration = .seconds(120)
    /// First backoff of a player after a node failed to apply its state; doubled each time.
    package var retryDelay: Duration = .seconds(1)
    /// Longest backoff of a player.
    package var retryCeiling: Duration = .seconds(60)

    package static let standard = Limits()

    package init() {}
}
