package import Wire

/// A WebSocket to another server, over libcurl.
///
/// It connects when it is made and lives until its terminal event, which comes exactly once: before
/// `opened` it is `refused` or `failed`, after it `closed`. No event comes from within a call of a
/// method, and none after the terminal one.
@Loop package final class WebSocketClient {
    package enum Event: Sendable {
        /// Upgraded, with the header fields of the answer (names in lower case).
        case opened(headers: [(name: String, value: String)])
        case text([UInt8])
        case pong([UInt8])
        /// Answered with something else than 101: terminal.
        case refused(status: Int, headers: [(name: String, value: String)], body: [UInt8])
        /// Never opened: terminal.
        case failed(TransferError)
        /// Terminal: the peer's code and reason, no code where its frame had none; 1006 when the
        /// connection broke or was aborted, and the code that we closed with after a violation.
        case closed(code: Int?, reason: String)
    }

    package struct Limits: Sendable {
        /// Of what the peer sends.
        package var messages = WebSocket.Limits.standard
        /// Bytes waiting to be sent; above, the connection is dropped.
        package var backlogBytes = 1024 * 1024
        /// Timeout from the start to the end of the upgrade.
        package var handshakeTimeout = Duration.seconds(10)
        /// Timeout from our close frame to the peer's.
        package var closeTimeout = Duration.seconds(5)
        /// Interval of the reads of a peer that sends more often.
        ///
        /// At 5,000 messages in a second, 50 of them cost one wake-up, one read, and one write to
        /// each subscriber. The reads of all such peers fall together. A peer that was silent for
        /// this long is read at once, and so is one that has a ping to answer.
        package var readPace = Duration.milliseconds(10)

        package init() {}
    }

    private enum State {
        case connecting(WebSocket.ClientHandshake)
        case open(WebSocket.Session)
        case ended
    }

    /// The code that stands for no close frame at all (RFC 6455 §7.4.1).
    package static let abnormalClosure = 1006

    private let limits: Limits
    private let onEvent: @Loop (Event) -> Void
    private let timer = LoopTimer()
    private var connection: CurlConnection?
    private var state = State.ended

    /// Connects to `ws` or, with `tls`, `wss`; `caFile` (PEM) replaces the system's certificates.
    package init(
        host: String,
        port: UInt16,
        tls: Bool,
        path: String,
        headers: [(name: String, value: String)] = [],
        caFile: String? = nil,
        limits: Limits = Limits(),
        onEvent: @escaping @Loop (Event) -> Void
    ) {
        self.limits = limits
        self.onEvent = onEvent
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        let authority = port == (tls ? 443 : 80) ? name : "\(name):\(port)"
        do throws(TransferError) {
            let handshake = try Self.handshake(authority, path, headers)
            let connection = try CurlConnection(
                url: "\(tls ? "https" : "http")://\(name):\(port)/",
                caFile: caFile,
                readPace: limits.readPace
            )
            start(connection, handshake)
        } catch {
            deliverLater(.failed(error))
        }
    }

    /// Whether messages can be sent.
    package var isOpen: Bool {
        if case .open(let session) = state { session.isOpen } else { false }
    }

    /// Takes in what the peer has sent by now, which is not read at once if it sends often.
    package func readNow() { connection?.readNow() }

    /// Sends a text; nothing when it is not open.
    package func send(text: [UInt8]) { send(WebSocket.Frame(.text, text)) }

    package func send(text: String) { send(text: Array(text.utf8)) }

    /// Sends a ping with at most 125 bytes; nothing when it is not open.
    package func ping(_ payload: [UInt8] = []) {
        connection?.awaitsAnswer = true
        send(WebSocket.Frame(.ping, payload))
    }

    /// Closes in order: `closed` comes with the peer's answer, or after the close timeout.
    package func close(code: Int? = 1000, reason: String = "") {
        guard case .open(var session) = state else { return abort() }
        guard let frame = session.close(code: code, reason: reason) else { return }
        state = .open(session)
        timer.schedule(after: limits.closeTimeout) {
            self.abort(reason: "the peer did not answer the close frame")
        }
        write(frame)
    }

    /// Drops the connection without a close frame, as a failure would.
    package func abort() { abort(reason: "aborted") }

    private func abort(reason: String) {
        switch state {
        case .ended: return
        case .connecting: end(.failed(.cancelled))
        case .open: end(.closed(code: Self.abnormalClosure, reason: reason))
        }
    }

    // MARK: Opening

    private static func handshake(
        _ authority: String,
        _ path: String,
        _ headers: [(name: String, value: String)]
    ) throws(TransferError) -> WebSocket.ClientHandshake {
        do throws(WebSocket.HandshakeError) {
            let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
            return try WebSocket.ClientHandshake(
                host: authority,
                path: path,
                headers: headers,
                nonce: nonce
            )
        } catch {
            throw .invalidRequest(error.reason)
        }
    }

    private func start(_ connection: CurlConnection, _ handshake: WebSocket.ClientHandshake) {
        self.connection = connection
        state = .connecting(handshake)
        timer.schedule(after: limits.handshakeTimeout) { self.handshakeIsLate() }
        connection.start(
            .init(
                onOpen: { connection.send(handshake.request) },
                onBytes: { self.received($0) },
                onEnd: { self.connectionEnded($0) }
            )
        )
    }

    private func handshakeIsLate() {
        guard case .connecting(let handshake) = state else { return }
        // What there is of a refusal says more than the time-out.
        if case .success(let outcome) = Self.finish(handshake) { return settle(outcome) }
        end(.failed(.timedOut))
    }

    private static func finish(
        _ handshake: WebSocket.ClientHandshake
    ) -> Result<WebSocket.ClientHandshake.Outcome, WebSocket.HandshakeError> {
        Result { () throws(WebSocket.HandshakeError) in try handshake.finish() }
    }

    private func settle(_ outcome: WebSocket.ClientHandshake.Outcome) {
        switch outcome {
        case .refused(let status, let headers, let body):
            end(.refused(status: status, headers: headers, body: body))
        case .opened(let headers, let rest):
            timer.cancel()
            let session = WebSocket.Session(limits: limits.messages) {
                WebSocket.MaskingKey(UInt32.random(in: .min ... .max))
            }
            state = .open(session)
            onEvent(.opened(headers: headers))
            if !rest.isEmpty { received(rest[...]) }
        }
    }

    // MARK: Receiving

    private func received(_ bytes: ArraySlice<UInt8>) {
        switch state {
        case .ended: return
        case .connecting(var handshake):
            do throws(WebSocket.HandshakeError) {
                let outcome = try handshake.receive(bytes)
                state = .connecting(handshake)
                if let outcome { settle(outcome) }
            } catch {
                end(.failed(.connectionLost(error.reason)))
            }
        case .open:
            withSession { $0.append(bytes) }
            while let output = withSession({ $0.next() }) { act(on: output) }
        }
    }

    /// Nil when it is not open any more.
    private func withSession<T>(_ body: (inout WebSocket.Session) -> T?) -> T? {
        guard case .open(var session) = state else { return nil }
        state = .ended  // so that the session has one owner, and its buffers are not copied
        defer { state = .open(session) }
        return body(&session)
    }

    private func act(on output: WebSocket.Session.Output) {
        switch output {
        case .message(.text(let text)): onEvent(.text(text))
        case .message(.pong(let payload)):
            connection?.awaitsAnswer = false
            onEvent(.pong(payload))
        case .message(.binary), .message(.ping), .message(.close): break
        case .send(let bytes): write(bytes)
        case .ended(let code, let reason): end(.closed(code: code, reason: reason))
        }
    }

    private func connectionEnded(_ reason: CurlConnection.End) {
        let detail: TransferError
        switch reason {
        case .byPeer: detail = .connectionLost("closed without a close frame")
        case .failed(let error): detail = error
        }
        switch state {
        case .ended: return
        case .open: end(.closed(code: Self.abnormalClosure, reason: detail.reason))
        case .connecting(let handshake):
            switch (Self.finish(handshake), reason) {
            case (.success(let outcome), _): settle(outcome)
            case (.failure(let error), .byPeer): end(.failed(.connectionLost(error.reason)))
            case (.failure, .failed): end(.failed(detail))
            }
        }
    }

    // MARK: Sending

    private func send(_ frame: WebSocket.Frame) {
        guard case .open(let session) = state, let bytes = session.encoded(frame) else { return }
        write(bytes)
    }

    private func write(_ bytes: [UInt8]) {
        connection?.send(bytes)
        guard let pending = connection?.pendingBytes, pending > limits.backlogBytes else { return }
        abort(reason: "the peer does not read: \(pending) bytes are waiting")
    }

    // MARK: The end

    private func end(_ event: Event) {
        state = .ended
        timer.cancel()
        connection?.close()
        connection = nil
        deliverLater(event)
    }

    private func deliverLater(_ event: Event) {
        let onEvent = onEvent
        Loop.queue.async { Loop.assumeIsolated { onEvent(event) } }
    }
}
