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
    /// Whether nothing stands between this and the kernel that could hold bytes back.
    private let isPlain: Bool
    private var state = State.closed
    private var backlog = SendBacklog()
    private var isWaitingToWrite = false
    /// Reading goes on when other work has had its turn.
    private var isReadQueued = false

    /// An authority and a scheme are all of the URL that counts.
    init(url: String, caFile: String?) throws(TransferError) {
        handle = try CurlHandle(url: url, caFile: caFile)
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
        if events & ~EPOLLOUT.rawValue != 0, !isReadQueued { receive() }
    }

    private func receive() {
        for _ in 0..<Self.readsBeforeYielding {
            guard case .open(let handlers, _) = state else { return }
            let easy = handle.easy
            var count = 0
            let code = Self.readBuffer.withUnsafeMutableBytes {
                curl_easy_recv(easy, $0.baseAddress, $0.count, &count)
            }
            switch code {
            case CURLE_OK where count > 0:
                let isAll = isPlain && count < Self.readBuffer.count
                handlers.onBytes(Self.readBuffer[..<count])
                // What comes after it, the end included, makes the descriptor ready again.
                if isAll { return }
            case CURLE_OK: return end(.byPeer)
            case CURLE_AGAIN: return
            default: return end(.failed(handle.error(code)))
            }
        }
        isReadQueued = true
        Loop.queue.async { Loop.assumeIsolated { self.receiveMore() } }
    }

    private func receiveMore() {
        isReadQueued = false
        receive()
    }

    private func flush() {
        guard case .open(_, let descriptor) = state else { return }
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
        let events = EPOLLIN.rawValue | (mustWait ? EPOLLOUT.rawValue : 0)
        EventLoop.shared.change(descriptor, to: events)
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
