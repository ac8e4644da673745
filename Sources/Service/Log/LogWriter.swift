import Dispatch
import Synchronization

/// Writes the log's lines on a queue of its own: a pipe that nobody drains must not hold up the
/// loop.
package final class LogWriter: Sendable {
    /// Bytes that may wait to be written; lines above are dropped, and their number is told later.
    package static let pendingLimit = 1024 * 1024

    private struct State {
        var pending = 0
        var dropped = 0
    }

    private let queue = DispatchQueue(label: "log")
    private let state = Mutex(State())
    private let notice: @Sendable (Int) -> [UInt8]
    private let write: @Sendable ([UInt8]) -> Void

    /// Writes with `write`; `notice` is the line that says how many were dropped.
    package init(
        notice: @escaping @Sendable (Int) -> [UInt8],
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.notice = notice
        self.write = write
    }

    /// Has a line written soon, in the order of the calls.
    package func take(_ line: [UInt8]) {
        let isTaken = state.withLock { state in
            guard state.pending + line.count <= Self.pendingLimit else {
                state.dropped += 1
                return false
            }
            state.pending += line.count
            return true
        }
        guard isTaken else { return }
        queue.async { self.put(line) }
    }

    private func put(_ line: [UInt8]) {
        let dropped = state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
        if dropped > 0 { write(notice(dropped)) }
        write(line)
        state.withLock { $0.pending -= line.count }
    }

    /// Returns when everything taken before is written; for the end of the program.
    package func flush() { queue.sync {} }
}
