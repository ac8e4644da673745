package import Lavalink

extension Fleet {
    /// What happens to a fleet.
    package enum Event: Sendable {
        /// Begin: connect to every node.
        case start
        case command(Command)
        case socket(NodeName, ConnectionID, SocketEvent)
        case answer(RequestID, NodeAnswer)
        /// A deadline may have passed.
        case tick
    }

    package enum SocketEvent: Sendable {
        case opened
        case message(NodeMessage)
        /// A frame that is no message of Lavalink's; the connection goes on.
        case unreadable(String)
        case pong
        case ended(NodeLink.Loss)
    }

    /// How a request to a node came out.
    package enum NodeAnswer: Sendable {
        case response(status: Int, body: [UInt8], retryAfter: Duration?)
        /// Nobody listens.
        case refused
        /// No answer in time: what became of it is not known.
        case timedOut
        /// The connection broke: what became of it is not known.
        case lost(String)

        /// The same, with Retry-After from zero to `longest`.
        func limitingRetryAfter(to longest: Duration) -> NodeAnswer {
            guard case .response(let status, let body, let asked?) = self else { return self }
            return .response(
                status: status,
                body: body,
                retryAfter: min(max(asked, .zero), longest)
            )
        }
    }

    /// What is to be done; the shell does it, in this order.
    package enum Effect: Sendable {
        case connect(NodeName, ConnectionID, resuming: String?)
        case ping(NodeName, ConnectionID)
        /// Drop the connection without a word; nothing more comes of it.
        case abort(NodeName, ConnectionID)
        /// Break the connection as a failing network would; its end comes back as an event.
        case breakConnection(NodeName, ConnectionID)
        case request(RequestID, NodeName, NodeRequest, timeout: Duration)
        /// The outcome of a request is of no interest any more.
        case forget(RequestID)
        case persist([StoreChange])
        case publish(FleetEvent)
        /// To be sent once everything that was to be persisted before it is.
        case reply(Answer)
    }
}
