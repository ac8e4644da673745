/// The body of an answer that never is complete, such as Server-Sent Events.
///
/// Nothing here limits what is written: look at `pendingBytes` before writing, and close.
@Loop package final class ResponseStream: Takeover {
    private let connection: HTTPConnection
    /// What was written before the turn of this answer came.
    private var held: [UInt8]? = []
    private var isFinished = false
    private var end: ConnectionEnd?

    /// Called once, when the connection has ended, for whatever reason; at once if it has already.
    package var onClose: (@Loop (ConnectionEnd) -> Void)? {
        didSet {
            guard let end, let onClose else { return }
            self.onClose = nil
            onClose(end)
        }
    }

    init(_ connection: HTTPConnection) { self.connection = connection }

    /// Bytes that were written and that the kernel has not taken.
    package var pendingBytes: Int { held?.count ?? (end == nil ? connection.pendingBytes : 0) }

    package var isOpen: Bool { end == nil && !isFinished }

    package func write(_ bytes: [UInt8]) {
        guard isOpen else { return }
        if held == nil {
            connection.send(bytes)
        } else {
            held?.append(contentsOf: bytes)
        }
    }

    /// Ends the stream after what is pending.
    package func close() {
        guard isOpen else { return }
        isFinished = true
        if held == nil { connection.finish() }
    }

    /// Ends the stream now; what is pending is lost.
    package func abort() {
        guard end == nil else { return }
        connection.end(.here)
    }

    func began() -> (held: [UInt8], isFinished: Bool) {
        defer { held = nil }
        return (held ?? [], isFinished)
    }

    func received(_ bytes: [UInt8]) {}  // an event stream's client has nothing to say

    func ended(_ reason: ConnectionEnd) {
        end = reason
        held = nil
        let callback = onClose
        onClose = nil
        callback?(reason)
    }

    var endsWithInput: Bool { true }
}
