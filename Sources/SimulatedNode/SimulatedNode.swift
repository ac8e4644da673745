import Glibc
package import Runtime
package import Wire

/// A `NodeModel` on a port of this machine: a Lavalink node for tests, demonstrations, benchmarks.
///
/// ```swift
/// let node = try SimulatedNode.started(password: "secret")
/// node.script.refuseHandshakes(2)
/// node.drop()
/// await node.stop()
/// ```
@Loop package final class SimulatedNode {
    /// A request as it came, handshakes among them.
    package struct LoggedRequest: Sendable {
        package var method: Wire.Method
        package var path: String
        package var query: String?
        package var body: [UInt8]
        /// The session that a handshake asked for.
        package var sessionID: String?
        /// Nil while there is no answer.
        package var status: Int?
    }

    /// Requests that the log keeps; older ones are forgotten.
    static let logLimit = 10_000
    /// Bytes that the body of a request may have.
    static let bodyLimit = 16 * 1_024 * 1_024

    package let settings: NodeSettings
    /// The port in use, also when 0 was asked for; stays the same over restarts.
    package private(set) var port: UInt16 = 0
    package private(set) var log: [LoggedRequest] = []
    /// Nothing is read any more and nothing sent, while every connection stays open: a machine that
    /// lost its network.
    package var isFrozen = false {
        didSet { for socket in sockets.values { socket.isStalled = isFrozen } }
    }

    /// Hears on which port it listens after each start, or why it cannot.
    package var onListening: (@Loop (Result<UInt16, ListenerError>) -> Void)?

    private var model: NodeModel
    private var listener: Listener?
    private var address = "127.0.0.1"
    private var isStarted = false
    private var sockets: [ConnectionID: WebSocketServerConnection] = [:]
    private var waiting: [Ticket: Exchange] = [:]
    /// Requests that are never answered; they end with the node.
    private var stalled: [Exchange] = []
    /// Where the request of a ticket stands in the log, counted from the first ever.
    private var indices: [Ticket: Int] = [:]
    private var forgotten = 0
    private var lastTicket = 0
    private let timer = LoopTimer()
    private let origin = MonotonicClock.nanoseconds()

    package init(settings: NodeSettings = NodeSettings(), seed: UInt64 = 1) {
        var settings = settings
        settings.epochMilliseconds = Self.epochMilliseconds()
        self.settings = settings
        model = NodeModel(settings: settings, seed: seed)
    }

    /// A node that listens on loopback; port 0 takes any free one.
    ///
    /// Session ids follow from the seed: processes that follow one another on a port need each
    /// their own.
    package static func started(
        port: UInt16 = 0,
        password: String = NodeSettings().password,
        settings: NodeSettings = NodeSettings(),
        seed: UInt64 = 1
    ) throws(ListenerError) -> SimulatedNode {
        var settings = settings
        settings.password = password
        let node = SimulatedNode(settings: settings, seed: seed)
        try node.start(port: port)
        return node
    }

    private static func epochMilliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    // MARK: Starting and stopping

    /// Starts the process: its port listens at once, or after `startTime`.
    ///
    /// - Throws: when the port cannot be had, also when it listens only later.
    package func start(address: String = "127.0.0.1", port: UInt16 = 0) throws(ListenerError) {
        guard !isStarted else { return }
        self.address = address
        self.port = port
        try listen()
        isStarted = true
        if settings.startTime > 0 {
            // The port is known and was free; until the start is over it refuses.
            listener?.stop()
            listener = nil
        }
        perform { $0.start(now: $1) }
    }

    private func listen() throws(ListenerError) {
        guard listener == nil else { return }
        var options = ListenerOptions()
        options.connections = 16_384
        options.requestsPerConnection = .max
        options.limits.body = Self.bodyLimit
        let new = try Listener(address: address, port: port, options: options) { self.take($0) }
        listener = new
        self.port = new.port
    }

    /// The start is over.
    private func listenAtLast() {
        do throws(ListenerError) {
            try listen()
            onListening?(.success(port))
        } catch {
            onListening?(.failure(error))
        }
    }

    /// Ends the process orderly, as SIGTERM does: sockets close with 1001.
    package func stop() async {
        guard isStarted else { return }
        perform { $0.terminate(gracefully: true, now: $1) }
        release()
        let listener = self.listener
        self.listener = nil
        await listener?.shutdown(within: .milliseconds(500))
    }

    /// Ends the process as SIGKILL does: connections end without a word.
    package func kill() async {
        guard isStarted else { return }
        listener?.stop()
        perform { $0.terminate(gracefully: false, now: $1) }
        release()
        let listener = self.listener
        self.listener = nil
        await listener?.shutdown(within: .zero)
    }

    /// Starts again on the same port, with nothing left of before.
    package func restart() throws(ListenerError) { try start(port: port) }

    private func release() {
        isStarted = false
        timer.cancel()
        for exchange in stalled { exchange.abort() }
        stalled = []
        waiting = [:]
        indices = [:]
    }

    // MARK: What tests do

    /// What goes wrong from now on.
    package var script: NodeScript {
        get { model.script }
        set { model.script = newValue }
    }

    package var sessionIDs: [String] { model.sessionIDs }
    package var guilds: [Int64] { model.guilds }

    /// Closes every WebSocket; without a code it just ends.
    package func drop(code: UInt16? = nil, reason: String = "") {
        perform { $0.drop(code: code, reason: reason, now: $1) }
    }

    /// Ends every WebSocket with a RST.
    package func resetSockets() {
        for socket in sockets.values { socket.abort() }
    }

    /// Loses every session, while the WebSockets stay open.
    package func forgetSessions() { perform { $0.forget(now: $1) } }

    /// Ends the time of every session that waits to be resumed.
    package func expirePausedSessions() { perform { $0.expirePausedSessions(now: $1) } }

    /// The voice server of a guild closes.
    package func closeVoice(of guild: Int64, code: Int, reason: String = "") {
        perform { $0.closeVoice(of: guild, code: code, reason: reason, now: $1) }
    }

    /// Sends any text to every session.
    package func broadcast(_ text: String) {
        perform { $0.broadcast(Array(text.utf8), now: $1) }
    }

    package func clearLog() {
        forgotten += log.count
        log = []
    }
}

