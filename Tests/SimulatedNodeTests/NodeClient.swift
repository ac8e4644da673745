import Runtime
import SimulatedNode
import Wire

/// A client of a running node, over the project's own WebSocket and HTTP clients.
@Loop final class NodeClient {
    private let port: UInt16
    private let http = CurlClient()
    private var socket: WebSocketClient?
    private var events: [String] = []
    private var waiter: CheckedContinuation<Void, Never>?
    private let timer = LoopTimer()
    private(set) var session = ""

    init(port: UInt16) { self.port = port }

    // MARK: The socket

    /// Connects; returns the first event: `opened false`, `refused 401` or `failed`.
    func connect(_ more: [(name: String, value: String)] = []) async -> String? {
        events = []
        let headers = [
            ("Authorization", NodeSettings().password), ("User-Id", "170939974227591168"),
            ("Client-Name", "test/1.0"),
        ]
        let names = more.map(\.name)
        socket = WebSocketClient(
            host: "127.0.0.1",
            port: port,
            tls: false,
            path: NodeModel.webSocketPath,
            headers: headers.filter { !names.contains($0.0) } + more.filter { !$0.value.isEmpty }
        ) { self.note($0) }
        return await next()
    }

    /// Connects, and reads `ready` and `stats`.
    func openSession(resuming id: String? = nil) async -> String? {
        let opened = await connect(id.map { [("Session-Id", $0)] } ?? [])
        let ready = await next { $0.contains(#""op":"ready""#) }
        session = ready.map { RawJSON.parsed($0) }?["sessionId"]?.string ?? ""
        return opened
    }

    /// The next event that fits; nil when none comes within twenty seconds.
    func next(where fits: (String) -> Bool = { _ in true }) async -> String? {
        var isLate = false
        timer.schedule(after: .seconds(20)) {
            isLate = true
            self.wake()
        }
        defer { timer.cancel() }
        while true {
            while !events.isEmpty {
                let event = events.removeFirst()
                if fits(event) { return event }
            }
            if isLate { return nil }
            await withCheckedContinuation { waiter = $0 }
        }
    }

    func send(text: String) { socket?.send(text: text) }
    func ping() { socket?.ping([1]) }
    func close() { socket?.close() }
    func abort() { socket?.abort() }

    private func note(_ event: WebSocketClient.Event) {
        switch event {
        case .opened(let headers):
            let resumed = headers.first { $0.name == "session-resumed" }?.value
            let version = headers.first { $0.name == "lavalink-api-version" }?.value
            events.append("opened \(resumed ?? "") \(version ?? "")")
        case .text(let text): events.append(String(decoding: text, as: UTF8.self))
        case .pong: events.append("pong")
        case .refused(let status, _, _): events.append("refused \(status)")
        case .failed: events.append("failed")
        case .closed(let code, let reason): events.append("closed \(code ?? 0) \(reason)")
        }
        wake()
    }

    private func wake() {
        waiter?.resume()
        waiter = nil
    }

    // MARK: Requests

    /// Sends a request; a status of nil stands for no answer.
    func send(
        _ method: Wire.Method,
        _ path: String,
        _ body: String? = nil,
        timeout: Duration = .seconds(30)
    ) async -> (status: Int?, response: OutboundResponse?) {
        var headers = [("Authorization", NodeSettings().password)]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = OutboundRequest(
            method: method,
            url: "http://127.0.0.1:\(port)\(path)",
            headers: headers,
            body: body.map { Array($0.utf8) },
            timeout: timeout
        )
        switch await http.send(request) {
        case .success(let response): return (response.status, response)
        case .failure: return (nil, nil)
        }
    }

    func patch(
        _ body: String,
        timeout: Duration = .seconds(30)
    ) async -> (status: Int?, response: OutboundResponse?) {
        let path = "/v4/sessions/\(session)/players/\(Bench.guild)"
        return await send(.patch, path, body, timeout: timeout)
    }
}
