import Runtime
import Support
import Testing
import Wire

@Suite("An HTTP connection")
@Loop struct ConnectionTests {
    @Test("answers pipelined requests in their order, whatever the order of the answers")
    func order() async throws {
        let desk = Desk()
        try await withListener(handler: { desk.take($0) }) { port in
            async let answer = talk(port, get("/a") + get("/b") + get("/c", close: true))
            await desk.has(3)
            await desk.respond(2, "third")
            await desk.respond(0, "first")
            await desk.respond(1, "second")
            let bodies = await answer.split(separator: "\r\n\r\n").dropFirst()
            #expect(bodies.map { $0.prefix(5) } == ["first", "secon", "third"])
        }
    }

    @Test("takes no more requests ahead than it may, and goes on when they are answered")
    func backPressure() async throws {
        var options = ListenerOptions()
        options.pipelinedRequests = 2
        let desk = Desk()
        try await withListener(options, handler: { desk.take($0) }) { port in
            let paths = (0..<5).map { get("/\($0)", close: $0 == 4) }.joined()
            async let answer = talk(port, paths)
            await desk.has(2)
            #expect(await desk.exchanges.count == 2)
            for index in 0..<5 {
                await desk.has(min(index + 2, 5))
                #expect(await desk.exchanges.count == min(index + 2, 5))
                await desk.respond(index, "\(index)")
            }
            #expect(statuses(await answer).count == 5)
        }
    }

    @Test("sends the answers to pipelined requests at once")
    func oneSend() async throws {
        try await withListener(handler: { $0.respond(.text("x")) }) { port in
            let client = RawClient(port: port)
            client.send(String(repeating: get("/"), count: 10))
            #expect(statuses(String(decoding: client.read(), as: UTF8.self)).count == 10)
        }
    }

    @Test("does not drop a request whose client has closed its side")
    func halfClose() async throws {
        let desk = Desk()
        try await withListener(handler: { desk.take($0) }) { port in
            let client = RawClient(port: port)
            client.send(get("/"))
            client.finishSending()
            await desk.has(1)
            await desk.respond(0, "still here")
            let answer = client.readToEnd()
            #expect(answer.hasSuffix("still here"))
        }
    }

    @Test("answers every pipelined request of a slow reader that has closed its side")
    func halfClosePipelined() async throws {
        let body = [UInt8](repeating: 0x61, count: 20_000)
        let count = 900
        try await withListener(handler: { $0.respond(Response(status: 200, body: body)) }) { port in
            let client = RawClient(port: port)
            client.shrinkReceiveBuffer(to: 16_384)
            client.send(String(repeating: get("/"), count: count))
            client.finishSending()
            #expect(statuses(client.readToEnd()).count == count)
        }
    }

    @Test("closes without an answer when a client leaves in the middle of a request")
    func leavesInTheMiddle() async throws {
        try await withListener(handler: { $0.respond(.text("x")) }) { port in
            let client = RawClient(port: port)
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
            client.finishSending()
            #expect(client.readToEnd() == "")
        }
    }

    @Test("tells a handler that its client is gone, and takes its answer without harm")
    func clientGone() async throws {
        let desk = Desk()
        let gone = Moment<Bool>()
        try await withListener(
            handler: { exchange in
                exchange.onClose = { gone.happen(exchange.isOpen) }
                desk.take(exchange)
            },
            { port in
                let client = RawClient(port: port)
                client.send(get("/"))
                await desk.has(1)
                client.reset()
                #expect(await gone.wait() == false)
                await desk.respond(0, "nobody listens")
            }
        )
    }

    @Test("lets the client send a body on request, after the answers before it")
    func continues() async throws {
        let desk = Desk()
        try await withListener(handler: { desk.take($0) }) { port in
            let client = RawClient(port: port)
            client.send(get("/first"))
            client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            )
            await desk.has(1)
            await desk.respond(0, "one")
            let before = client.read(until: "100 Continue\r\n\r\n")
            #expect(statuses(before) == ["200", "100"])
            client.send("hi")
            await desk.has(2)
            #expect(await desk.exchanges[1].request.body == Array("hi".utf8))
            await desk.respond(1, "two")
            #expect(client.read(until: "two").hasSuffix("two"))
        }
    }

    @Test("keeps the last answer from a client that still sends")
    func drains() async throws {
        try await withListener(handler: { $0.respond(.text("x")) }) { port in
            let client = RawClient(port: port)
            client.send("BAD\r\n\r\n" + String(repeating: "x", count: 60_000))
            #expect(statuses(client.readToEnd()) == ["400"])
        }
    }

    @Test("ends after so many requests")
    func requestLimit() async throws {
        var options = ListenerOptions()
        options.requestsPerConnection = 3
        try await withListener(options, handler: { $0.respond(.text("x")) }) { port in
            let answer = await talk(port, String(repeating: get("/"), count: 5))
            #expect(statuses(answer) == ["200", "200", "200"])
            #expect(answer.ranges(of: "Connection: close").count == 1)
        }
    }

    @Test("writes an answer that is larger than any buffer to a slow reader")
    func largeAnswer() async throws {
        let body = [UInt8](repeating: 0x61, count: 20_000_000)
        try await withListener(handler: { $0.respond(Response(status: 200, body: body)) }) { port in
            let client = RawClient(port: port)
            client.shrinkReceiveBuffer(to: 16_384)
            client.send(get("/", close: true))
            #expect(client.readToEnd().utf8.count > body.count)
        }
    }

    @Test("stops reading requests while nobody reads the answers, and loses none")
    func unreadAnswers() async throws {
        let body = [UInt8](repeating: 0x61, count: 100_000)
        let count = 60
        try await withListener(handler: { $0.respond(Response(status: 200, body: body)) }) { port in
            let client = RawClient(port: port)
            client.send(
                String(repeating: get("/"), count: count - 1) + get("/", close: true)
            )
            let answer = client.readToEnd()
            #expect(statuses(answer).count == count)
        }
    }

    @Test("answers HTTP/1.0 and closes, unless it was asked to stay")
    func oldVersion() async throws {
        try await withListener(handler: { $0.respond(.text("x")) }) { port in
            let answer = await talk(
                port,
                "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"
            )
            #expect(statuses(answer) == ["200", "200"])
            #expect(answer.contains("Connection: keep-alive\r\n"))
            #expect(answer.contains("Connection: close\r\n"))
        }
    }
}
