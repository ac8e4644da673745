/// A connection of one's own, from the turn of the answer that claims it until it ends.
///
/// What is written before that turn is held. A class: a write may end the connection, and so come
/// back here before it returns.
@Loop final class Claim {
    private let connection: HTTPConnection
    private var held: [UInt8]? = []
    private var isFinished = false
    private(set) var end: ConnectionEnd?

    init(_ connection: HTTPConnection) { self.connection = connection }

    var peerAddress: String { connection.peerAddress }

    /// Bytes that were written and that the kernel has not taken.
    var pendingBytes: Int { held?.count ?? (end == nil ? connection.pendingBytes : 0) }

    var isOpen: Bool { end == nil && !isFinished }

    func write(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if held == nil {
            connection.send(bytes)
        } else {
            held?.append(contentsOf: bytes)
        }
    }

    /// Ends the connection after what is pending.
    func finish() {
        guard isOpen else { return }
        isFinished = true
        if held == nil { connection.finish() }
    }

    /// Ends the connection now.
    func abort(withReset: Bool) {
        guard end == nil else { return }
        connection.end(.here, withReset: withReset)
    }

    /// The turn has come: takes out what was held.
    func begin() -> (held: [UInt8], isFinished: Bool) {
        defer { held = nil }
        return (held ?? [], isFinished)
    }

    func ended(_ reason: ConnectionEnd) {
        end = reason
        held = nil
    }
}
