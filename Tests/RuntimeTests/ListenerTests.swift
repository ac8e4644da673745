import Glibc
import Runtime
import Support
import Testing
import Wire

@Suite("A listener")
@Loop struct ListenerTests {
    @Test("answers a request on the port that it was given")
    func answers() async throws {
        try await withListener(handler: { $0.respond(.text("hello")) }) { port in
            let answer = await talk(port, get("/", close: true))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
            #expect(answer.hasSuffix("Connection: close\r\nContent-Length: 5\r\n\r\nhello"))
        }
    }

    @Test("says what to do when it cannot listen")
    func cannotListen() throws {
        let first = try Listener(address: "127.0.0.1", port: 0) { _ in }
        let inUse = #expect(throws: ListenerError.self) {
            _ = try Listener(address: "127.0.0.1", port: first.port) { _ in }
        }
        #expect(inUse == .inUse(address: "127.0.0.1", port: first.port))
        #expect(inUse?.description.contains("choose another port") == true)
        first.stop()
        let name = #expect(throws: ListenerError.self) {
            _ = try Listener(address: "localhost", port: 0) { _ in }
        }
        #expect(name?.description.contains("use one such as 127.0.0.1") == true)
        let foreign = #expect(throws: ListenerError.self) {
            _ = try Listener(address: "192.0.2.1", port: 0) { _ in }
        }
        #expect(foreign == .notAvailable(address: "192.0.2.1"))
    }

    @Test("answers with 503 above its limit, except for the reserved paths")
    func tooMany() async throws {
        var options = ListenerOptions()
        options.connections = 1
        options.reservedConnections = 1
        try await withListener(options, handler: { $0.respond(.text("ok")) }) { port in
            let first = RawClient(port: port)
            first.send(get("/"))
            #expect(statuses(first.read(until: "ok")) == ["200"])
            let refused = await talk(port, get("/"))
            #expect(statuses(refused) == ["503"])
            #expect(refused.contains("\r\nRetry-After: 1\r\n"))
            let probe = RawClient(port: port)
            probe.send(get("/livez"))
            #expect(statuses(probe.read(until: "ok")) == ["200"])
            #expect(statuses(RawClient(port: port).readToEnd()) == ["503"])
            first.send(get("/"))
            #expect(statuses(first.read(until: "ok")) == ["200"])
        }
    }

    @Test("answers an address with 503 when it has too many connections")
    func tooManyOfOne() async throws {
        var options = ListenerOptions()
        options.connectionsPerAddress = 1
        try await withListener(options, handler: { $0.respond(.text("ok")) }) { port in
            do {
                let first = RawClient(port: port)
                first.send(get("/"))
                #expect(statuses(first.read(until: "ok")) == ["200"])
                #expect(statuses(await talk(port, "")) == ["503"])
                first.send(get("/"))
                #expect(statuses(first.read(until: "ok")) == ["200"])
            }
            // The client has closed; its place is free as soon as the listener has seen it.
            var answer = ["503"]
            for _ in 0..<5_000 where answer != ["200"] {
                answer = statuses(await talk(port, get("/", close: true)))
            }
            #expect(answer == ["200"])
        }
    }

    @Test("finishes what is in flight when it stops, and closes what is idle")
    func stops() async throws {
        let desk = Desk()
        let listener = try Listener(address: "127.0.0.1", port: 0) { desk.take($0) }
        let port = listener.port
        async let answer = talk(port, get("/"))
        await desk.has(1)
        let idle = RawClient(port: port)
        listener.stop()
        desk.respond(0, "late")
        #expect(await answer.hasSuffix("Connection: close\r\nContent-Length: 4\r\n\r\nlate"))
        await listener.shutdown(within: .seconds(5))
        #expect(listener.connectionCount == 0)
        #expect(idle.isClosed())
        #expect(RawClient(port: port).isClosed())
    }

    @Test("breaks what is left when its time to stop is over")
    func breaksOff() async throws {
        let desk = Desk()
        let listener = try Listener(address: "127.0.0.1", port: 0) { desk.take($0) }
        async let answer = talk(listener.port, get("/"))
        await desk.has(1)
        await listener.shutdown(within: .milliseconds(10))
        #expect(await answer.isEmpty)
        desk.respond(0, "too late")
    }

    @Test("tells what a client has sent wrong in the service's own words")
    func ownErrors() async throws {
        let listener = try Listener(
            address: "127.0.0.1",
            port: 0,
            errorResponse: { status, detail in
                Response(status: status, headers: [("X", "y")], body: Array("<\(detail)>".utf8))
            },
            handler: { $0.respond(.text("ok")) }
        )
        let answer = await talk(listener.port, get("/") + "GET / HTTP/1.1\r\n\r\n")
        #expect(statuses(answer) == ["200", "400"])
        #expect(answer.hasSuffix("\r\n\r\n<The Host header is missing.>"))
        #expect(listener.counters.malformed == 1)
        await listener.shutdown(within: .zero)
    }

    @Test("knows its clients by their addresses")
    func peer() async throws {
        try await withListener(handler: { $0.respond(.text($0.peerAddress)) }) { port in
            #expect(await talk(port, get("/", close: true)).hasSuffix("\r\n\r\n127.0.0.1"))
        }
    }

    @Test("takes clients over IPv6 where there is one")
    func overIPv6() throws {
        do throws(ListenerError) {
            let listener = try Listener(address: "::1", port: 0) { _ in }
            #expect(listener.port > 0)
            listener.stop()
        } catch {
            #expect(error == .notAvailable(address: "::1") || error.isUnsupported)
        }
    }
}

extension ListenerError {
    fileprivate var isUnsupported: Bool {
        guard case .failed(_, _, let code) = self else { return false }
        return code == EAFNOSUPPORT
    }
}
