/// What one subscriber has been sent and has not read yet, counted in events and bytes.
package struct Backlog: Sendable {
    package struct Limits: Sendable {
        /// Events sent to one subscriber and not read by it yet; above, the subscriber is dropped.
        package var events = 256
        /// Bytes of these events; above, the subscriber is dropped.
        package var bytes = 1_024 * 1_024
        package init() {}
    }

    private let limits: Limits
    /// Bytes written since the beginning.
    private var written = 0
    /// For each write that is on its way, `written` after it, and its events.
    private var writes: [(end: Int, events: Int)] = []
    private var read = 0
    /// Events on their way: those of a write are until all of it was read.
    package private(set) var events = 0

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Takes up one write, unless that would be too much.
    ///
    /// - Parameters:
    ///   - bytes: how long it is.
    ///   - count: how many events it has.
    ///   - pending: bytes of those before it that the kernel has not taken.
    /// - Returns: whether there was room.
    package mutating func take(_ bytes: Int, events count: Int = 1, pending: Int) -> Bool {
        settle(pending: pending)
        guard events + count <= limits.events, pending + bytes <= limits.bytes else { return false }
        written += bytes
        writes.append((written, count))
        events += count
        return true
    }

    private mutating func settle(pending: Int) {
        let taken = written - pending
        while read < writes.count, writes[read].end <= taken {
            events -= writes[read].events
            read += 1
        }
        guard read > 64 || read == writes.count else { return }
        writes.removeFirst(read)
        read = 0
    }
}
