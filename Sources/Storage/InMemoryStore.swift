package import Control
import Dispatch
import Synchronization

/// A store that forgets everything with the program: for the demo and for tests, which can make it
/// fail.
package final class InMemoryStore: Store {
    private struct State {
        var bots: [BotName: SavedBot] = [:]
        var failure: StorageError?
        var isClosed = false
        var statistics = StoreStatistics()
    }

    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "store in memory")

    package init(_ bots: [BotName: SavedBot] = [:]) {
        state = Mutex(State(bots: bots))
    }

    /// Makes everything from now on fail like this; nil mends it.
    package func fail(with failure: StorageError?) { state.withLock { $0.failure = failure } }

    package var failure: StorageError? { state.withLock { $0.failure } }

    package var statistics: StoreStatistics { state.withLock { $0.statistics } }

    package func load() throws(StorageError) -> [BotName: SavedBot] {
        try state.withLock { state throws(StorageError) in
            try Self.check(state)
            return state.bots
        }
    }

    package func commit(
        _ changes: [StoreChange],
        of bot: BotName,
        then completion: @escaping Completion
    ) {
        change(then: completion) { bots in
            for change in changes { bots[bot, default: SavedBot()].apply(change) }
        }
    }

    package func replaceAll(
        of bot: BotName,
        with saved: SavedBot,
        then completion: @escaping Completion
    ) {
        change(then: completion) { bots in bots[bot] = saved }
    }

    package func probe(then completion: @escaping Completion) {
        change(then: completion) { _ in }
    }

    package func close() {
        state.withLock { $0.isClosed = true }
        queue.sync {}
    }

    private func change(
        then completion: @escaping Completion,
        _ body: (inout [BotName: SavedBot]) -> Void
    ) {
        let result = state.withLock { state -> Result<Void, StorageError> in
            do throws(StorageError) {
                try Self.check(state)
            } catch {
                state.statistics.failures += 1
                return .failure(error)
            }
            body(&state.bots)
            state.statistics.transactions += 1
            state.statistics.batches += 1
            return .success(())
        }
        queue.async { completion(result) }
    }

    private static func check(_ state: borrowing State) throws(StorageError) {
        if let failure = state.failure { throw failure }
        if state.isClosed { throw StorageError(.closed, path: "memory") }
    }
}
