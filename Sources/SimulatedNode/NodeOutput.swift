package import Wire

/// A WebSocket connection of a client, numbered by the model.
package struct ConnectionID: Hashable, Sendable {
    package let number: Int

    package init(_ number: Int) { self.number = number }
}

/// A REST request on its way, numbered by its sender.
package struct Ticket: Hashable, Sendable {
    package let number: Int

    package init(_ number: Int) { self.number = number }
}

/// What the node does, in the order in which it does it.
package enum NodeOutput: Sendable {
    /// The answer to a request.
    case answer(Ticket, Response)
    /// The connection of this request ends with a reset and no answer.
    case reset(Ticket)
    /// Nobody listens on the port: the connection of this request is refused.
    case refuseConnection(Ticket)
    /// The port listens from now on.
    case listen
    /// A text frame.
    case send(ConnectionID, [UInt8])
    /// A close frame, and the end of the connection behind it.
    case close(ConnectionID, code: UInt16, reason: String)
    /// The end of a connection without a close frame.
    case abort(ConnectionID)
}

/// What comes of a WebSocket handshake.
package enum HandshakeOutcome: Sendable {
    /// 101 with these headers beside those of RFC 6455.
    case upgrade(ConnectionID, headers: [(name: String, value: String)])
    case refuse(Response)
    /// The connection stays open and nothing is ever said.
    case stall
    /// Nobody listens on the port.
    case refuseConnection
}
