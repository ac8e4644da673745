import Runtime
@testable import Service
import Support
import Synchronization
import Testing
import Wire

@Suite("The front end")
struct FrontEndTests {
    private static let routes = [
        Route(
            .get,
            "/livez",
            "live",
            access: .open,
            .immediate { _ in Response(status: 200, body: Array("ok".utf8)) }
        ),
        Route(
            .get,
            "/v1/echo/{word}",
            "echo",
            query: ["loud"],
            .immediate { context throws(Problem) in
                Response(status: 200, body: Array(try context.path("word").utf8))
            }
        ),
        Route(
            .post,
            "/v1/later",
            "later",
            .waiting { context async throws(Problem) in
                await Task.yield()
                if context.request.body.isEmpty { throw Problem(.noNode, "None.", retryAfter: 3) }
                return Response(status: 202)
            }
        ),
        Route(
            .get,
            "/v1/stream",
            "stream",
            query: ["no"],
            .stream { context, exchange throws(Problem) in
                if context.query("no") != nil { throw Problem(.conflict, "No.") }
                let stream = exchange.stream(Response(status: 200))
                stream.write(Array("data".utf8))
                stream.close()
            }
        ),
    ]

    /// Sends one request and gives back the whole answer.
    private func ask(_ request: String, tokens: [ConfiguredToken] = []) async throws -> String {
        let (port, stop) = try await start(tokens)
        let answer = exchange(request, port)
        await stop()
        return answer
    }

    /// The client is gone afterwards, so that nobody waits for it.
    private func exchange(_ request: String, _ port: UInt16) -> String {
        let client = RawClient(port: port)
        client.send(request.replacing("\n", with: "\r\n"))
        return client.readToEnd()
    }

    @Loop private func start(
        _ tokens: [ConfiguredToken],
        limits: FrontEnd.Limits = FrontEnd.Limits()
    ) throws -> (UInt16, @Loop @Sendable () async -> Void) {
        let frontEnd = FrontEnd(
            router: Router(Self.routes),
            authorization: Authorization(tokens),
            bots: BotDirectory([]),
            log: .silent,
            limits: limits,
            boot: 1
        )
        let listener = try Listener(address: "127.0.0.1", port: 0) { frontEnd.handle($0) }
        return (listener.port, { await listener.shutdown(within: .seconds(1)) })
    }

    private let end = "\nHost: localhost\nConnection: close\n\n"

