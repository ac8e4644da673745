package import Control
import Dispatch
import Synchronization

/// The store in a file.
///
/// One serial queue does all the writing. Whatever has gathered in the inbox when the queue comes
/// round goes into one transaction, so that many callers share one wait for the disk.
package final class SQLiteStore: Store {
    package let path: String
    private let limits: StorageLimits
    private let queue = DispatchQueue(label: "store")
    /// Answers what is refused, also while the other waits for the disk.
    private let refusals = DispatchQueue(label: "refusals of the store")
    private let inbox: Mutex<Inbox>
    /// The lock is never waited for: only the queue takes it.
    private let database: Mutex<Database?>
    private let record = Mutex(Record())

    /// Opens the file, or makes it; blocks, and refuses a file that is not right.
    package init(
        opening path: String,
        limits: StorageLimits = .standard
    ) throws(StorageError) {
        self.path = path
        self.limits = limits
        inbox = Mutex(Inbox(limits: limits, path: path))
        database = Mutex(try Database.open(path, limits: limits))
    }

    /// What came of the transactions.
    private struct Record {
        var failure: StorageError?
        var gaps = Gaps()
        var statistics = StoreStatistics()

        mutating func add(_ result: Result<Int64, StorageError>, of batches: [Batch]) {
            switch result {
            case .success(let rowsWritten):
                failure = nil
                statistics.transactions += 1
                statistics.batches += batches.count
                statistics.rowsWritten = rowsWritten
            case .failure(let error):
                failure = error
                gaps.lose(batches, because: error)
                statistics.failures += 1
            }
        }
    }

    package var failure: StorageError? { record.withLock { $0.failure ?? $0.gaps.cause } }

    package var statistics: StoreStatistics {
        var statistics = record.withLock { $0.statistics }
        statistics.pendingRows = inbox.withLock { $0.rows }
        return statistics
    }

    package func load() throws(StorageError) -> [BotName: SavedBot] {
        let result = queue.sync { attempt { database throws(StorageError) in try database.load() } }
        return try result.get()
    }

    package func commit(
        _ changes: [StoreChange],
        of bot: BotName,
        then completion: @escaping Completion
    ) {
        hand(Batch(work: .changes(changes), bot: bot, completion: completion))
    }

    package func replaceAll(
        of bot: BotName,
        with state: SavedBot,
        then completion: @escaping Completion
    ) {
        hand(Batch(work: .everything(state), bot: bot, completion: completion))
    }

    package func probe(then completion: @escaping Completion) {
        hand(Batch(work: .probe, bot: BotName(""), completion: completion))
    }

    package func close() {
        inbox.withLock { $0.close() }
        queue.sync {
            writeAll()
            database.withLock { $0 = nil }
        }
        refusals.sync {}
    }

    private func hand(_ batch: Batch) {
        switch inbox.withLock({ $0.offer(batch) }) {
        case .callWriter: queue.async { self.writeAll() }
        case .waits: return  // the call that is on its way will find it
        case .refused(let failure): refusals.async { batch.completion(.failure(failure)) }
        case .closed:
            let failure = StorageError(.closed, path: path)
            queue.async { batch.completion(.failure(failure)) }
        }
    }

    /// Writes what waits; runs on the queue.
    private func writeAll() {
        let batches = inbox.withLock { $0.takeAll() }
        let verdicts = record.withLock { record in batches.map { record.gaps.judge($0) } }
        let results = write(zip(batches, verdicts).filter(\.1.mayBeWritten).map(\.0))
        for (batch, verdict) in zip(batches, verdicts) {
            switch verdict {
            case .write: batch.completion(results[batch.bot] ?? .success(()))
            case .fail(let failure): batch.completion(.failure(failure))
            }
        }
    }

    /// Writes in one transaction, or in one for each bot when the rows of one cannot be written.
    private func write(_ batches: [Batch]) -> [BotName: Result<Void, StorageError>] {
        let ofBot = Dictionary(grouping: batches, by: \.bot)
        guard !ofBot.isEmpty else { return [:] }
        let together = commit(batches)
        if case .failure(let failure) = together, !failure.isOfFile, ofBot.count > 1 {
            return ofBot.mapValues { batches in noted(commit(batches), of: batches) }
        }
        let result = noted(together, of: batches)
        return ofBot.mapValues { _ in result }
    }

    private func commit(_ batches: [Batch]) -> Result<Int64, StorageError> {
        attempt { database throws(StorageError) in
            try database.commit(batches)
            return database.connection.rowsWritten
        }
    }

    private func noted(
        _ result: Result<Int64, StorageError>,
        of batches: [Batch]
    ) -> Result<Void, StorageError> {
        record.withLock { $0.add(result, of: batches) }
        return result.map { _ in }
    }

    private func attempt<Value: Sendable>(
        _ body: (borrowing Database) throws(StorageError) -> Value
    ) -> Result<Value, StorageError> {
        database.withLock { database in
            do throws(StorageError) {
                switch database {
                case .some(let database): return .success(try body(database))
                case .none: throw StorageError(.closed, path: path)
                }
            } catch {
                return .failure(error)
            }
        }
    }
}
