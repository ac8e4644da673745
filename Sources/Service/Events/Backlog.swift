/// What one subscriber has been sent and has not read yet, counted in events and bytes.
package struct Backlog: Sendable {
    package struct Limits: Sendable {
        package var events = 256
        package var bytes = 1_024 * 1_024
        package init() {}
    }

    private let limits: Limits
    /// Bytes written since the beginning.
    private var written = 0
    /// For each event that is on its way, `written` after it.
    private var ends: [Int] = []
    private var read = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Events on their way.
    package var events: Int { ends.count - read }

    /// Takes up one more, unless that would be too much.
    ///
    /// - Parameters:
    ///   - bytes: how long it is.
    ///   - pending: bytes of those before it that the kernel has not taken.
    /// - Returns: whether there was room.
    package mutating func take(_ bytes: Int, pending: Int) -> Bool {
        settle(pending: pending)
        guard events < limits.events, pending + bytes <= limits.bytes else { return false }
        written += bytes
        ends.append(written)
        return true
    }

    private mutating func settle(pending: Int) {
        let taken = written - pending
        while read < ends.count, ends[read] <= taken { read += 1 }
        guard read > 64 || read == ends.count else { return }
        ends.removeFirst(read)
        read = 0
    }
}
