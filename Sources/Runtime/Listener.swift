import CLinux
import Glibc
package import Wire

/// Takes HTTP/1.1 connections on one address and port.
@Loop package final class Listener {
    package typealias Handler = @Loop (Exchange) -> Void
    /// Makes the answer for a status and a sentence that says why.
    package typealias ErrorResponse = @Loop (Int, String) -> Response

    /// What has happened so far.
    package struct Counters: Sendable {
        package var accepted = 0
        package var requests = 0
        package var malformed = 0
        package var timedOut = 0
        /// Requests or connections refused because there were too many.
        package var overloaded = 0
        /// Times that no descriptor was left to accept with.
        package var exhausted = 0

        package init() {}
    }

    /// The port in use, also when 0 was asked for.
    package let port: UInt16
    package let address: String
    package var counters = Counters()
    package private(set) var isStopping = false

    let options: ListenerOptions
    let handler: Handler
    let errorResponse: ErrorResponse
    /// What the last `recv` of any connection brought; used up before the next one.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1_024, alignment: 64)
    var responses = ResponseWriter()
    /// The coarse clock of the deadlines: moved on by the sweep.
    var now: Int64
    /// Memory for what is written in one turn of the loop: so many buffers of so many bytes.
    var spareOutputs: [[UInt8]] = []
    static let spareOutputLimit = 128
    static let largestSpareOutput = 32 * 1_024
    let sweepNanoseconds: Int64

    private static let acceptedPerEvent = 64

    private let descriptor: Int32
    private var connections: [Int32: HTTPConnection] = [:]
    private var connectionsOfAddress: [String: Int] = [:]
    private let sweepTimer = LoopTimer()
    private var isSweeping = false
    private let acceptTimer = LoopTimer()
    private var whenEmpty: [CheckedContinuation<Void, Never>] = []

    /// Listens at once; port 0 takes any free one.
    package init(
        address: String,
        port: UInt16,
        options: ListenerOptions = ListenerOptions(),
        errorResponse: @escaping ErrorResponse = Listener.plainError,
        handler: @escaping Handler
    ) throws(ListenerError) {
        descriptor = try Socket.listen(address, port: port, backlog: options.backlog)
        self.address = address
        self.port = Socket.localAddress(of: descriptor).port
        self.options = options
        self.errorResponse = errorResponse
        self.handler = handler
        now = MonotonicClock.nanoseconds()
        sweepNanoseconds = options.deadlines.sweepInterval.wholeNanoseconds
        EventLoop.shared.watch(descriptor, for: EPOLLIN.rawValue) { _ in self.accept() }
    }

    isolated deinit { readBuffer.deallocate() }

    /// The sentence itself, as text.
    package static func plainError(_ status: Int, _ detail: String) -> Response {
        Response(
            status: status,
            headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array("\(detail)\n".utf8)
        )
    }

    package var connectionCount: Int { connections.count }

    // MARK: Stopping

    /// Takes no more connections; requests in flight are answered, idle connections closed.
    package func stop() {
        guard !isStopping else { return }
        isStopping = true
        acceptTimer.cancel()
        EventLoop.shared.unwatch(descriptor)
        close(descriptor)
        for connection in connections.values where connection.isGathering { connection.flush() }
        for connection in connections.values where connection.isIdle { connection.end(.shutDown) }
    }

    /// Stops, waits until the last connection is gone, and breaks what is left after `limit`.
    package func shutdown(within limit: Duration) async {
        stop()
        let timer = LoopTimer()
        timer.schedule(after: limit) { self.breakAll() }
        await withCheckedContinuation { continuation in
            guard !connections.isEmpty else { return continuation.resume() }
            whenEmpty.append(continuation)
        }
        timer.cancel()
    }

    private func breakAll() {
        for connection in connections.values { connection.end(.shutDown, withReset: true) }
    }

    func forget(_ connection: HTTPConnection) {
        connections[connection.descriptor] = nil
        if let address = connection.countedAddress { uncount(address) }
        guard connections.isEmpty else { return }
        for continuation in whenEmpty { continuation.resume() }
        whenEmpty = []
    }

    // MARK: Accepting

    private func accept() {
        for _ in 0..<Self.acceptedPerEvent {
            do throws(Socket.SystemError) {
                take(try Socket.accept(on: descriptor))
            } catch {
                switch error.code {
                case EAGAIN: return
                case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pauseAccepting()
                default: continue  // that one connection is gone already
                }
            }
        }
    }

    /// Without descriptors every wakeup would fail the same way, at full speed.
    private func pauseAccepting() {
        counters.exhausted += 1
        EventLoop.shared.change(descriptor, to: 0)
        acceptTimer.schedule(after: options.acceptPause) {
            EventLoop.shared.change(self.descriptor, to: EPOLLIN.rawValue)
        }
    }

    private func take(_ accepted: Socket.Accepted) {
        counters.accepted += 1
        if connections.isEmpty { now = MonotonicClock.nanoseconds() }
        let isReserved = connections.count >= options.connections
        let connection = HTTPConnection(accepted, listener: self, isReserved: isReserved)
        connections[accepted.descriptor] = connection
        let isBeyondReserve =
            connections.count > options.connections + options.reservedConnections
        if isBeyondReserve || isAddressExhausted(by: connection) {
            counters.overloaded += 1
            connection.refuse(overloadResponse())
            connection.flush()
        }
        sweepLater()
    }

    /// Counts the connections of an address, while there is a limit for them.
    private func isAddressExhausted(by connection: HTTPConnection) -> Bool {
        guard options.connectionsPerAddress > 0 else { return false }
        let address = connection.peerAddress
        connection.countedAddress = address
        connectionsOfAddress[address, default: 0] += 1
        return connectionsOfAddress[address, default: 0] > options.connectionsPerAddress
    }

    private func uncount(_ address: String) {
        let count = connectionsOfAddress[address, default: 0] - 1
        connectionsOfAddress[address] = count > 0 ? count : nil
    }

    func overloadResponse() -> Response {
        var response = errorResponse(503, "Too many connections are open.")
        response.fields.append("Retry-After", "1")
        return response
    }

    // MARK: Time

    private func sweepLater() {
        guard !isSweeping, !connections.isEmpty else { return }
        isSweeping = true
        sweepTimer.schedule(after: options.deadlines.sweepInterval) { self.sweep() }
    }

    private func sweep() {
        isSweeping = false
        now = MonotonicClock.nanoseconds()
        for connection in connections.values { connection.sweep(now) }
        sweepLater()
    }
}
