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
    /// What was answered before its turn.
    private(set) var outcome: Outcome?
    private var isAnswered = false
    /// Why the turn of this answer will never come, if that is so.
    private var end: ConnectionEnd?

    /// Called when there is no answer yet and its turn will not come: the client has gone, or an
    /// answer before it has ended HTTP on the connection.
    package var onClose: (@Loop () -> Void)?

    init(_ request: Request, on connection: HTTPConnection) {
        self.request = request
        self.connection = connection
    }

    /// The client's address without the port.
    package var peerAddress: String { connection.peerAddress }

    /// Whether an answer can still reach the client, as far as is known.
    package var isOpen: Bool { end == nil && connection.isOpen }

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
        precondition(!isAnswered, "a request was answered twice")
        isAnswered = true
        onClose = nil
        if let end {
            Self.tellOwner(of: outcome, end)
        } else if connection.isTurn(of: self) {
            connection.answer(outcome, of: self)
        } else {
            self.outcome = outcome
        }
    }

    /// The turn of this answer will never come: tells who is to give it, or counts on it.
    func abandon(_ reason: ConnectionEnd) {
        end = reason
        if let outcome { Self.tellOwner(of: outcome, reason) }
        let callback = onClose
        onClose = nil
        callback?()
    }

    private static func tellOwner(of outcome: Outcome, _ reason: ConnectionEnd) {
        if case .takeover(let owner, _, _) = outcome { owner.ended(reason) }
    }
}
