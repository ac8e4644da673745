import Testing
import Wire

@Suite("A request parser")
struct HTTPRequestTests {
    struct Good: CustomTestStringConvertible, Sendable {
        let bytes: String
        let requests: [String]
        var testDescription: String { String(bytes.prefix(60)) }
    }

    static let good: [Good] = [
        Good(
            bytes: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: ["get / 1.1 [Host=a] "]
        ),
        Good(
            bytes: "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: ["get / 1.1 [Host=a] "]
        ),
        Good(
            bytes: "GET /a%20b?x=1&y=%2F?z HTTP/1.1\r\nhost:a.b:80\r\nX:\t v w \t\r\nY:\r\n\r\n",
            requests: ["get /a%20b?x=1&y=%2F?z 1.1 [host=a.b:80|X=v w|Y=] "]
        ),
        Good(
            bytes: "HEAD /? HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
            requests: ["head /? 1.1 [Host=[::1]:8080] "]
        ),
        Good(
            bytes: "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: ["options * 1.1 [Host=a] "]
        ),
        Good(
            bytes: "GET http://A.b:1/p?q HTTP/1.1\r\nHost: a.B:1\r\n\r\n",
            requests: ["get /p?q 1.1 [Host=a.B:1] "]
        ),
        Good(
            bytes: "OPTIONS HTTP://a HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: ["options * 1.1 [Host=a] "]
        ),
        Good(
            bytes: "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
            requests: ["get / 1.0 close [] ", "get / 1.0 [Connection=Keep-Alive] "]
        ),
        Good(
            bytes: "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
            requests: ["get / 1.1 close [Host=a|Connection=x, Close] "]
        ),
        Good(
            bytes: "GET / HTTP/1.7\r\nHost: a\r\n\r\n",
            requests: ["get / 1.1 [Host=a] "]
        ),
        Good(
            bytes:
                "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPUT /q HTTP/1.1\r\n"
                + "Host: a\r\nContent-Length: 0\r\n\r\nDELETE /r HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: [
                "post /p 1.1 [Host=a|Content-Length=5] hello",
                "put /q 1.1 [Host=a|Content-Length=0] ", "delete /r 1.1 [Host=a] ",
            ]
        ),
        Good(
            bytes: "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcTRACE / HTTP/1.1\r\n"
                + "Host: a\r\n\r\n",
            requests: ["get / 1.1 [Host=a|Content-Length=3] abc", "trace / 1.1 [Host=a] "]
        ),
        Good(
            bytes: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5;a;b=c;d=\"e \\\" f\"\r\nhello\r\n00000001\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n"
                + "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n",
            requests: [
                "post / 1.1 [Host=a|Transfer-Encoding=Chunked] hello!", "patch / 1.1 [Host=a] ",
            ]
        ),
        Good(
            bytes:
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
            requests: ["post / 1.1 [Host=a|Expect=100-Continue|Content-Length=1] x"]
        ),
        Good(bytes: "GET / HTTP/1.1\r\nHost: a\r\n", requests: []),
        Good(bytes: "", requests: []),
    ]

    @Test("says of the same bytes the same again, whatever comes between and behind")
    func repeated() {
        let get = Array("GET /a?b HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n".utf8)[...]
        let other = Array("GET /a?c HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n".utf8)[...]
        let post = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi".utf8)[...]
        let first = "get /a?b 1.1 [Host=a|X=y] "
        let second = "get /a?c 1.1 [Host=a|X=y] "
        let third = "post / 1.1 [Host=a|Content-Length=2] hi"
        let pieces = [
            get, get, other, get, post, post, get, get + get, get, get.prefix(9), get.dropFirst(9),
            get,
        ]
        let outcome = HTTPOutcome.of(pieces)
        #expect(
            outcome.requests == [
                first, first, second, first, third, third, first, first, first, first, first, first,
            ]
        )
        #expect(outcome.error == nil)
        // A head is not repeated where a body is waited for.
        let open = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n".utf8)[...]
        #expect(HTTPOutcome.of([get, open, get]).requests == [first])
        // Two that came together are two, and what was read last is known again.
        var parser = RequestParser()
        parser.append(get)
        _ = try? parser.next()  // it is a request, as above
        parser.append(get)
        parser.append(other)
        var paths: [String] = []
        while case .request(let request)? = try? parser.next() { paths.append(request.query ?? "") }
        #expect(paths == ["b", "c"])
    }

    @Test("reads what is right, wherever it is cut", arguments: good)
    func readsGood(_ example: Good) {
        #expect(HTTPOutcome.of(example.bytes) == HTTPOutcome(requests: example.requests))
        #expect(HTTPOutcome.differing(Array(example.bytes.utf8)) == [])
    }

    @Test("tells between a request, its head and its body")
    func phases() throws {
        var parser = RequestParser()
        #expect(parser.phase == .idle)
        parser.append("POST / HTTP/1.1\r\nHo".utf8)
        _ = try parser.next()
        #expect(parser.phase == .head)
        parser.append("st: a\r\nContent-Length: 2\r\n\r\n".utf8)
        _ = try parser.next()
        #expect(parser.phase == .body)
        parser.append("xyG".utf8)
        guard case .request = try parser.next() else {
            Issue.record("no request")
            return
        }
        #expect(parser.phase == .head)
        #expect(parser.unusedBytes == 1)
        #expect(parser.takeRest() == [UInt8(ascii: "G")])
        #expect(parser.phase == .idle)
    }

    @Test("asks once to continue, and not when the body has come")
    func expectsContinue() throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(try asks(head) == [true, false])
        #expect(try asks(head + "x") == [false, false])
        let chunked =
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(try asks(chunked) == [true, false])
        #expect(try asks(chunked + "5") == [false, false])
        let old = "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        #expect(try asks(old) == [false, false])
    }

    private func asks(_ text: String) throws -> [Bool] {
        var parser = RequestParser()
        parser.append(text.utf8)
        return try (0..<2).map { _ in
            guard case .expectsContinue = try parser.next() else { return false }
            return true
        }
    }

    @Test("says the same error again, whatever follows")
    func staysFailed() {
        var parser = RequestParser()
        parser.append("GET /\r\n".utf8)
        #expect(throws: RequestError.malformedRequestLine) { try parser.next() }
        parser.append("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        #expect(throws: RequestError.malformedRequestLine) { try parser.next() }
    }

    @Test("grows a body in place, however small its pieces")
    func dripsBody() throws {
        var parser = RequestParser()
        parser.append("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n".utf8)
        for _ in 0..<299_999 {
            parser.append(CollectionOfOne(UInt8(ascii: "x")))
            guard case .needsMore = try parser.next() else { break }
        }
        parser.append(CollectionOfOne(UInt8(ascii: "y")))
        guard case .request(let request) = try parser.next() else {
            Issue.record("no request")
            return
        }
        #expect(request.body.count == 300_000)
        #expect(request.body.last == UInt8(ascii: "y"))
    }
}
