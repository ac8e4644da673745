import Runtime
import Support
import Testing
import Wire

@Suite("A listener")
@Loop struct ListenerTests {
    @Test("answers a request on the port that it was given")
    func answers() async throws {
        let listener = try Listener(address: "127.0.0.1", port: 0) { exchange in
            exchange.respond(Response(status: 200, body: Array("hello".utf8)))
        }
        let answer = await talk(
            to: listener,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
        #expect(answer.hasSuffix("Connection: close\r\nContent-Length: 5\r\n\r\nhello"))
        await listener.shutdown(within: .seconds(1))
    }

    @Test("says what to do when the port is in use")
    func portInUse() throws {
        let first = try Listener(address: "127.0.0.1", port: 0) { _ in }
        let error = #expect(throws: ListenerError.self) {
            _ = try Listener(address: "127.0.0.1", port: first.port) { _ in }
        }
        #expect(error == .inUse(address: "127.0.0.1", port: first.port))
        #expect(error?.description.contains("choose another port") == true)
        first.stop()
    }
}

/// Sends `text`, and returns everything that comes until the other side closes.
@concurrent func talk(to listener: Listener, _ text: String) async -> String {
    let client = RawClient(port: await listener.port)
    client.send(text)
    return client.readToEnd()
}
