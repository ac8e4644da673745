import Runtime
import Support
import Testing
import Wire

@Suite("A stream")
@Loop struct StreamTests {
    private let head = Response(status: 200, headers: [("Content-Type", "text/event-stream")])

    @Test("sends its head at once, then what is written, and ends when it is closed")
    func writes() async throws {
        let opened = Moment<ResponseStream>()
        try await withListener(handler: { opened.happen($0.stream(self.head)) }) { port in
            let client = RawClient(port: port)
            client.send(get("/"))
            let head = client.read(until: "\r\n\r\n")
            #expect(head.contains("Connection: close\r\n"))
            #expect(!head.contains("Content-Length"))
            let stream = await opened.wait()
            await stream.write(Array("data: 1\n\n".utf8))
            #expect(client.read(until: "\n\n") == "data: 1\n\n")
            await stream.write(Array("data: 2\n\n".utf8))
            await stream.close()
            #expect(client.readToEnd() == "data: 2\n\n")
            #expect(await stream.isOpen == false)
        }
    }

    @Test("waits for its turn behind an answer that is unconfirmed")
    func waitsForItsTurn() async throws {
        let desk = Desk()
        try await withListener(
            handler: { exchange in
                guard exchange.request.path == "/stream" else { return desk.take(exchange) }
                let stream = exchange.stream(self.head)
                stream.write(Array("early".utf8))
                stream.close()
                desk.take(exchange)
            },
            { port in
                async let answer = talk(port, get("/first") + get("/stream"))
                await desk.has(2)
                await desk.respond(0, "first")
                #expect(statuses(await answer) == ["200", "200"])
                #expect(await answer.hasSuffix("\r\n\r\nearly"))
            }
        )
    }

    @Test("ends when its client goes away, and says so once")
    func clientGoes() async throws {
        let ended = Moment<ConnectionEnd>()
        try await withListener(
            handler: { $0.stream(self.head).onClose = { ended.happen($0) } },
            { port in
                let client = RawClient(port: port)
                client.send(get("/"))
                #expect(!client.read(until: "\r\n\r\n").isEmpty)
                client.finishSending()
                #expect(await ended.wait() == .byPeer)
            }
        )
    }

    @Test("is told that its connection broke before its turn")
    func brokenBeforeItsTurn() async throws {
        let desk = Desk()
        let ends = Ends()
        try await withListener(
            handler: { exchange in
                if exchange.request.path == "/stream" {
                    ends.follow(exchange.stream(self.head))
                }
                desk.take(exchange)
            },
            { port in
                let client = RawClient(port: port)
                client.send(get("/first") + String(repeating: get("/stream"), count: 15))
                await desk.has(16)
                client.reset()
                #expect(await ends.first(15) == Array(repeating: .broken, count: 15))
            }
        )
        #expect(ends.all.count == 15)
    }

    @Test("is told that another one has the connection before its turn")
    func behindAnother() async throws {
        let desk = Desk()
        let ends = Ends()
        let streams = Streams()
        try await withListener(
            handler: { exchange in
                if exchange.request.path == "/stream" {
                    let stream = exchange.stream(self.head)
                    ends.follow(stream)
                    streams.all.append(stream)
                }
                desk.take(exchange)
            },
            { port in
                let client = RawClient(port: port)
                client.send(get("/first") + get("/stream") + get("/stream") + get("/late"))
                await desk.has(4)
                await desk.respond(0, "first")
                #expect(await ends.first(1) == [.here])
                #expect(await streams.areOpen == [true, false])
                // An answer whose turn never comes is nobody's trouble, a stream is told at once.
                let late = await desk.exchanges[3]
                #expect(await late.isOpen == false)
                await ends.follow(late.stream(self.head))
                #expect(await ends.all == [.here, .here])
                await streams.all[0].write(Array("on".utf8))
                await streams.all[0].close()
                #expect(client.readToEnd().hasSuffix("\r\n\r\non"))
                #expect(await ends.first(3) == [.here, .here, .here])
            }
        )
    }

