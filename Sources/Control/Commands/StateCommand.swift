/// What is asked of the saved state of all players.
package enum StateCommand: Sendable {
    case save(Ticket<SavedReply>)
    case restore(Ticket<RestoreReply>)
    /// Forgets what was saved.
    case clear(Ticket<SavedReply>)
}
