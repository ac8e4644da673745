/// RFC 6455 as values: messages, frames, the handshake of both sides.
package enum WebSocket {
    /// Which end of the connection a decoder or an encoder stands at.
    package enum Role: Sendable {
        /// Masks what it sends, and takes no masked frame (RFC 6455 §5.1).
        case client
        /// Takes masked frames only, and never masks.
        case server
    }

    /// What a peer may send before the connection is failed with 1009.
    package struct Limits: Sendable {
        /// Bytes of one message, all its fragments together.
        package var messageBytes = 16 * 1024 * 1024
        /// Frames of one message.
        package var fragments = 1024
        /// Bytes of a control frame's payload; not ours to choose (RFC 6455 §5.5).
        static let controlBytes = 125

        package init(messageBytes: Int = 16 * 1024 * 1024, fragments: Int = 1024) {
            precondition(messageBytes > 0 && fragments > 0)
            self.messageBytes = messageBytes
            self.fragments = fragments
        }

        package static let standard = Limits()
    }

    /// A whole message, or a control frame.
    package enum Message: Equatable, Sendable {
        /// Valid UTF-8.
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        /// No code where the peer's frame was empty (1005 in the words of RFC 6455 §7.1.5).
        case close(code: Int?, reason: String)
    }
}
