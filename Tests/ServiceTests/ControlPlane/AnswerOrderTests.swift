import Control
import Lavalink
import Runtime
import Service
import Testing
import Wire

/// A node that sends a message before each of its answers.
@Loop private final class Node {
    private var socket: WebSocketServerConnection?
    private var answers = 0

    func take(_ exchange: Exchange) {
        guard exchange.request.path == "/v4/websocket" else { return answer(exchange) }
        socket = WebSocketServerConnection.accept(exchange)
        socket?.start { _ in }
    }

    private func answer(_ exchange: Exchange) {
        answers += 1
        socket?.send(text: "{\"op\":\"\(answers)\"}")
        // A later turn of the loop, when the message has left.
        Loop.queue.async {
            Loop.assumeIsolated { exchange.respond(Response(status: 200, body: Array("{}".utf8))) }
        }
    }
}

@Suite("What a node sends before an answer", .timeLimit(.minutes(1)))
struct AnswerOrderTests {
    private static let node = NodeName("main")
    private static let requests = 50

    @Test("comes before the answer, also of a node that is read at a pace")
    @Loop func order() async throws {
        let node = Node()
        let listener = try Listener(address: "127.0.0.1", port: 0) { node.take($0) }
        let client = CurlClient()
        let address = NodeConnections.Address(
            host: "127.0.0.1",
            port: listener.port,
            password: Secret("secret"),
            tls: false
        )
        let connections = NodeConnections(
            user: try #require(UserID("7")),
            addresses: [Self.node: address],
            client: client
        )
        @Loop func ask(_ number: UInt64) {
            connections.send(.info, RequestID(number), to: Self.node, timeout: .seconds(10))
        }
        var story: [String] = []
        await withCheckedContinuation { done in
            connections.onEvent = { event in
                switch event {
                case .socket(_, _, .opened): ask(1)
                case .socket(_, _, .message(.unknown(let op, _))): story.append("message \(op)")
                case .answer(let id, _):
                    story.append("answer \(id.rawValue)")
                    guard id.rawValue < Self.requests else { return done.resume() }
                    ask(id.rawValue + 1)
                default: break
                }
            }
            connections.connect(Self.node, ConnectionID(1), resuming: nil)
        }
        #expect(story == (1...Self.requests).flatMap { ["message \($0)", "answer \($0)"] })
        connections.shutdown()
        client.shutdown()
        await listener.shutdown(within: .seconds(1))
    }
}
