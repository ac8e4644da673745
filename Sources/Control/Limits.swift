/// Everything in the control plane that could grow or wait, by name.
package struct Limits: Sendable {
    /// Players of one bot; above, creating one is refused.
    package var players = 50_000
    /// Entries of one queue.
    package var queueEntries = 10_000
    /// Bytes of the texts and the JSON of the entries of one queue.
    package var queueBytes = 16 * 1024 * 1024
    /// Entries in one request that adds to a queue.
    package var entriesPerRequest = 1_000
    /// Handshake of a node's WebSocket, and the wait for `ready` after it.
    package var handshake: Duration = .seconds(10)
    package var readyWait: Duration = .seconds(10)
    /// Between two pings of a node, and from a ping to its pong.
    package var pingInterval: Duration = .seconds(15)
    package var pongWait: Duration = .seconds(10)
    /// A node that stays ready this long has ended its row of failed attempts.
    package var stableAfter: Duration = .seconds(10)
    /// Changes of voice are gathered this long and sent once.
    package var voiceGathering: Duration = .milliseconds(50)
    /// From a null channel to the end of the player.
    package var nullChannelGrace: Duration = .seconds(15)
    /// From close code 4014 to asking the bot for help.
    package var movedChannelWait: Duration = .seconds(2)
    /// This many failures within the window suspend a queue.
    package var failureBudget = 3
    package var failureWindow: Duration = .seconds(35)
    /// Steps forward out of a stuck place before the track is skipped.
    package var stuckSteps = 3
    package var stuckStep: Duration = .seconds(1)
    /// A failed track that ends earlier than this before its length is played again once.
    package var farFromEnd: Duration = .seconds(8)
    /// Plays that a player remembers for events that come late.
    package var rememberedPlays = 4
    /// A request to a node, and one that loads tracks.
    package var request: Duration = .seconds(10)
    package var load: Duration = .seconds(30)
    /// A list of a node's players, of which there may be many megabytes.
    package var playerList: Duration = .seconds(30)
    /// What a node may ask for with Retry-After; a longer rest is cut to this.
    package var longestRest: Duration = .seconds(3600)
    /// A command that cannot be passed on to its node for so long is answered: it is kept.
    package var passingOn: Duration = .seconds(10)
    /// Guilds of which voice data is kept that came before their player.
    package var earlyVoices = 10_000
    /// Tries of what must come out before a node's players are told anything.
    package var settleTries = 5
    /// What went wrong on a node counts against it so long, and at most twice as long.
    package var failureMemory: Duration = .seconds(600)
    /// From an operator's word to the end of a connection, at most: the node is asked first to end
    /// the session with it.
    package var partingWait: Duration = .seconds(2)
    /// Players of a session that plays on unheard which are taken down at once.
    package var reapsAtOnce = 8
    /// Former sessions of one node that are remembered until they are known to be silent.
    package var orphanedSessions = 8
    /// Positions that are saved at one moment; more are spread over `stateSaveInterval`.
    package var positionsAtOnce = 1_000
    /// Restores whose outcome is kept, and how long one waits for its players.
    package var restoreJobs = 16
    package var restoreWait: Duration = .seconds(120)
    /// A player that a node could not take waits this long before the next try, doubled each time
    /// up to the ceiling.
    package var retryDelay: Duration = .seconds(1)
    package var retryCeiling: Duration = .seconds(60)

    package static let standard = Limits()

    package init() {}
}
