import Dispatch
import Glibc
import Runtime
import Support
import Testing
import Wire

/// Client and server on one loop, so that each gets descriptor numbers that the other has closed.
@Suite("libcurl on the loop", .timeLimit(.minutes(1)))
@Loop struct CurlStressTests {
    /// Answers at once or after a turn of the loop, keeps or closes, or goes away without a word.
    private func makeServer() throws -> Listener {
        var count = 0
        return try Listener(address: "127.0.0.1", port: 0) { exchange in
            count += 1
            let body = Array(exchange.request.path.utf8)
            switch count % 5 {
            case 0: exchange.upgrade(Response(status: 101)).abort()
            case 1:
                Loop.queue.async {
                    Loop.assumeIsolated { exchange.respond(Response(status: 200, body: body)) }
                }
            case 2:
                exchange.stream(Response(status: 200)).close()
            default: exchange.respond(Response(status: 200, body: body))
            }
        }
    }

    @Test("completes every one of many requests exactly once, whatever is cancelled or breaks")
    func storm() async throws {
        let listener = try makeServer()
        let storm = Storm(port: listener.port, total: 2000)
        await storm.run()
        #expect(storm.completions.count == storm.total)
        #expect(storm.completions.values.allSatisfy { $0 == 1 })
        #expect(storm.answers > storm.total / 3)
        #expect(storm.client.count == 0)
        storm.client.shutdown()
        await listener.shutdown(within: .seconds(1))
    }

    @Test("opens and loses WebSockets beside requests, and leaves nothing behind")
    func sockets() async throws {
        var alive: [WeakClient] = []
        let listener = try Listener(address: "127.0.0.1", port: 0) { exchange in
            guard let socket = WebSocketServerConnection.accept(exchange) else { return }
            socket.start { event in
                switch event {
                case .text(let text): if text == [0x21] { socket.abort() } else { socket.drop() }
                case .binary, .pong, .closed: break
                }
            }
        }
        for round in 0..<20 {
            let recorders = (0..<10).map { _ in WebSocketRecorder(Int(listener.port)) }
            alive += recorders.map { WeakClient(client: $0.client) }
            for index in [4, 9] { recorders[index].client.abort() }
            for (index, recorder) in recorders.enumerated() {
                guard index % 5 != 4 else {
                    #expect(await recorder.rest() == ["failed: cancelled"])
                    continue
                }
                #expect(await recorder.next() == "opened", "round \(round)")
                switch index % 5 {
                case 0: recorder.client.send(text: "!")
                case 1: recorder.client.send(text: "?")
                case 2: recorder.client.abort()
                default: recorder.client.close(code: 1000)
                }
                let rest = await recorder.rest()
                #expect(rest.count == 1)
                #expect(rest[0].hasPrefix(index % 5 == 3 ? "closed 1000" : "closed 1006"))
            }
        }
        await listener.shutdown(within: .seconds(2))
        #expect(alive.allSatisfy { $0.client == nil }, "nothing keeps a client that has ended")
    }
}

/// Many requests, of which each completed one starts another, and some cancel a third.
@Loop private final class Storm {
    let client = CurlClient()
    let total: Int
    private(set) var completions: [Int: Int] = [:]
    private(set) var answers = 0
    private let port: UInt16
    private var ids: [TransferID] = []
    private var random = SplitMix(seed: 7)
    private var whenDone: CheckedContinuation<Void, Never>?

    init(port: UInt16, total: Int) {
        self.port = port
        self.total = total
    }

    func run() async {
        await withCheckedContinuation { continuation in
            whenDone = continuation
            for number in 0..<64 { start(number) }
        }
    }

    private func start(_ number: Int) {
        let request = OutboundRequest(
            method: number.isMultiple(of: 2) ? .get : .patch,
            url: "http://127.0.0.1:\(port)/\(number)"
        )
        ids.append(client.send(request) { self.completed(number, $0) })
    }

    private func completed(_ number: Int, _ result: Result<OutboundResponse, TransferError>) {
        completions[number, default: 0] += 1
        if case .success(let response) = result, !response.body.isEmpty {
            answers += 1
            #expect(response.body == Array("/\(number)".utf8))
        }
        if random.next() % 8 == 0 { client.cancel(ids[Int(random.next() % UInt64(ids.count))]) }
        if ids.count < total { start(ids.count) }
        guard completions.count == total else { return }
        whenDone?.resume()
        whenDone = nil
    }
}

private struct WeakClient {
    weak var client: WebSocketClient?
}
