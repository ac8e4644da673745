import CCurl
import CLinux

/// A TCP or TLS connection that libcurl makes, and bytes in both directions.
///
/// Its life is its own: it is kept by the loop until it ends, by `close` or from outside.
@Loop final class CurlConnection {
    enum End {
        /// The peer closed.
        case byPeer
        case failed(TransferError)
    }

    struct Handlers {
        let onOpen: @Loop () -> Void
        let onBytes: @Loop (ArraySlice<UInt8>) -> Void
        /// Called once, unless `close` comes first; the connection is gone by then.
        let onEnd: @Loop (End) -> Void
    }

    /// Reads before other work on the loop gets its turn.
    private static let readsBeforeYielding = 16
    /// What the last read of any connection brought; used up before the next one.
    private static var readBuffer = [UInt8](repeating: 0, count: 64 * 1024)

    private enum State {
        case connecting(Handlers)
        case open(Handlers, descriptor: Int32)
        case closed
    }

    private let handle: CurlHandle
    /// Nanoseconds; see `WebSocketClient.Limits.readPace`.
    private let readPace: Int64
    /// Whether nothing stands between this and the kernel that could hold bytes back.
    private let isPlain: Bool
    private var state = State.closed
    private var backlog = SendBacklog()
    private var isWaitingToWrite = false
    /// Reading goes on when other work has had its turn.
    private var isReadQueued = false
    /// Read by `paceTimer` and not when there is something.
    private var isPaced = false
    /// An answer is measured: until it is here, the peer is read when there is something.
    var awaitsAnswer = false {
        didSet { if awaitsAnswer { readWhenReady() } }
    }
    private let paceTimer = LoopTimer()
    /// Nanoseconds, monotonic.
    private var lastRead = Int64.min / 2

    /// An authority and a scheme are all of the URL that counts.
    init(url: String, caFile: String?, readPace: Duration) throws(TransferError) {
        handle = try CurlHandle(url: url, caFile: caFile)
        self.readPace = readPace.wholeNanoseconds
        isPlain = url.hasPrefix("http:")
        handle.set(CURLOPT_CONNECT_ONLY, 1)
    }

    /// Connects; nothing is called from within this call.
    func start(_ handlers: Handlers) {
        state = .connecting(handlers)
        CurlMulti.connections.add(handle.easy) { code in self.connected(code) }
    }

    /// Bytes that were sent and that libcurl has not taken.
    var pendingBytes: Int { backlog.count }

    /// Sends after what is pending; a failure is reported later, as an end.
    func send(_ bytes: [UInt8]) {
        guard case .open = state else { return }
        backlog.append(bytes)
        if !isWaitingToWrite { flush() }
    }

    /// Closes now, and calls no handler any more.
    func close() {
        switch state {
        case .closed: return
        case .connecting: break
        case .open(_, let descriptor): EventLoop.shared.unwatch(descriptor)
        }
        state = .closed
        paceTimer.cancel()
        // A connect-only connection is closed with its transfer, not before.
        CurlMulti.connections.remove(handle.easy)
        handle.free()
    }

    private func connected(_ code: CURLcode) {
        guard case .connecting(let handlers) = state else { return }
        var descriptor: curl_socket_t = -1
        guard code == CURLE_OK, ccurl_get_socket(handle.easy, &descriptor) == CURLE_OK,
            descriptor >= 0
        else { return end(.failed(handle.error(code == CURLE_OK ? CURLE_RECV_ERROR : code))) }
        state = .open(handlers, descriptor: descriptor)
        EventLoop.shared.watch(descriptor, for: EPOLLIN.rawValue) { self.ready($0) }
        handlers.onOpen()
        // TLS may hold bytes already that epoll cannot see.
        receive()
    }

    private func ready(_ events: UInt32) {
        if events & EPOLLOUT.rawValue != 0 { flush() }
        guard events & ~EPOLLOUT.rawValue != 0, !isReadQueued else { return }
        let before = lastRead
        guard receive(), !isPaced, !awaitsAnswer, lastRead - before < readPace else { return }
        isPaced = true
        updateEvents()
        schedulePacedRead()
    }

    private func schedulePacedRead() {
        let wait = Duration.nanoseconds(readPace - MonotonicClock.nanoseconds() % readPace)
        paceTimer.schedule(after: wait) { [weak self] in self?.readAtPace() }
    }

    private func readAtPace() {
        guard isReadQueued || receive() else { return readWhenReady() }
        if isPaced { schedulePacedRead() }
    }

    /// Reads what has come; for a caller to whom it matters what the peer has sent by now.
    func readNow() {
        if !isReadQueued { receive() }
    }

    private func readWhenReady() {
        guard isPaced else { return }
        isPaced = false
        paceTimer.cancel()
        updateEvents()
    }

    // MARK: Reading and writing

    /// Reads what there is; whether something was.
    @discardableResult private func receive() -> Bool {
        var hasRead = false
        for _ in 0..<Self.readsBeforeYielding {
            guard case .open(let handlers, _) = state else { return hasRead }
            let easy = handle.easy
            var count = 0
            let code = Self.readBuffer.withUnsafeMutableBytes {
                curl_easy_recv(easy, $0.baseAddress, $0.count, &count)
            }
            switch code {
            case CURLE_OK where count > 0:
                // There may be more than libcurl takes at once: epoll says so, if it is asked.
                let isAll = isPlain && !isPaced && count < Self.readBuffer.count
                hasRead = true
                lastRead = MonotonicClock.nanoseconds()
                handlers.onBytes(Self.readBuffer[..<count])
                // What comes after it, the end included, makes the descriptor ready again.
                if isAll { return true }
            case CURLE_AGAIN: return hasRead
            case CURLE_OK:
                end(.byPeer)
                return hasRead
            default:
                end(.failed(handle.error(code)))
                return hasRead
            }
        }
        isReadQueued = true
        Loop.queue.async { Loop.assumeIsolated { self.receiveMore() } }
        return true
    }

    private func receiveMore() {
        isReadQueued = false
        receive()
    }

    private func flush() {
        guard case .open = state else { return }
        let easy = handle.easy
        let code = backlog.write { chunk, sent in
            curl_easy_send(easy, chunk.baseAddress, chunk.count, &sent)
        }
        guard code == CURLE_OK || code == CURLE_AGAIN else {
            let error = handle.error(code)
            Loop.queue.async { Loop.assumeIsolated { self.end(.failed(error)) } }
            return
        }
        let mustWait = backlog.count > 0
        guard mustWait != isWaitingToWrite else { return }
        isWaitingToWrite = mustWait
        updateEvents()
    }

    /// epoll reports HUP and ERR also without EPOLLIN; that the peer has closed its side is found
    /// by the next paced read.
    private func updateEvents() {
        guard case .open(_, let descriptor) = state else { return }
        let input = isPaced ? 0 : EPOLLIN.rawValue
        EventLoop.shared.change(
            descriptor,
            to: input | (isWaitingToWrite ? EPOLLOUT.rawValue : 0)
        )
    }

    private func end(_ reason: End) {
        switch state {
        case .closed: return
        case .connecting(let handlers), .open(let handlers, _):
            close()
            handlers.onEnd(reason)
        }
    }
}