    @Test("tells how much is not read, and ends when that lasts too long")
    func slowReader() async throws {
        var options = ListenerOptions()
        options.streamSendBuffer = 8_192
        options.deadlines.streamWrite = .milliseconds(40)
        let ended = Moment<ConnectionEnd>()
        let pending = Moment<Int>()
        try await withListener(
            options,
            handler: { exchange in
                let stream = exchange.stream(self.head)
                stream.onClose = { ended.happen($0) }
                let piece = [UInt8](repeating: 0x61, count: 65_536)
                for _ in 0..<1_000 where stream.pendingBytes < 1_000_000 { stream.write(piece) }
                pending.happen(stream.pendingBytes)
            },
            { port in
                let client = RawClient(port: port)
                client.shrinkReceiveBuffer(to: 8_192)
                client.send(get("/"))
                #expect(await pending.wait() >= 1_000_000)
                #expect(await ended.wait() == .tooSlow)
            }
        )
    }

    @Test("is broken off by a listener that shuts down")
    func shutDown() async throws {
        let ended = Moment<ConnectionEnd>()
        let opened = Moment<Bool>()
        let listener = try Listener(address: "127.0.0.1", port: 0) { exchange in
            exchange.stream(self.head).onClose = { ended.happen($0) }
            opened.happen(true)
        }
        let client = RawClient(port: listener.port)
        client.send(get("/"))
        _ = await opened.wait()
        await listener.shutdown(within: .milliseconds(10))
        #expect(await ended.wait() == .shutDown)
    }
}

/// The streams of a test, to be reached from outside of the handler.
@Loop private final class Streams {
    var all: [ResponseStream] = []
    var areOpen: [Bool] { all.map { $0.isOpen } }
}

/// How streams have ended, in their order.
@Loop private final class Ends {
    private(set) var all: [ConnectionEnd] = []
    private var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    func follow(_ stream: ResponseStream) { stream.onClose = { self.add($0) } }

    private func add(_ end: ConnectionEnd) {
        all.append(end)
        guard let waiting, all.count >= waiting.count else { return }
        self.waiting = nil
        waiting.continuation.resume()
    }

    /// Returns when so many have.
    func first(_ count: Int) async -> [ConnectionEnd] {
        await withCheckedContinuation { continuation in
            guard all.count < count else { return continuation.resume() }
            waiting = (count, continuation)
        }
        return all
    }
}

@Suite("An upgraded connection")
@Loop struct UpgradeTests {
    private let head = Response(
        status: 101,
        headers: [("Connection", "Upgrade"), ("Upgrade", "echo")]
    )
    private let request =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"

    @Test("gets what came behind the request, and sends both ways")
    func echoes() async throws {
        let request = request
        let ended = Moment<ConnectionEnd>()
        try await withListener(
            handler: { exchange in
                let raw = exchange.upgrade(self.head)
                raw.start(onBytes: { raw.send($0) }, onEnd: { ended.happen($0) })
            },
            { port in
                let client = RawClient(port: port)
                client.send(request + "early")
                let first = client.read(until: "early")
                #expect(first.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
                #expect(first.contains("\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly"))
                client.send("late")
                #expect(client.read(until: "late") == "late")
                client.finishSending()
                #expect(await ended.wait() == .byPeer)
            }
        )
    }

    @Test("closes after what was sent")
    func closes() async throws {
        let request = request
        let ended = Moment<ConnectionEnd>()
        try await withListener(
            handler: { exchange in
                let raw = exchange.upgrade(self.head)
                raw.start(onBytes: { _ in }, onEnd: { ended.happen($0) })
                raw.send(Array("bye".utf8))
                raw.close()
                raw.send(Array("never".utf8))
            },
            { port in
                #expect(await talk(port, request).hasSuffix("\r\n\r\nbye"))
                #expect(await ended.wait() == .here)
            }
        )
    }

    @Test("is aborted with a RST")
    func aborts() async throws {
        let request = request
        let opened = Moment<RawConnection>()
        try await withListener(handler: { opened.happen($0.upgrade(self.head)) }) { port in
            let client = RawClient(port: port)
            client.send(request)
            #expect(!client.read(until: "\r\n\r\n").isEmpty)
            await opened.wait().abort()
            #expect(client.isClosed())
            #expect(await opened.wait().isOpen == false)
        }
    }
}
