import Control
import Wire

/// What one call handed over: it is kept as a whole, or not at all.
struct Batch: Sendable {
    enum Work: Sendable {
        case changes([StoreChange])
        case everything(SavedBot)
        /// A write of one row, of no bot.
        case probe
        /// Here a bot's changes found no room: what it changes later makes no sense.
        case refused(StorageError)
    }

    var work: Work
    var bot: BotName
    var completion: Store.Completion

    /// What this counts against `StorageLimits.pendingRows`: about the rows that it writes.
    ///
    /// Places do not count, as there is never more than one of a player; that the batch is there
    /// does.
    var rows: Int {
        switch work {
        case .changes(let changes): max(1, changes.reduce(0) { $0 + $1.rows })
        case .everything(let state): state.players.reduce(1) { $0 + 1 + $1.queue.count }
        case .probe: 1
        case .refused: 0
        }
    }

    /// What this counts against `StorageLimits.pendingBytes`: texts and JSON without a bound of
    /// their own.
    var bytes: Int {
        switch work {
        case .changes(let changes): changes.reduce(0) { $0 + $1.bytes }
        case .everything(let state):
            state.players.reduce(0) { sum, saved in
                saved.queue.reduce(sum + saved.player.bytes) { $0 + $1.entry.bytes }
            }
        case .probe, .refused: 0
        }
    }
}

extension PlayerRecord {
    fileprivate var bytes: Int {
        filters.bytes.count + (current.map { QueueEntry($0.entry).bytes } ?? 0)
    }
}

extension StoreChange {
    fileprivate var bytes: Int {
        switch self {
        case .entries(_, let entries): entries.reduce(0) { $0 + $1.entry.bytes }
        case .player(let player): player.bytes
        case .ranks, .removeEntries, .position, .removePlayer, .removeAllEntries, .session,
            .removeAllPlayers:
            0
        }
    }

    fileprivate var rows: Int {
        switch self {
        case .entries(_, let entries): entries.count
        case .ranks(_, let ranks): ranks.count
        case .removeEntries(_, let ids): ids.count
        case .position: 0
        case .player, .removePlayer, .removeAllEntries, .session, .removeAllPlayers: 1
        }
    }
}
