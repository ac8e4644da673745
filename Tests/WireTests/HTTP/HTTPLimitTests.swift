import Testing
import Wire

@Suite("The limits of a request")
struct HTTPLimitTests {
    struct Edge: CustomTestStringConvertible, Sendable {
        let name: String
        let error: RequestError
        /// A request with so many of what is limited.
        let request: @Sendable (Int) -> String
        let limit: Int
        var testDescription: String { name }
    }

    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.requestLine = 60
        limits.method = 10
        limits.headerBlock = 100
        limits.fields = 5
        limits.body = 50
        limits.contentLength = 999
        limits.chunkLine = 20
        limits.trailerBlock = 40
        limits.trailers = 2
        return limits
    }()

    private static func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let edges: [Edge] = [
        Edge(
            name: "request line",
            error: .requestLineTooLong(limit: 60),
            request: { "GET /\(text($0 - 14)) HTTP/1.1\r\nHost: a\r\n\r\n" },
            limit: 60
        ),
        Edge(
            name: "header block",
            error: .headerBlockTooLarge(limit: 100),
            request: { "GET / HTTP/1.1\r\nHost: a\r\nX: \(text($0 - 16))\r\n\r\n" },
            limit: 100
        ),
        Edge(
            name: "fields",
            error: .tooManyFields(limit: 5),
            request: {
                "GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: $0 - 1))\r\n"
            },
            limit: 5
        ),
        Edge(
            name: "body by length",
            error: .bodyTooLarge(limit: 50),
            request: { "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n\(text($0))" },
            limit: 50
        ),
        Edge(
            name: "body in one chunk",
            error: .bodyTooLarge(limit: 50),
            request: { "\(chunked)\(String($0, radix: 16))\r\n\(text($0))\r\n0\r\n\r\n" },
            limit: 50
        ),
        Edge(
            name: "body in many chunks",
            error: .bodyTooLarge(limit: 50),
            request: { "\(chunked)\(String(repeating: "1\r\nx\r\n", count: $0))0\r\n\r\n" },
            limit: 50
        ),
        Edge(
            name: "chunk line",
            error: .malformedChunk,
            request: { "\(chunked)1;a=\(text($0 - 4))\r\nx\r\n0\r\n\r\n" },
            limit: 20
        ),
        Edge(
            name: "trailer block",
            error: .headerBlockTooLarge(limit: 40),
            request: { "\(chunked)0\r\nX: \(text($0 - 7))\r\n\r\n" },
            limit: 40
        ),
        Edge(
            name: "trailers",
            error: .tooManyFields(limit: 2),
            request: { "\(chunked)0\r\n\(String(repeating: "X: y\r\n", count: $0))\r\n" },
            limit: 2
        ),
    ]

    @Test("are reached without harm and not passed, wherever it is cut", arguments: edges)
    func edge(_ edge: Edge) {
        let within = edge.request(edge.limit)
        let beyond = edge.request(edge.limit + 1)
        let good = HTTPOutcome.of(within, limits: Self.limits)
        #expect(good.error == nil)
        #expect(good.requests.count == 1)
        #expect(HTTPOutcome.of(beyond, limits: Self.limits) == HTTPOutcome(error: edge.error))
        #expect(HTTPOutcome.differing(Array(within.utf8), limits: Self.limits) == [])
        #expect(HTTPOutcome.differing(Array(beyond.utf8), limits: Self.limits) == [])
    }

    @Test(
        "hold before the end of a line has come",
        arguments: [
            ("GET /\(text(60))", RequestError.requestLineTooLong(limit: 60)),
            ("GET / HTTP/1.1\r\nHost: \(text(100))", .headerBlockTooLarge(limit: 100)),
            (text(11), .methodTooLong(limit: 10)),
            (chunked + "1;a=\(text(20))", .malformedChunk),
            (chunked + "0\r\nX: \(text(40))", .headerBlockTooLarge(limit: 40)),
        ]
    )
    func early(_ text: String, _ error: RequestError) {
        #expect(HTTPOutcome.of(text, limits: Self.limits).error == error)
    }

    @Test("let a URL of 7,900 bytes through and stop one of 100,000")
    func urls() {
        func request(_ count: Int) -> String {
            "GET /\(Self.text(count - 1)) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(HTTPOutcome.of(request(7_900)).requests.count == 1)
        #expect(HTTPOutcome.of(request(100_000)).error?.status == 414)
    }
}
