/// The options of the contract, under their own names, and what goes with them.
package struct Options: Sendable, Equatable {
    /// Reconnecting, saving and restoring, or none of the three.
    package var enableReconnect = true
    /// How often positions in the music are saved.
    package var stateSaveInterval: Duration = .seconds(5)
    /// Failed attempts before giving up, unless `infiniteReconnect`.
    package var maxReconnectAttempts = 5
    package var infiniteReconnect = true
    package var baseReconnectDelay: Duration = .seconds(1)
    package var maxReconnectDelay: Duration = .seconds(300)

    /// How long a node keeps a session whose WebSocket is gone (`timeout` of the session).
    package var resumeTimeout: Duration = .seconds(60)
    /// How long the players of a silent node wait for its resume before they move.
    package var failoverGrace: Duration = .seconds(15)

    package init() {}
}
