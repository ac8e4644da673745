/// The body of an answer that never is complete, such as Server-Sent Events.
///
/// Nothing here limits what is written: look at `pendingBytes` before writing, and close.
@Loop package final class ResponseStream: Takeover {
    private let claim: Claim

    /// Called once, when the connection has ended, for whatever reason, or when an answer before
    /// this one keeps its turn from coming; at once if it has happened already.
    package var onClose: (@Loop (ConnectionEnd) -> Void)? {
        didSet {
            guard let end = claim.end, let onClose else { return }
            self.onClose = nil
            onClose(end)
        }
    }

    init(_ connection: HTTPConnection) { claim = Claim(connection) }

    /// Bytes that were written and that the kernel has not taken.
    package var pendingBytes: Int { claim.pendingBytes }

    package var isOpen: Bool { claim.isOpen }

    package func write(_ bytes: [UInt8]) { claim.write(bytes) }

    /// Ends the stream after what is pending.
    package func close() { claim.finish() }

    /// Ends the stream now; what is pending is lost.
    package func abort() { claim.abort(withReset: false) }

    func began() -> (held: [UInt8], isFinished: Bool) { claim.begin() }

    func received(_ bytes: [UInt8]) {}  // an event stream's client has nothing to say

    func ended(_ reason: ConnectionEnd) {
        claim.ended(reason)
        let callback = onClose
        onClose = nil
        callback?(reason)
    }

    var endsWithInput: Bool { true }
}