    @Test("runs the endpoint of the route, and names the request")
    func immediate() async throws {
        let answer = try await ask("GET /v1/echo/a%20b HTTP/1.1" + end)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.hasSuffix("\r\n\r\na b"))
        #expect(answer.contains("X-Request-Id: 1-1\r\n"))
    }

    @Test("keeps the name that a client gives, if it can be logged")
    func names() async throws {
        let good = try await ask("GET /livez HTTP/1.1\nX-Request-Id: my.Name_1" + end)
        #expect(good.contains("X-Request-Id: my.Name_1\r\n"))
        let bad = try await ask("GET /livez HTTP/1.1\nX-Request-Id: a b" + end)
        #expect(bad.contains("X-Request-Id: 1-1\r\n"))
    }

    @Test("answers HEAD as GET without the body")
    func head() async throws {
        let answer = try await ask("HEAD /v1/echo/abc HTTP/1.1" + end)
        #expect(answer.contains("Content-Length: 3\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test("waits for endpoints that wait, and writes their problems")
    func waiting() async throws {
        let good = try await ask("POST /v1/later HTTP/1.1\nContent-Length: 1" + end + "x")
        #expect(good.hasPrefix("HTTP/1.1 202 "))
        let bad = try await ask("POST /v1/later HTTP/1.1\nContent-Length: 0" + end)
        #expect(bad.hasPrefix("HTTP/1.1 503 "))
        #expect(bad.contains("Retry-After: 3\r\n"))
        #expect(bad.contains("\"type\":\"/problems/no-node\""))
        #expect(bad.contains("\"requestId\":\"1-1\""))
    }

    @Test("lets only so many wait, and tells the next to come back")
    func waitingLimit() async throws {
        var limits = FrontEnd.Limits()
        limits.waiting = 0
        let (port, stop) = try await start([], limits: limits)
        let answer = exchange("POST /v1/later HTTP/1.1\nContent-Length: 0" + end, port)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("Retry-After: 1\r\n"))
        #expect(answer.contains("/problems/overloaded"))
        await stop()
    }

    @Test("hands the connection to streams, which may refuse first")
    func stream() async throws {
        let answer = try await ask("GET /v1/stream HTTP/1.1" + end)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.contains("data"))
        let refused = try await ask("GET /v1/stream?no=1 HTTP/1.1" + end)
        #expect(refused.hasPrefix("HTTP/1.1 409 "))
    }

    @Test(
        "writes a problem for whatever it cannot do",
        arguments: [
            ("GET /nothing", "404", "no-such-path", ""),
            ("DELETE /livez", "405", "method-not-allowed", "Allow: GET, HEAD, OPTIONS\r\n"),
            ("TRACE /livez", "405", "method-not-allowed", "Allow: GET, HEAD, OPTIONS\r\n"),
            ("GET /livez?x=1", "400", "invalid-query", ""),
        ]
    )
    func problems(line: String, status: String, slug: String, header: String) async throws {
        let answer = try await ask(line + " HTTP/1.1" + end)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains("Content-Type: application/problem+json\r\n"))
        #expect(answer.contains("\"type\":\"/problems/\(slug)\""))
        if !header.isEmpty { #expect(answer.contains(header)) }
    }

    @Test("answers OPTIONS with the methods, for one path and for all")
    func options() async throws {
        let one = try await ask("OPTIONS /v1/later HTTP/1.1" + end)
        #expect(one.hasPrefix("HTTP/1.1 204 "))
        #expect(one.contains("Allow: POST, OPTIONS\r\n"))
        let all = try await ask("OPTIONS * HTTP/1.1" + end)
        #expect(all.hasPrefix("HTTP/1.1 204 "))
    }

    @Test("asks for a token, but not where everybody may look")
    func tokens() async throws {
        let tokens = [
            ConfiguredToken(name: "a", sha256: SHA256.hash(Array("0123456789abcdef".utf8)))
        ]
        let missing = try await ask("GET /v1/echo/a HTTP/1.1" + end, tokens: tokens)
        #expect(missing.hasPrefix("HTTP/1.1 401 "))
        #expect(missing.contains("WWW-Authenticate: Bearer"))
        let header = "\nAuthorization: Bearer 0123456789abcdef"
        let right = try await ask("GET /v1/echo/a HTTP/1.1\(header)" + end, tokens: tokens)
        #expect(right.hasPrefix("HTTP/1.1 200 "))
        let open = try await ask("GET /livez HTTP/1.1" + end, tokens: tokens)
        #expect(open.hasPrefix("HTTP/1.1 200 "))
    }

    @Test("tells who guesses tokens to wait")
    func guessing() async throws {
        let tokens = [
            ConfiguredToken(name: "a", sha256: SHA256.hash(Array("0123456789abcdef".utf8)))
        ]
        let guess = "GET /v1/echo/a HTTP/1.1\nHost: localhost\nAuthorization: Bearer wrong\n\n"
        let answer = try await ask(
            String(repeating: guess, count: 10) + "GET /v1/echo/a HTTP/1.1"
                + "\nAuthorization: Bearer wrong" + end,
            tokens: tokens
        )
        #expect(answer.split(separator: "HTTP/1.1 401 ").count == 10)
        #expect(answer.contains("HTTP/1.1 429 "))
        #expect(answer.contains("Retry-After: "))
    }

    @Test("counts by template, never by path, and logs one line a request")
    @Loop func records() async throws {
        let lines = Mutex<[String]>([])
        let log = Log(style: .json, level: .info) { bytes in
            lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }
        let frontEnd = FrontEnd(
            router: Router(Self.routes),
            authorization: Authorization([]),
            bots: BotDirectory([]),
            log: log
        )
        let listener = try Listener(address: "127.0.0.1", port: 0) { frontEnd.handle($0) }
        let port = listener.port
        let close = end.replacing("\n", with: "\r\n")
        await Task.detachedFromLoop {
            for path in ["/v1/echo/a", "/v1/echo/b", "/livez", "/x?secret=1"] {
                let client = RawClient(port: port)
                client.send("GET \(path) HTTP/1.1" + close)
                _ = client.readToEnd()
            }
        }
        await listener.shutdown(within: .seconds(1))
        let counts = frontEnd.metrics.counts
        #expect(counts[.init(route: "/v1/echo/{word}", method: .get, statusClass: 2)] == 2)
        #expect(counts[.init(route: "/livez", method: .get, statusClass: 2)] == 1)
        #expect(counts[.init(route: "unknown", method: .get, statusClass: 4)] == 1)
        #expect(frontEnd.metrics.durations["/v1/echo/{word}"]?.count == 2)
        let written = lines.withLock { $0 }
        #expect(written.count == 3)
        #expect(written[0].contains("\"path\":\"/v1/echo/a\",\"status\":200"))
        #expect(!written.joined().contains("secret"))
    }
}

extension Task where Success == Never, Failure == Never {
    /// Runs blocking test code off the loop.
    @concurrent fileprivate static func detachedFromLoop(_ body: @Sendable () -> Void) async {
        body()
    }
}
