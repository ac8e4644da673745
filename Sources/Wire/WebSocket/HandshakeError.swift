extension WebSocket {
    /// Why a handshake came to nothing, apart from a plain refusal.
    package enum HandshakeError: Error, Equatable {
        /// A name or value of ours that cannot stand in a head.
        case invalidHeader(String)
        case headTooLarge(limit: Int)
        case malformedHead
        /// 101, but a field of it is absent or wrong (RFC 6455 §4.1).
        case invalidAnswer(field: String)
        /// The peer closed before the end of its head.
        case closedEarly

        package var reason: String {
            switch self {
            case .invalidHeader(let name): "header \(name) has bytes that may not be sent"
            case .headTooLarge(let limit): "head of the answer exceeds \(limit) bytes"
            case .malformedHead: "answer is not HTTP/1.1"
            case .invalidAnswer(let field): "\(field) of the answer is absent or wrong"
            case .closedEarly: "connection closed during the handshake"
            }
        }
    }

    /// What both sides make of a key (RFC 6455 §4.2.2).
    package static func acceptValue(forKey key: String) -> String {
        Base64.encode(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }
}
