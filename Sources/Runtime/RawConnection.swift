/// A connection after an upgrade: bytes in both directions, whatever they mean.
@Loop package final class RawConnection: Takeover {
    private let claim: Claim
    private var early: [UInt8] = []
    private var onBytes: (@Loop ([UInt8]) -> Void)?
    private var onEnd: (@Loop (ConnectionEnd) -> Void)?

    init(_ connection: HTTPConnection) { claim = Claim(connection) }

    package var peerAddress: String { claim.peerAddress }

    /// Bytes that were sent and that the kernel has not taken.
    package var pendingBytes: Int { claim.pendingBytes }

    package var isOpen: Bool { claim.isOpen }

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
        if let end = claim.end { ended(end) }
    }

    package func send(_ bytes: [UInt8]) { claim.write(bytes) }

    /// Ends the connection after what is pending; what the client still sends is thrown away.
    package func close() { claim.finish() }

    /// Ends the connection now, with a RST.
    package func abort() { claim.abort(withReset: true) }

    func began() -> (held: [UInt8], isFinished: Bool) { claim.begin() }

    func received(_ bytes: [UInt8]) {
        if let onBytes { onBytes(bytes) } else { early.append(contentsOf: bytes) }
    }

    func ended(_ reason: ConnectionEnd) {
        claim.ended(reason)
        onBytes = nil
        let callback = onEnd
        onEnd = nil
        callback?(reason)
    }

    var endsWithInput: Bool { true }
}
