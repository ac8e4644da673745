package import Wire

/// One request and its answer, which may come at once or later, from the loop.
///
/// Exactly one of `respond`, `stream`, `upgrade` and `abort` ends it. When the client goes away
/// before, the answer goes nowhere and that is all.
@Loop package final class Exchange {
    enum Outcome {
        case response(Response)
        case takeover(any Takeover, head: Response, ResponseWriter.Framing)
    }

    package let request: Request
    private let connection: HTTPConnection
    private(set) var outcome: Outcome?

    /// Called when the client goes away while there is no answer yet.
    package var onClose: (@Loop () -> Void)?

    init(_ request: Request, on connection: HTTPConnection) {
        self.request = request
        self.connection = connection
    }

    /// The client's address without the port.
    package var peerAddress: String { connection.peerAddress }

    /// Whether the client is still there, as far as is known.
    package var isOpen: Bool { connection.isOpen }

    /// Answers; the answer leaves when those of all requests before it have left.
    package func respond(_ response: Response) {
        settle(.response(response))
    }

    /// Answers with a head and goes on writing; the connection ends with the stream.
    package func stream(_ head: Response) -> ResponseStream {
        let stream = ResponseStream(connection)
        settle(.takeover(stream, head: head, .untilClose))
        return stream
    }

    /// Answers with a head (status 101) and hands over the connection, with what follows the
    /// request already.
    package func upgrade(_ head: Response) -> RawConnection {
        let raw = RawConnection(connection)
        settle(.takeover(raw, head: head, .upgrade))
        return raw
    }

    /// Ends the connection now, with a RST and without an answer.
    package func abort() { connection.end(.here, withReset: true) }

    private func settle(_ outcome: Outcome) {
        precondition(self.outcome == nil, "a request was answered twice")
        self.outcome = outcome
        onClose = nil
        connection.outcomeArrived()
    }

    func clientWentAway() {
        let callback = onClose
        onClose = nil
        callback?()
    }
}
