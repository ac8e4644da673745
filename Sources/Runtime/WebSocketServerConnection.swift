package import Wire

/// The server's end of a WebSocket, after an upgrade of one of our listener's connections.
///
/// `closed` is the terminal event and comes exactly once, after `abort` and `drop` from within
/// them.
@Loop package final class WebSocketServerConnection {
    package enum Event: Sendable {
        case text([UInt8])
        case binary([UInt8])
        case pong([UInt8])
        /// The peer's code and reason, no code where its frame had none; 1006 when the connection
        /// broke or was aborted, and the code that we closed with after a violation.
        case closed(code: Int?, reason: String)
    }

    package struct Limits: Sendable {
        /// Of what the client sends.
        package var messages = WebSocket.Limits.standard
        /// Bytes waiting for the client to read; above, the connection is dropped.
        package var backlogBytes = 4 * 1024 * 1024
        /// Timeout from our close frame to the client's.
        package var closeTimeout = Duration.seconds(5)

        package init() {}
    }

    /// For tests of half-open connections: what arrives is lost, and what is sent as well.
    package var isStalled = false

    private let raw: RawConnection
    private let limits: Limits
    private let timer = LoopTimer()
    private var session: WebSocket.Session
    private var onEvent: (@Loop (Event) -> Void)?

    /// Checks an upgrade request and answers it: with 101 and the extra `headers`, or with the
    /// refusal that fits, and nil.
    package static func accept(
        _ exchange: Exchange,
        headers: [(name: String, value: String)] = [],
        limits: Limits = Limits()
    ) -> WebSocketServerConnection? {
        switch WebSocket.ServerHandshake.verdict(on: exchange.request) {
        case .refuse(var response):
            response.headers += headers
            exchange.respond(response)
            return nil
        case .accept(let fields):
            let head = Response(status: 101, headers: fields + headers)
            return WebSocketServerConnection(exchange.upgrade(head), limits: limits)
        }
    }

    private init(_ raw: RawConnection, limits: Limits) {
        self.raw = raw
        self.limits = limits
        session = WebSocket.Session(limits: limits.messages, makeKey: nil)
    }

    package var peerAddress: String { raw.peerAddress }

    /// Whether messages can be sent.
    package var isOpen: Bool { session.isOpen && raw.isOpen }

    /// Begins to receive, with what has come already.
    package func start(onEvent: @escaping @Loop (Event) -> Void) {
        self.onEvent = onEvent
        raw.start(
            onBytes: { self.received($0) },
            onEnd: { _ in
                self.end(WebSocketClient.abnormalClosure, "connection ended without a close frame")
            }
        )
    }

    /// Sends a text; nothing when it is not open.
    package func send(text: [UInt8]) { send(WebSocket.Frame(.text, text)) }

    package func send(text: String) { send(text: Array(text.utf8)) }

    package func ping(_ payload: [UInt8] = []) { send(WebSocket.Frame(.ping, payload)) }

    /// Sends any frame, also one that is only part of a message.
    package func send(_ frame: WebSocket.Frame) {
        if let bytes = session.encoded(frame) { write(bytes) }
    }

    /// Closes in order: `closed` comes with the client's answer, or after the close timeout.
    package func close(code: Int? = 1000, reason: String = "") {
        guard let frame = session.close(code: code, reason: reason) else { return }
        timer.schedule(after: limits.closeTimeout) { self.abort() }
        write(frame)
    }

    /// Drops the connection with a RST and without a close frame.
    package func abort() { raw.abort() }

    /// Ends the connection with a FIN and without a close frame.
    package func drop() {
        raw.close()
        end(WebSocketClient.abnormalClosure, "dropped")
    }

    private func received(_ bytes: [UInt8]) {
        guard !isStalled else { return }
        session.append(bytes[...])
        while let output = session.next() {
            switch output {
            case .message(.text(let text)): onEvent?(.text(text))
            case .message(.binary(let bytes)): onEvent?(.binary(bytes))
            case .message(.pong(let payload)): onEvent?(.pong(payload))
            case .message(.ping), .message(.close): break
            case .send(let bytes): write(bytes)
            case .ended(let code, let reason):
                raw.close()
                end(code, reason)
            }
        }
    }

    private func write(_ bytes: [UInt8]) {
        guard !isStalled else { return }
        raw.send(bytes)
        if raw.pendingBytes > limits.backlogBytes { raw.abort() }
    }

    private func end(_ code: Int?, _ reason: String) {
        timer.cancel()
        let callback = onEvent
        onEvent = nil
        callback?(.closed(code: code, reason: reason))
    }
}
