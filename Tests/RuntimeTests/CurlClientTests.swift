import Foundation
import Runtime
import Synchronization
import Testing
import Wire

@Suite("A client for outbound requests", .timeLimit(.minutes(1)))
struct CurlClientTests {
    @Test("finds a libcurl that resolves names on a thread of its own")
    func asynchronousDNS() {
        #expect(CurlClient.verifyAsynchronousDNS())
    }

    @Test("sends method, path, headers and body, and reads the answer")
    @Loop func exchange() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.readRequest() else { return }
            let body = String(decoding: request.body, as: UTF8.self)
            peer.answer(
                "201 Created",
                "X-Thing:  a b \t\r\nx-thing: c\r\n",
                body: request.head + body
            )
        }
        let client = CurlClient()
        defer { client.shutdown() }
        let request = OutboundRequest(
            method: .patch,
            url: "http://127.0.0.1:\(server.port)/v4/a?noReplace=true",
            headers: [("Authorization", "pass"), ("Content-Type", "application/json"), ("X", "")],
            body: Array("{}".utf8)
        )
        let response = try await client.send(request).get()
        #expect(response.status == 201)
        #expect(response.header("x-thing") == "a b")
        #expect(response.headers.filter { $0.name == "x-thing" }.map(\.value) == ["a b", "c"])
        let echo = String(decoding: response.body, as: UTF8.self)
        #expect(echo.hasPrefix("PATCH /v4/a?noReplace=true HTTP/1.1\r\n"))
        #expect(Peer.field("authorization", in: echo) == "pass")
        #expect(Peer.field("content-type", in: echo) == "application/json")
        #expect(Peer.field("x", in: echo)?.isEmpty == true)
        #expect(Peer.field("content-length", in: echo) == "2")
        #expect(Peer.field("expect", in: echo) == nil)
        #expect(echo.hasSuffix("\r\n\r\n{}"))
    }

    @Test("sends every method as it is called", arguments: Wire.Method.allCases)
    @Loop func methods(method: Wire.Method) async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.readRequest() else { return }
            if method == .head {
                peer.write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-First: \(request.head.prefix(4))\r\n\r\n"
                )
            } else {
                peer.answer("200 OK", body: request.head)
            }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        guard method != .connect else { return }  // a tunnel is no request
        let request = OutboundRequest(method: method, url: "http://127.0.0.1:\(server.port)/")
        let response = try await client.send(request).get()
        if method == .head {
            #expect(response.header("x-first") == "HEAD")
            #expect(response.body.isEmpty)
            return
        }
        let head = String(decoding: response.body, as: UTF8.self)
        #expect(head.hasPrefix(method.rawValue + " / HTTP/1.1\r\n"))
        let hasBody = [.post, .put, .patch].contains(method)
        #expect(Peer.field("content-length", in: head) == (hasBody ? "0" : nil))
    }

    @Test("keeps a connection for the next request")
    @Loop func reuse() async throws {
        let server = try ScriptedServer { peer in
            while peer.readRequest() != nil { peer.answer(body: "x") }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        for _ in 1...20 {
            let request = OutboundRequest(url: "http://127.0.0.1:\(server.port)/")
            #expect(try await client.send(request).get().status == 200)
        }
        #expect(server.connections == 1)
    }

    @Test("connects again when a kept connection was closed, each time the number is reused")
    @Loop func descriptorsAreReused() async throws {
        let server = try ScriptedServer { peer in
            if peer.readRequest() != nil { peer.answer("200 OK", "Connection: close\r\n") }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        for _ in 1...50 {
            let request = OutboundRequest(url: "http://127.0.0.1:\(server.port)/")
            #expect(try await client.send(request).get().status == 200)
        }
        #expect(server.connections == 50)
    }

    @Test("never repeats a body of which a node may have seen the whole")
    @Loop func noRepetition() async throws {
        let requests = SharedCount()
        let server = try ScriptedServer { peer in
            guard peer.readHead() != nil else { return }
            requests.increment()
            peer.answer()
            guard peer.readRequest() != nil else { return }
            requests.increment()
        }
        let client = CurlClient()
        defer { client.shutdown() }
        let url = "http://127.0.0.1:\(server.port)/"
        #expect(try await client.send(OutboundRequest(url: url)).get().status == 200)
        let patch = OutboundRequest(method: .patch, url: url, body: Array("{}".utf8))
        let result = await client.send(patch)
        guard case .failure(.connectionLost) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(requests.value == 2, "the first one and the body once, and no other head")
    }

    @Test("has many in flight, and tells whose answer is whose")
    @Loop func many() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.readRequest() {
                peer.answer(body: String(request.head.split(separator: " ")[1]))
            }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        var answers: [Int: String] = [:]
        await withCheckedContinuation { continuation in
            for number in 0..<200 {
                let url = "http://127.0.0.1:\(server.port)/\(number)"
                client.send(OutboundRequest(url: url)) { result in
                    answers[number] = result.text
                    if answers.count == 200 { continuation.resume() }
                }
            }
        }
        for number in 0..<200 { #expect(answers[number] == "/\(number)") }
        #expect(client.count == 0)
    }

    @Test("never completes within send, and completes once")
    @Loop func completion() async throws {
        let server = try ScriptedServer { peer in
            if peer.readRequest() != nil { peer.answer() }
        }
        let client = CurlClient()
        for url in ["http://127.0.0.1:\(server.port)/", "gopher://127.0.0.1/", "not a url"] {
            var isWithin = true
            await withCheckedContinuation { continuation in
                client.send(OutboundRequest(url: url)) { _ in
                    #expect(!isWithin)
                    continuation.resume()
                }
                isWithin = false
            }
        }
        client.shutdown()
        let late = await client.send(OutboundRequest(url: "http://127.0.0.1:\(server.port)/"))
        #expect(late.failure == .cancelled)
    }

    @Test("can be cancelled at once, in flight, and from the completion of another")
    @Loop func cancellation() async throws {
        let silent = try SilentAddress()
        let server = try ScriptedServer { peer in
            guard let request = peer.readRequest() else { return }
            if request.head.hasPrefix("GET /quick") { peer.answer() } else { _ = peer.read() }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        var results: [TransferError?] = []
        await withCheckedContinuation { continuation in
            let note: CurlClient.Completion = { result in
                results.append(result.failure)
                if results.count == 5 { continuation.resume() }
            }
            let base = "http://127.0.0.1:\(server.port)"
            client.cancel(client.send(OutboundRequest(url: base + "/never"), completion: note))
            let connecting = OutboundRequest(url: "http://127.0.0.1:\(silent.port)/")
            let named = OutboundRequest(url: "http://nowhere.invalid/")
            let waiting = [OutboundRequest(url: base + "/slow"), connecting, named]
                .map { client.send($0, completion: note) }
            client.send(OutboundRequest(url: base + "/quick")) { result in
                note(result)
                for id in waiting + waiting { client.cancel(id) }
            }
        }
        #expect(results.filter { $0 == nil }.count == 1)
        #expect(results.filter { $0 == .cancelled || $0?.isResolution == true }.count == 4)
        #expect(client.count == 0)
    }

    @Test("is cancelled with the task that waits, before and after the start")
    @Loop func taskCancellation() async throws {
        let started = SharedCount()
        let server = try ScriptedServer { peer in
            _ = peer.readRequest()
            started.increment()
            _ = peer.read()
        }
        let client = CurlClient()
        defer { client.shutdown() }
        let url = "http://127.0.0.1:\(server.port)/"
        let early = Task { @Loop in await client.send(OutboundRequest(url: url)).failure }
        early.cancel()
        #expect(await early.value == .cancelled)
        let late = Task { @Loop in await client.send(OutboundRequest(url: url)).failure }
        while started.value == 0 { await Task.yield() }
        late.cancel()
        #expect(await late.value == .cancelled)
    }

    @Test("cancels everything at shutdown")
    @Loop func shutdown() async throws {
        let silent = try SilentAddress()
        let client = CurlClient()
        var failures: [TransferError?] = []
        await withCheckedContinuation { continuation in
            for _ in 1...10 {
                client.send(OutboundRequest(url: "http://127.0.0.1:\(silent.port)/")) { result in
                    failures.append(result.failure)
                    if failures.count == 10 { continuation.resume() }
                }
            }
            client.shutdown()
            client.shutdown()
        }
        #expect(failures.allSatisfy { $0 == .cancelled })
    }

    @Test("reports what a connection came to")
    @Loop func failures() async throws {
        let client = CurlClient()
        defer { client.shutdown() }
        let nobody = OutboundRequest(url: "http://127.0.0.1:\(try closedPort())/")
        #expect(await client.send(nobody).failure == .refused)

        let silent = try SilentAddress()
        var request = OutboundRequest(url: "http://127.0.0.1:\(silent.port)/")
        request.timeout = .milliseconds(300)
        #expect(await client.send(request).failure == .timedOut)

        let unresolved = await client.send(OutboundRequest(url: "http://nowhere.invalid/"))
        guard case .resolve = unresolved.failure else {
            Issue.record("\(unresolved)")
            return
        }
    }

    @Test(
        "reports a broken answer",
        arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"]
    )
    @Loop func broken(answer: String) async throws {
        let server = try ScriptedServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.write(answer)
        }
        let client = CurlClient()
        defer { client.shutdown() }
        let result = await client.send(OutboundRequest(url: "http://127.0.0.1:\(server.port)/"))
        guard case .connectionLost = result.failure else {
            Issue.record("\(result)")
            return
        }
    }

    @Test("gives up on an answer that is too large, in head or body")
    @Loop func tooLarge() async throws {
        let server = try ScriptedServer { peer in
            guard let request = peer.readRequest() else { return }
            if request.head.hasPrefix("GET /head") {
                for index in 0..<200 {
                    peer.write(
                        (index == 0 ? "HTTP/1.1 200 OK\r\n" : "")
                            + "X: \(String(repeating: "y", count: 400))\r\n"
                    )
                }
            } else {
                peer.answer(body: String(repeating: "z", count: 101))
            }
        }
        let client = CurlClient()
        defer { client.shutdown() }
        for path in ["head", "body"] {
            var request = OutboundRequest(url: "http://127.0.0.1:\(server.port)/\(path)")
            request.maximumResponseBytes = path == "body" ? 100 : 1_000_000
            #expect(await client.send(request).failure == .tooLarge)
            request.maximumResponseBytes = 101
            if path == "body" { #expect(await client.send(request).failure == nil) }
        }
    }

    @Test("follows no redirect and obeys no proxy of the environment")
    func noDetours() async {
        // In a process of its own: the environment belongs to all tests of this one.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            let status = try await redirectedStatus()
            exit(status == 302 ? 0 : 1)
        }
    }

    @Test(
        "refuses what cannot be sent",
        arguments: [
            ("ftp://127.0.0.1/", "A", "b"), ("file:///etc/passwd", "A", "b"), ("", "A", "b"),
            ("http://127.0.0.1/ x", "A", "b"), ("http://127.0.0.1/\r\nX: y", "A", "b"),
            ("http://127.0.0.1/", "A", "b\r\nC: d"), ("http://127.0.0.1/", "A b", "c"),
        ]
    )
    @Loop func invalid(url: String, name: String, value: String) async {
        let client = CurlClient()
        defer { client.shutdown() }
        let result = await client.send(OutboundRequest(url: url, headers: [(name, value)]))
        guard case .invalidRequest(let reason) = result.failure else {
            Issue.record("\(result)")
            return
        }
        #expect(!reason.isEmpty)
    }
}

/// What a client makes of a redirect.
@Loop private func redirectedStatus() async throws -> Int {
    let server = try ScriptedServer { peer in
        guard peer.readRequest() != nil else { return }
        peer.answer("302 Found", "Location: http://127.0.0.1:1/\r\n")
    }
    let client = CurlClient()
    defer { client.shutdown() }
    let request = OutboundRequest(url: "http://127.0.0.1:\(server.port)/")
    return try await client.send(request).get().status
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension Result<OutboundResponse, TransferError> {
    /// The body, or the error.
    var text: String {
        switch self {
        case .success(let response): String(decoding: response.body, as: UTF8.self)
        case .failure(let error): error.reason
        }
    }
}

extension TransferError {
    var isResolution: Bool {
        if case .resolve = self { true } else { false }
    }
}

/// A number that threads of a server count up.
final class SharedCount: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func increment() { count.withLock { $0 += 1 } }
}
