import Control

/// What one call handed over: it is kept as a whole, or not at all.
struct Batch: Sendable {
    enum Work: Sendable {
        case changes([StoreChange])
        case everything(SavedBot)
        /// A write of one row, of no bot.
        case probe
        /// Changes that found no room; they stand here for their completion and for what is lost.
        case refused(StorageError)
    }

    var work: Work
    var bot: BotName
    var completion: Store.Completion

    /// About how many rows this writes.
    var rows: Int {
        switch work {
        case .changes(let changes): changes.reduce(0) { $0 + $1.rows }
        case .everything(let state): state.players.reduce(1) { $0 + 1 + $1.queue.count }
        case .probe: 1
        case .refused: 0
        }
    }
}

extension StoreChange {
    fileprivate var rows: Int {
        switch self {
        case .entries(_, let entries): entries.count
        case .removeEntries(_, let ids): ids.count
        case .player, .place, .removePlayer, .removeAllEntries, .session, .removeAllPlayers: 1
        }
    }
}
