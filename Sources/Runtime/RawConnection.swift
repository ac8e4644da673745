/// A connection after an upgrade: bytes in both directions, whatever they mean.
@Loop package final class RawConnection: Takeover {
    private let connection: HTTPConnection
    private var held: [UInt8]? = []
    private var early: [UInt8] = []
    private var onBytes: (@Loop ([UInt8]) -> Void)?
    private var onEnd: (@Loop (ConnectionEnd) -> Void)?
    private var isFinished = false
    private var end: ConnectionEnd?

    init(_ connection: HTTPConnection) { self.connection = connection }

    package var peerAddress: String { connection.peerAddress }

    /// Bytes that were sent and that the kernel has not taken.
    package var pendingBytes: Int { held?.count ?? (end == nil ? connection.pendingBytes : 0) }

    package var isOpen: Bool { end == nil && !isFinished }

    /// Begins to receive, with what has come already; `onEnd` is called once.
    package func start(
        onBytes: @escaping @Loop ([UInt8]) -> Void,
        onEnd: @escaping @Loop (ConnectionEnd) -> Void
    ) {
        self.onBytes = onBytes
        self.onEnd = onEnd
        let bytes = early
        early = []
        if !bytes.isEmpty { onBytes(bytes) }
        if let end { ended(end) }
    }

    package func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if held == nil {
            connection.send(bytes)
        } else {
            held?.append(contentsOf: bytes)
        }
    }

    /// Ends the connection after what is pending; what the client still sends is thrown away.
    package func close() {
        guard isOpen else { return }
        isFinished = true
        if held == nil { connection.finish() }
    }

    /// Ends the connection now, with a RST.
    package func abort() {
        guard end == nil else { return }
        connection.end(.here, withReset: true)
    }

    func began() -> (held: [UInt8], isFinished: Bool) {
        defer { held = nil }
        return (held ?? [], isFinished)
    }

    func received(_ bytes: [UInt8]) {
        if let onBytes { onBytes(bytes) } else { early.append(contentsOf: bytes) }
    }

    func ended(_ reason: ConnectionEnd) {
        end = reason
        held = nil
        onBytes = nil
        let callback = onEnd
        onEnd = nil
        callback?(reason)
    }

    var endsWithInput: Bool { true }
}
