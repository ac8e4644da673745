import Dispatch
import Runtime

/// What happened, to be taken one by one.
@Loop final class EventQueue {
    private var events: [String] = []
    private var isOver = false
    private var waiter: CheckedContinuation<Void, Never>?

    /// Appends; a second event after a terminal one would still be seen.
    func append(_ event: String, isTerminal: Bool) {
        events.append(event)
        wake()
        guard isTerminal else { return }
        Loop.queue.async { Loop.assumeIsolated { self.finish() } }
    }

    /// The next event; "end" when there are no more.
    func next() async -> String {
        while events.isEmpty, !isOver { await wait() }
        return events.isEmpty ? "end" : events.removeFirst()
    }

    /// All that comes until the end.
    func rest() async -> [String] {
        while !isOver { await wait() }
        defer { events = [] }
        return events
    }

    /// A test's time limit cancels it, and is to end the wait.
    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter = $0 }
        } onCancel: {
            Task { @Loop in self.finish() }
        }
    }

    private func finish() {
        isOver = true
        wake()
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }
}

/// A client whose events are taken one by one.
@Loop final class WebSocketRecorder {
    let client: WebSocketClient
    private let events: EventQueue

    init(
        _ port: Int,
        host: String = "127.0.0.1",
        tls: Bool = false,
        path: String = "/v4/websocket",
        headers: [(name: String, value: String)] = [],
        caFile: String? = nil,
        limits: WebSocketClient.Limits = .init()
    ) {
        let events = EventQueue()
        self.events = events
        client = WebSocketClient(
            host: host,
            port: UInt16(port),
            tls: tls,
            path: path,
            headers: headers,
            caFile: caFile,
            limits: limits
        ) { event in
            events.append(Self.describe(event), isTerminal: Self.isTerminal(event))
        }
    }

    func next() async -> String { await events.next() }

    func rest() async -> [String] { await events.rest() }

    static func isTerminal(_ event: WebSocketClient.Event) -> Bool {
        switch event {
        case .opened, .text, .pong: false
        case .refused, .failed, .closed: true
        }
    }

    static func describe(_ event: WebSocketClient.Event) -> String {
        switch event {
        case .opened(let headers):
            let resumed = headers.first { $0.name == "session-resumed" }?.value
            return "opened" + (resumed.map { " resumed \($0)" } ?? "")
        case .text(let bytes):
            return bytes.count > 100
                ? "text of \(bytes.count)" : "text \(String(decoding: bytes, as: UTF8.self))"
        case .pong(let bytes): return "pong \(String(decoding: bytes, as: UTF8.self))"
        case .refused(let status, _, let body):
            return "refused \(status) \(String(decoding: body, as: UTF8.self))"
        case .failed(let error): return "failed: \(error.reason)"
        case .closed(let code, let reason):
            return "closed \(code.map { "\($0)" } ?? "without code") \(reason)"
        }
    }
}
