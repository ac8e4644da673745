extension WebSocket {
    /// One side of an open connection: what to do with what arrives, and how it comes to an end.
    ///
    /// Pings are answered, a close is echoed, a violation is closed with its code. Whoever owns the
    /// connection gives it bytes with `append`, calls `next` until it says nil, writes what is to
    /// be sent, and drops the connection after `ended`.
    package struct Session: Sendable {
        package enum Output: Equatable, Sendable {
            /// A text, a binary message or a pong.
            case message(Message)
            case send([UInt8])
            /// Nothing comes after it. The code is nil for an empty close frame.
            case ended(code: Int?, reason: String)
        }

        private enum State {
            case open
            /// Our close frame is out, the peer's is awaited (RFC 6455 §7.1.2).
            case closing
            case ended
        }

        private var decoder: FrameDecoder
        private let makeKey: (@Sendable () -> MaskingKey)?
        private var state = State.open
        /// What `next` says after a last frame.
        private var ending: Output?

        /// A client gives the source of its keys, which have to be unpredictable; a server none.
        package init(limits: Limits = .standard, makeKey: (@Sendable () -> MaskingKey)?) {
            decoder = FrameDecoder(role: makeKey == nil ? .server : .client, limits: limits)
            self.makeKey = makeKey
        }

        /// Whether messages may be sent: before either side has begun to close.
        package var isOpen: Bool {
            switch state {
            case .open: true
            case .closing, .ended: false
            }
        }

        package mutating func append(_ bytes: ArraySlice<UInt8>) { decoder.append(bytes) }

        /// What to do next, or nil until more bytes are there.
        ///
        /// One at a time, so that what answers a message is sent before a close that follows it.
        package mutating func next() -> Output? {
            if let ending {
                self.ending = nil
                return ending
            }
            do throws(ProtocolError) {
                while let message = try nextMessage() {
                    if let output = take(message) { return output }
                }
                return nil
            } catch {
                return end(code: error.closeCode, reason: error.reason)
            }
        }

        /// A frame to send, or nil when the connection is closing.
        package func encoded(_ frame: Frame) -> [UInt8]? {
            isOpen ? frame.encoded(mask: makeKey?()) : nil
        }

        /// Begins to close: the frame to send, or nil when that has begun already.
        package mutating func close(code: Int?, reason: String) -> [UInt8]? {
            guard let bytes = encoded(.close(code: code, reason: reason)) else { return nil }
            state = .closing
            return bytes
        }

        private mutating func nextMessage() throws(ProtocolError) -> Message? {
            switch state {
            case .open, .closing: try decoder.next()
            case .ended: nil
            }
        }

        private mutating func take(_ message: Message) -> Output? {
            switch message {
            case .text, .binary, .pong: .message(message)
            case .ping(let payload): encoded(Frame(.pong, payload)).map { .send($0) }
            case .close(let code, let reason): end(code: code, reason: reason)
            }
        }

        private mutating func end(code: Int?, reason: String) -> Output {
            let frame = close(code: code, reason: reason)
            state = .ended
            guard let frame else { return .ended(code: code, reason: reason) }
            ending = .ended(code: code, reason: reason)
            return .send(frame)
        }
    }
}