// MARK: Between the model and the sockets

extension SimulatedNode {
    private var now: Duration { .nanoseconds(MonotonicClock.nanoseconds() - origin) }

    private func perform(_ body: (inout NodeModel, Duration) -> [NodeOutput]) {
        carryOut(body(&model, now))
        schedule()
    }

    private func schedule() {
        guard let deadline = model.nextDeadline else { return timer.cancel() }
        timer.schedule(after: deadline - now) { self.perform { $0.advance(to: $1) } }
    }

    private func carryOut(_ outputs: [NodeOutput]) {
        for output in outputs {
            switch output {
            case .answer(let ticket, let response):
                note(response.status, for: ticket)
                waiting.removeValue(forKey: ticket)?.respond(response)
            case .reset(let ticket):
                indices[ticket] = nil
                waiting.removeValue(forKey: ticket)?.abort()
            case .refuseConnection(let ticket):
                // It came while the port was closed already.
                indices[ticket] = nil
                waiting.removeValue(forKey: ticket)?.abort()
            case .listen: listenAtLast()
            case .send(let connection, let text): sockets[connection]?.send(text: text)
            case .close(let connection, let code, let reason):
                sockets[connection]?.close(code: Int(code), reason: reason)
            case .abort(let connection): sockets[connection]?.drop()
            }
        }
    }

    private func take(_ exchange: Exchange) {
        let request = exchange.request
        lastTicket += 1
        let ticket = Ticket(lastTicket)
        record(request, ticket)
        guard !isFrozen else { return stalled.append(exchange) }
        if request.path == NodeModel.webSocketPath { return shakeHands(exchange, ticket) }
        waiting[ticket] = exchange
        exchange.onClose = {
            self.waiting[ticket] = nil
            self.model.abandon(ticket)
        }
        perform { $0.rest(ticket, request, now: $1) }
    }

    private func shakeHands(_ exchange: Exchange, _ ticket: Ticket) {
        let (outcome, outputs) = model.handshake(exchange.request, now: now)
        switch outcome {
        case .stall: stalled.append(exchange)
        case .refuseConnection: exchange.abort()
        case .refuse(let response):
            note(response.status, for: ticket)
            exchange.respond(response)
        case .upgrade(let connection, let headers):
            note(101, for: ticket)
            open(connection, WebSocketServerConnection.accept(exchange, headers: headers))
        }
        carryOut(outputs)
        schedule()
    }

    private func open(_ connection: ConnectionID, _ socket: WebSocketServerConnection?) {
        guard let socket else { return }
        sockets[connection] = socket
        socket.start { event in
            switch event {
            case .text: self.perform { $0.clientFrame(connection, isBinary: false, now: $1) }
            case .binary: self.perform { $0.clientFrame(connection, isBinary: true, now: $1) }
            case .pong: break
            case .closed:
                self.sockets[connection] = nil
                self.perform { $0.socketClosed(connection, now: $1) }
            }
        }
    }

    // MARK: The log

    private func record(_ request: Request, _ ticket: Ticket) {
        log.append(
            LoggedRequest(
                method: request.method,
                path: request.path,
                query: request.query,
                body: request.body,
                sessionID: request.headers["Session-Id"]
            )
        )
        indices[ticket] = forgotten + log.count - 1
        guard log.count > Self.logLimit else { return }
        log.removeFirst(Self.logLimit / 2)
        forgotten += Self.logLimit / 2
    }

    private func note(_ status: Int, for ticket: Ticket) {
        guard let index = indices.removeValue(forKey: ticket), index >= forgotten else { return }
        log[index - forgotten].status = status
    }
}
