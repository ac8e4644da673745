import Runtime
import Support
import Testing
import Wire

@Suite("A deadline")
@Loop struct DeadlineTests {
    private func options(
        _ change: (inout ListenerOptions.Deadlines) -> Void
    ) -> ListenerOptions {
        var options = ListenerOptions()
        change(&options.deadlines)
        return options
    }

    @Test("ends a head that drips, however steadily")
    func head() async throws {
        let options = options { $0.head = .milliseconds(40) }
        try await withListener(options, handler: { $0.respond(.text("x")) }) { port in
            let client = RawClient(port: port, patience: .milliseconds(5))
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ")
            var answer: [UInt8] = []
            for _ in 0..<1_000 where answer.isEmpty {
                client.send("y")
                answer = client.read()
            }
            let text = String(decoding: answer, as: UTF8.self)
            #expect(statuses(text) == ["408"])
            #expect(text.contains("Connection: close"))
        }
    }

    @Test("ends a body that does not come")
    func body() async throws {
        let options = options { $0.body = .milliseconds(40) }
        try await withListener(options, handler: { $0.respond(.text("x")) }) { port in
            let answer = await talk(
                port,
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
            )
            #expect(statuses(answer) == ["408"])
        }
    }

    @Test("ends a body that is too slow, but not one that is fast enough")
    func slowBody() async throws {
        let options = options {
            $0.slowBody = .milliseconds(40)
            $0.bodyBytesPerSecond = 1_000_000
        }
        try await withListener(options, handler: { $0.respond(.text("x")) }) { port in
            let client = RawClient(port: port, patience: .milliseconds(5))
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            var answer: [UInt8] = []
            for _ in 0..<1_000 where answer.isEmpty {
                client.send("y")
                answer = client.read()
            }
            #expect(statuses(String(decoding: answer, as: UTF8.self)) == ["408"])
        }
    }

    @Test("closes a connection that asks for nothing, in silence")
    func idle() async throws {
        let options = options {
            $0.firstRequest = .milliseconds(30)
            $0.idle = .milliseconds(60)
        }
        try await withListener(options, handler: { $0.respond(.text("x")) }) { port in
            #expect(RawClient(port: port).readToEnd() == "")
            #expect(statuses(await talk(port, get("/"))) == ["200"])
        }
    }

    @Test("does not run while an answer is unconfirmed")
    func unconfirmed() async throws {
        let options = options {
            $0.firstRequest = .milliseconds(20)
            $0.idle = .milliseconds(20)
            $0.head = .milliseconds(20)
        }
        let desk = Desk()
        let timer = LoopTimer()
        try await withListener(
            options,
            handler: { exchange in
                desk.take(exchange)
                timer.schedule(after: .milliseconds(150)) { exchange.respond(.text("patience")) }
            },
            { port in
                #expect(await talk(port, get("/")).hasSuffix("patience"))
            }
        )
    }

    @Test("breaks a connection whose client reads nothing")
    func write() async throws {
        let options = options { $0.write = .milliseconds(40) }
        let body = [UInt8](repeating: 0x61, count: 20_000_000)
        let listener = try Listener(address: "127.0.0.1", port: 0, options: options) {
            $0.respond(Response(status: 200, body: body))
        }
        let client = RawClient(port: listener.port)
        client.shrinkReceiveBuffer(to: 16_384)
        client.send(get("/"))
        await empties(listener)
        #expect(listener.counters.timedOut == 1)
        await listener.shutdown(within: .zero)
    }

    @Test("ends the wait for a client that does not close after the last answer")
    func drain() async throws {
        let options = options { $0.drain = .milliseconds(40) }
        let listener = try Listener(address: "127.0.0.1", port: 0, options: options) {
            $0.respond(.text("x"))
        }
        let client = RawClient(port: listener.port)
        client.send(get("/", close: true))
        await empties(listener)
        #expect(statuses(client.readToEnd()) == ["200"])
        await listener.shutdown(within: .zero)
    }

    /// Returns when one connection has been taken and all are gone.
    private func empties(_ listener: Listener) async {
        while listener.counters.accepted == 0 || listener.connectionCount > 0 {
            await turn(.milliseconds(2))
        }
    }

    /// Lets the loop run for a moment.
    private func turn(_ duration: Duration) async {
        let timer = LoopTimer()
        let moment = Moment<Void>()
        timer.schedule(after: duration) { moment.happen(()) }
        await moment.wait()
    }
}
