import CCurl
import CLinux
import Glibc

/// libcurl's multi interface, driven by the loop.
///
/// libcurl says which sockets it wants to hear of and when to wake it; this class passes both on,
/// and hands out results only after libcurl has returned, so that the receiver may call
/// anything.
@Loop final class CurlMulti {
    typealias Completion = @Loop (CURLcode) -> Void

    /// For node WebSockets, which are connections only.
    static let connections = CurlMulti(connectionLimit: 0, connectionsKept: 1024)

    private let handle: OpaquePointer
    private let timer = LoopTimer()
    private var completions: [OpaquePointer: Completion] = [:]
    private var watched: Set<Int32> = []
    private var isWakeUpDue = false
    private var isShutDown = false

    /// A limit of 0 means none.
    init(connectionLimit: Int, connectionsKept: Int) {
        precondition(Self.isLibraryReady, "curl_global_init failed")
        guard let handle = curl_multi_init() else { preconditionFailure("curl_multi_init failed") }
        self.handle = handle
        ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, connectionLimit)
        ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, connectionsKept)
        let reference = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_ptr(handle, CURLMOPT_SOCKETDATA, reference)
        ccurl_multi_set_ptr(handle, CURLMOPT_TIMERDATA, reference)
        ccurl_multi_set_socket_cb(handle, socketCallback)
        ccurl_multi_set_timer_cb(handle, timerCallback)
    }

    /// Starts a transfer; `completion` is called once unless it is removed before, never from here.
    func add(_ easy: OpaquePointer, _ completion: @escaping Completion) {
        precondition(!isShutDown)
        completions[easy] = completion
        let code = curl_multi_add_handle(handle, easy)
        precondition(code == CURLM_OK, "a handle was added twice")
    }

    /// Takes a transfer out; a connection that it alone uses is closed.
    func remove(_ easy: OpaquePointer) {
        completions[easy] = nil
        curl_multi_remove_handle(handle, easy)
    }

    /// Frees everything; every transfer has to be removed before.
    func shutDown() {
        guard !isShutDown else { return }
        precondition(completions.isEmpty)
        isShutDown = true
        curl_multi_cleanup(handle)
        timer.cancel()
        for descriptor in watched { EventLoop.shared.unwatch(descriptor) }
        watched = []
    }

    // MARK: What libcurl asks for

    fileprivate func socketChanged(_ descriptor: Int32, _ interest: Int32) {
        let events: UInt32
        switch interest {
        case CURL_POLL_IN: events = EPOLLIN.rawValue
        case CURL_POLL_OUT: events = EPOLLOUT.rawValue
        case CURL_POLL_INOUT: events = EPOLLIN.rawValue | EPOLLOUT.rawValue
        default:
            watched.remove(descriptor)
            EventLoop.shared.unwatch(descriptor)
            return
        }
        guard watched.insert(descriptor).inserted else {
            EventLoop.shared.change(descriptor, to: events)
            return
        }
        EventLoop.shared.watch(descriptor, for: events) { [weak self] events in
            self?.socketIsReady(descriptor, events)
        }
    }

    /// Only notes the time: libcurl must not be entered from its own timer function.
    fileprivate func timerChanged(_ milliseconds: Int) {
        switch milliseconds {
        case ..<0: timer.cancel()
        case 0: wakeUpSoon()
        default:
            timer.schedule(after: .milliseconds(milliseconds)) { [weak self] in self?.timeIsUp() }
        }
    }

    private func wakeUpSoon() {
        guard !isWakeUpDue else { return }
        isWakeUpDue = true
        Loop.queue.async { [weak self] in Loop.assumeIsolated { self?.timeIsUp() } }
    }

    // MARK: What the loop says

    private func timeIsUp() {
        isWakeUpDue = false
        act(on: ccurl_socket_timeout(), 0)
    }

    private func socketIsReady(_ descriptor: Int32, _ events: UInt32) {
        var selected: Int32 = 0
        if events & EPOLLIN.rawValue != 0 { selected |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { selected |= CURL_CSELECT_OUT }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { selected |= CURL_CSELECT_ERR }
        act(on: descriptor, selected)
    }

    private func act(on descriptor: Int32, _ selected: Int32) {
        guard !isShutDown else { return }
        var running: Int32 = 0
        curl_multi_socket_action(handle, descriptor, selected, &running)
        deliver(finished())
    }

    private func finished() -> [(Completion, CURLcode)] {
        var results: [(Completion, CURLcode)] = []
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(handle, &remaining) {
            var code = CURLE_OK
            guard let easy = ccurl_msg_done(message, &code),
                let completion = completions.removeValue(forKey: easy)
            else { continue }
            results.append((completion, code))
        }
        return results
    }

    private func deliver(_ results: [(Completion, CURLcode)]) {
        for (completion, code) in results { completion(code) }
    }

    private nonisolated static let isLibraryReady = curl_global_init(ccurl_global_all()) == CURLE_OK
}

/// Calls from libcurl come on the loop, since it is entered nowhere else.
private let socketCallback: curl_socket_callback = { _, descriptor, interest, reference, _ in
    guard let reference else { return 0 }
    let multi = Unmanaged<CurlMulti>.fromOpaque(reference).takeUnretainedValue()
    Loop.assumeIsolated { multi.socketChanged(descriptor, interest) }
    return 0
}

private let timerCallback: curl_multi_timer_callback = { _, milliseconds, reference in
    guard let reference else { return 0 }
    let multi = Unmanaged<CurlMulti>.fromOpaque(reference).takeUnretainedValue()
    Loop.assumeIsolated { multi.timerChanged(milliseconds) }
    return 0
}
