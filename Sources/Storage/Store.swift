package import Control

/// What a store has done since it was opened, and what it has still to do; for the metrics.
package struct StoreStatistics: Sendable, Equatable {
    /// Transactions that reached the disk.
    package var transactions = 0
    /// Batches in them; more than transactions when callers came together.
    package var batches = 0
    package var rowsWritten: Int64 = 0
    /// Transactions that failed.
    package var failures = 0
    /// Rows that wait to be written, without places; see `StorageLimits.pendingRows`.
    package var pendingRows = 0
}

/// What keeps the state of every bot; the rest of the program knows no more of it than this.
///
/// Changes are applied in the order in which they were handed over, and a change whose completion
/// says success survives everything, a loss of power included.
package protocol Store: Sendable {
    /// What happened to a batch of changes.
    ///
    /// Completions run on the store's own queue, one after the other, in the order of the calls;
    /// they hand on and return. A refusal (`busy`) alone comes at once, before what waits: who
    /// hears of it can stop asking.
    typealias Completion = @Sendable (Result<Void, StorageError>) -> Void

    /// Everything that is kept, by bot; for the start. Blocks.
    func load() throws(StorageError) -> [BotName: SavedBot]

    /// Makes changes durable, all of them or none.
    ///
    /// After a failure nothing of the batch is kept, and further changes of that bot fail likewise
    /// until `replaceAll` has succeeded: what is kept is at every moment a state that the bot had.
    func commit(_ changes: [StoreChange], of bot: BotName, then completion: @escaping Completion)

    /// Makes `state` all that is kept of a bot, sessions included.
    func replaceAll(of bot: BotName, with state: SavedBot, then completion: @escaping Completion)

    /// Finds out by a small durable write whether changes can be kept.
    func probe(then completion: @escaping Completion)

    /// Why the last attempt to keep something failed; nil when it did not.
    var failure: StorageError? { get }

    var statistics: StoreStatistics { get }

    /// Keeps what was handed over, runs the completions, and lets go of the file. Blocks.
    ///
    /// What is handed over later fails with `closed`. Not to be called from a completion.
    func close()
}
