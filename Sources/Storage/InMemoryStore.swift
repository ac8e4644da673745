package import Control
import Dispatch
import Synchronization

/// A store that forgets everything with the program: for the demo and for tests, which can make it
/// fail.
package final class InMemoryStore: Store {
    private struct State {
        var bots: [BotName: SavedBot] = [:]
        var failure: StorageError?
        var gaps = Gaps()
        var isClosed = false
        var statistics = StoreStatistics()

        func check() throws(StorageError) {
            if let failure { throw failure }
            if isClosed { throw StorageError(.closed, path: "memory") }
        }

        mutating func perform(
            _ batch: Batch,
            _ body: (inout [BotName: SavedBot]) -> Void
        ) -> Result<Void, StorageError> {
            if case .fail(let cause) = gaps.judge(batch) { return .failure(cause) }
            do throws(StorageError) {
                try check()
            } catch {
                gaps.lose([batch], because: error)
                statistics.failures += 1
                return .failure(error)
            }
            body(&bots)
            statistics.transactions += 1
            statistics.batches += 1
            return .success(())
        }
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "store in memory")

    package init(_ bots: [BotName: SavedBot] = [:]) {
        state = Mutex(State(bots: bots))
    }

    /// Makes everything from now on fail like this; nil mends it.
    package func fail(with failure: StorageError?) { state.withLock { $0.failure = failure } }

    package var failure: StorageError? { state.withLock { $0.failure ?? $0.gaps.cause } }

    package var statistics: StoreStatistics { state.withLock { $0.statistics } }

    package func load() throws(StorageError) -> [BotName: SavedBot] {
        try state.withLock { state throws(StorageError) in
            try state.check()
            return state.bots
        }
    }

    package func commit(
        _ changes: [StoreChange],
        of bot: BotName,
        then completion: @escaping Completion
    ) {
        perform(Batch(work: .changes(changes), bot: bot, completion: completion)) { bots in
            for change in changes { bots[bot, default: SavedBot()].apply(change) }
        }
    }

    package func replaceAll(
        of bot: BotName,
        with saved: SavedBot,
        then completion: @escaping Completion
    ) {
        perform(Batch(work: .everything(saved), bot: bot, completion: completion)) { bots in
            bots[bot] = saved
        }
    }

    package func probe(then completion: @escaping Completion) {
        perform(Batch(work: .probe, bot: BotName(""), completion: completion)) { _ in }
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {}
    }

    private func perform(_ batch: Batch, _ body: (inout [BotName: SavedBot]) -> Void) {
        state.withLock { state in
            let result = state.perform(batch, body)
            // Within the lock, so that completions come in the order of the calls.
            queue.async { batch.completion(result) }
        }
    }
}
