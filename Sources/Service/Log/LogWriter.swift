import Dispatch
import Synchronization

/// Writes the log's lines on a queue of its own: a pipe that is not drained must not hold up the
/// loop.
package final class LogWriter: Sendable {
    /// Bytes that may wait to be written; lines above are dropped, and their number is told later.
    package static let pendingLimit = 1024 * 1024

    /// Bytes of lines that are written in one call to a pipe, which takes so many without cutting
    /// them up among those of other writers (POSIX, `PIPE_BUF`).
    package static let bytesPerPipeWrite = 4_096
    /// The same for a file.
    package static let bytesPerFileWrite = 64 * 1_024
    /// How long a line waits for others.
    static let gathering: DispatchTimeInterval = .milliseconds(20)

    private struct State {
        /// Whole lines, several of them in each element.
        var pending: [[UInt8]] = []
        /// Bytes that are pending, or being written.
        var bytes = 0
        var dropped = 0
        var isDue = false

        mutating func append(_ line: [UInt8], bytesPerWrite: Int) {
            let last = pending.count - 1
            if last >= 0, pending[last].count + line.count <= bytesPerWrite {
                pending[last].append(contentsOf: line)
            } else {
                var lines: [UInt8] = []
                lines.reserveCapacity(max(bytesPerWrite, line.count))
                lines.append(contentsOf: line)
                pending.append(lines)
            }
        }
    }

    private let queue = DispatchQueue(label: "log")
    private let state = Mutex(State())
    private let bytesPerWrite: Int
    private let notice: @Sendable (Int) -> [UInt8]
    private let write: @Sendable ([UInt8]) -> Void

    /// Writes whole lines with `write`, up to so many bytes at once; `notice` is the line that says
    /// how many were dropped.
    package init(
        bytesPerWrite: Int = bytesPerPipeWrite,
        notice: @escaping @Sendable (Int) -> [UInt8],
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.bytesPerWrite = bytesPerWrite
        self.notice = notice
        self.write = write
    }

    /// Has a line written soon, in the order of the calls.
    package func take(_ line: [UInt8]) {
        let mustSchedule = state.withLock { state in
            guard state.bytes + line.count <= Self.pendingLimit else {
                state.dropped += 1
                return false
            }
            state.bytes += line.count
            state.append(line, bytesPerWrite: bytesPerWrite)
            defer { state.isDue = true }
            return !state.isDue
        }
        guard mustSchedule else { return }
        queue.asyncAfter(deadline: .now() + Self.gathering) { self.put() }
    }

    private func put() {
        let (pending, dropped) = state.withLock { state in
            defer {
                state.pending = []
                state.dropped = 0
                state.isDue = false
            }
            return (state.pending, state.dropped)
        }
        if dropped > 0 { write(notice(dropped)) }
        for lines in pending { write(lines) }
        state.withLock { $0.bytes -= pending.reduce(0) { $0 + $1.count } }
    }

    /// Returns when everything taken before is written; for the end of the program.
    package func flush() { queue.sync { put() } }
}
