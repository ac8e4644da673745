import Dispatch
import Runtime
import Support
import Wire

/// Has a listener on a free port for as long as `body` talks to it, off the loop.
@Loop func withListener(
    _ options: ListenerOptions = ListenerOptions(),
    handler: @escaping Listener.Handler,
    _ body: @escaping @concurrent @Sendable (UInt16) async throws -> Void
) async throws {
    let listener = try Listener(
        address: "127.0.0.1",
        port: 0,
        options: options,
        handler: handler
    )
    do {
        let port = listener.port
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await body(port) }
    } catch {
        await listener.shutdown(within: .zero)
        throw error
    }
    await listener.shutdown(within: .zero)
}

/// Runs jobs on threads that may block, as clients do; the pool has as many as there are cores.
final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        DispatchQueue.global().async {
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        }
    }
}

/// Sends `text`, and returns everything that comes until the other side closes.
func talk(_ port: UInt16, _ text: String) async -> String {
    await withTaskExecutorPreference(BlockingExecutor.shared) {
        await converse(port, text)
    }
}

func talk(to listener: Listener, _ text: String) async -> String {
    await talk(listener.port, text)
}

@concurrent private func converse(_ port: UInt16, _ text: String) async -> String {
    let client = RawClient(port: port)
    client.send(text)
    return client.readToEnd()
}

/// The bodies and statuses of answers that stand one behind the other.
func statuses(_ text: String) -> [String] {
    text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
}

func get(_ path: String, close: Bool = false) -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(close ? "Connection: close\r\n" : "")\r\n"
}

extension Response {
    static func text(_ text: String) -> Response {
        Response(status: 200, body: Array(text.utf8))
    }
}

/// Answers that are unconfirmed, in a place that tests can reach from the loop.
@Loop final class Desk {
    private(set) var exchanges: [Exchange] = []
    private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    func take(_ exchange: Exchange) {
        exchanges.append(exchange)
        let due = waiting.filter { $0.count <= exchanges.count }
        waiting.removeAll { $0.count <= exchanges.count }
        for entry in due { entry.continuation.resume() }
    }

    /// Returns when so many requests have come.
    func has(_ count: Int) async {
        // Looked at inside: a task that prefers an executor leaves the loop on the way there.
        await withCheckedContinuation { continuation in
            guard exchanges.count < count else { return continuation.resume() }
            waiting.append((count, continuation))
        }
    }

    func respond(_ index: Int, _ text: String) { exchanges[index].respond(.text(text)) }

    func path(_ index: Int) -> String { exchanges[index].request.path }
}

/// Something that happens once, and can be waited for.
@Loop final class Moment<Value: Sendable> {
    private var value: Value?
    private var continuation: CheckedContinuation<Value, Never>?

    func happen(_ value: Value) {
        self.value = value
        continuation?.resume(returning: value)
        continuation = nil
    }

    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            guard let value else {
                self.continuation = continuation
                return
            }
            continuation.resume(returning: value)
        }
    }
}
