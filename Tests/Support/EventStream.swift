import Glibc
import Synchronization
package import Wire

/// Listens to `GET /v1/events` as a bot does, and keeps all that it heard.
package final class EventStream: Sendable {
    package struct Event: Sendable, CustomStringConvertible {
        package let id: String
        package let name: String
        package let json: JSONValue

        package subscript(_ member: StaticString) -> JSONValue? { json[member] }

        package var description: String { "\(id) \(name) \(json.raw)" }
    }

    private struct State {
        var parser = ServerSentEventParser()
        var heard: [Event] = []
        var comments = 0
        /// Events before this one were given out, or passed over.
        var next = 0
        var hasEnded = false
    }

    private let client: RawClient
    /// What the server said of itself, for whoever looks into a failure.
    private let log: @Sendable () -> String
    private let state = Mutex(State())

    private init(_ client: RawClient, _ log: @escaping @Sendable () -> String) {
        self.client = client
        self.log = log
    }

    /// Opens a stream, and waits until the server said so.
    package static func opened(
        port: UInt16,
        query: String = "",
        headers: [(String, String)] = [],
        log: @escaping @Sendable () -> String = { "" }
    ) async throws -> EventStream {
        let target = query.isEmpty ? "/v1/events" : "/v1/events?\(query)"
        let client = RawClient(port: port, patience: .seconds(10))
        var head = "GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        client.send(head + "\r\n")
        let beginning = await blocking { client.read(until: "\r\n\r\n") }
        guard beginning.hasPrefix("HTTP/1.1 200"),
            let end = beginning.firstRange(of: "\r\n\r\n")
        else { throw Missed("a stream, but:\n\(beginning)") }
        let stream = EventStream(client, log)
        stream.receive(Array(beginning[end.upperBound...].utf8))
        return stream
    }

    /// Everything heard so far, the stream's own `bookmark`, `reset` and `shutdown` among it.
    package var heard: [Event] { state.withLock { $0.heard } }
    package var names: [String] { heard.map(\.name) }
    package var comments: Int { state.withLock { $0.comments } }
    package var retryMilliseconds: Int? { state.withLock { $0.parser.retryMilliseconds } }

    /// The next event of that name; those before it are passed over.
    @discardableResult
    package func next(
        _ name: String,
        within patience: Duration = .seconds(30),
        where matches: @escaping @Sendable (Event) -> Bool = { _ in true }
    ) async throws -> Event {
        let found = await blocking { [self] in
            wait(patience) { state in
                while state.next < state.heard.count {
                    let event = state.heard[state.next]
                    state.next += 1
                    if event.name == name, matches(event) { return event }
                }
                return nil
            }
        }
        guard let found else {
            let told = heard.suffix(20).map(\.description).joined(separator: "\n")
            let end = state.withLock { $0.hasEnded ? "the stream ended" : "\(patience) passed" }
            throw Missed("\(name) did not come, \(end); what came:\n\(told)\n\(log())")
        }
        return found
    }

    /// Waits until a comment came, as heartbeats are.
    package func comment(within patience: Duration) async throws {
        let found = await blocking { [self] in wait(patience) { $0.comments > 0 ? true : nil } }
        if found == nil { throw Missed("a heartbeat within \(patience)") }
    }

    /// Waits until the server has ended the stream.
    package func end(within patience: Duration = .seconds(10)) async throws {
        let found = await blocking { [self] in wait(patience) { $0.hasEnded ? true : nil } }
        if found == nil { throw Missed("the end of the stream within \(patience)") }
    }

    private func wait<Value>(
        _ patience: Duration,
        for look: (inout State) -> Value?
    ) -> Value? {
        let deadline = ContinuousClock.now + patience
        while true {
            let (value, hasEnded) = state.withLock { (look(&$0), $0.hasEnded) }
            if let value { return value }
            let rest = ContinuousClock.now.duration(to: deadline)
            guard !hasEnded, rest > .zero else { return nil }
            guard client.isReadable(within: rest) else { continue }
            let bytes = client.read()
            if bytes.isEmpty { state.withLock { $0.hasEnded = true } } else { receive(bytes) }
        }
    }

    private func receive(_ bytes: [UInt8]) {
        state.withLock { state in
            // An endless line ends the stream, as it would for a bot.
            let items = try? state.parser.receive(bytes)
            if items == nil { state.hasEnded = true }
            for item in items ?? [] {
                switch item {
                case .comment: state.comments += 1
                case .event(let name, let data, let id):
                    guard let json = try? JSONDocument(parsing: data).root else {  // is missed then
                        state.hasEnded = true
                        continue
                    }
                    state.heard.append(Event(id: id, name: name, json: json))
                }
            }
        }
    }
}
