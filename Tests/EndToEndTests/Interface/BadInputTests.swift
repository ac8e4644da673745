import Support
import Testing
import Wire

@Suite("Bad input")
struct BadInputTests {
    struct Malformed: Sendable, CustomTestStringConvertible {
        var name: String
        var request: String
        var status: Int
        var testDescription: String { name }
    }

    static let malformed = [
        Malformed(name: "no HTTP", request: "hello\r\n\r\n", status: 400),
        Malformed(name: "no host", request: "GET /livez HTTP/1.1\r\n\r\n", status: 400),
        Malformed(
            name: "two hosts",
            request: "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            status: 400
        ),
        Malformed(
            name: "two framings",
            request: """
                POST /v1/voice HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r
                Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n
                """,
            status: 400
        ),
        Malformed(
            name: "a space before the colon",
            request: "GET /livez HTTP/1.1\r\nHost : a\r\n\r\n",
            status: 400
        ),
        Malformed(
            name: "a length that is none",
            request: "POST /v1/voice HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            status: 400
        ),
        Malformed(
            name: "a header without end",
            request: "GET /livez HTTP/1.1\r\nHost: a\r\nX: "
                + String(repeating: "x", count: 100_000) + "\r\n\r\n",
            status: 431
        ),
        Malformed(
            name: "a body that is too large",
            request: "POST /v1/voice HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
            status: 413
        ),
        Malformed(name: "HTTP/3", request: "GET /livez HTTP/3.0\r\nHost: a\r\n\r\n", status: 505),
    ]

    @Test("that is no HTTP gets a problem, and the connection closes", .timeLimit(.minutes(2)))
    func noHTTP() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let port = lavadeck.port
        for bad in Self.malformed {
            // What follows on the connection must not be answered.
            let request = bad.request + "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
            let bytes = await blocking {
                let client = RawClient(port: port)
                client.send(request)
                return client.readAll()
            }
            let answer = try #require(HTTPClient.Answer(bytes), "\(bad.name)")
            #expect(answer.status == bad.status, "\(bad.name)")
            #expect(answer.headers.has("Connection", token: "close"), "\(bad.name)")
            #expect(answer.headers["Content-Type"] == "application/problem+json")
            #expect(answer["status"]?.int64 == Int64(bad.status), "\(bad.name)")
            #expect(answer["type"]?.string?.hasPrefix("/problems/") == true)
        }
        #expect(try await lavadeck.client().get("/livez").status == 200)
    }

    struct Refused: Sendable {
        var method: String
        var target: String
        var body: String?
        var status: Int
        /// What the problem must name.
        var names: String

        init(
            _ method: String,
            _ target: String,
            _ body: String?,
            _ status: Int,
            names: String
        ) {
            self.method = method
            self.target = target
            self.body = body
            self.status = status
            self.names = names
        }
    }

    static let refused = [
        Refused("PATCH", "/v1/players/5", #"{"volum":5}"#, 400, names: "/volum"),
        Refused("PATCH", "/v1/players/5", #"{"volume":"5"}"#, 400, names: "/volume"),
        Refused("PATCH", "/v1/players/5", #"{"volume":1001}"#, 400, names: "/volume"),
        Refused("PATCH", "/v1/players/5", #"{"volume":5.5}"#, 400, names: "/volume"),
        Refused("PATCH", "/v1/players/5", #"{"paused":null}"#, 400, names: "/paused"),
        Refused("PATCH", "/v1/players/5", #"{"position":-1}"#, 400, names: "/position"),
        Refused("PATCH", "/v1/players/5", #"{"loop":"all"}"#, 400, names: "/loop"),
        Refused(
            "PATCH",
            "/v1/players/5",
            #"{"filters":{"timescale":{"speed":0}}}"#,
            400,
            names: "/filters/timescale/speed"
        ),
        Refused("PATCH", "/v1/players/5", #"{"volume":5"#, 400, names: "line 1"),
        Refused("PATCH", "/v1/players/5", "[]", 400, names: "object"),
        Refused("PUT", "/v1/players/5", #"{"voiceChannel":7}"#, 400, names: "/voiceChannel"),
        Refused("PUT", "/v1/players/abc", "{}", 400, names: "guildId"),
        Refused("PUT", "/v1/players/0", "{}", 400, names: "guildId"),
        Refused(
            "POST",
            "/v1/players/5/queue",
            #"{"tracks":[{"encoded":"?"}]}"#,
            400,
            names: "/tracks/0/encoded"
        ),
        Refused("PUT", "/v1/players/5/voice", #"{"token":"t"}"#, 400, names: "/endpoint"),
        Refused("POST", "/v1/voice", #"{"t":"READY","d":{"guild_id":"5"}}"#, 400, names: "/t"),
        Refused("GET", "/v1/players?limit=0", nil, 400, names: "limit"),
        Refused("GET", "/v1/players?limits=5", nil, 400, names: "limits"),
        Refused("GET", "/v1/events?types=trackStarted", nil, 400, names: "trackStart"),
        Refused("GET", "/v1/players/6", nil, 404, names: "6"),
        Refused("PATCH", "/v1/players/6", #"{"paused":true}"#, 404, names: "6"),
        Refused("GET", "/v1/nodes/other", nil, 404, names: "other"),
        Refused("POST", "/v1/nodes/other/simulate-failure", nil, 404, names: "other"),
        Refused("GET", "/v1/state/restore/77", nil, 404, names: "restore"),
        Refused("GET", "/v1/nothing", nil, 404, names: "/v1/nothing"),
        Refused("DELETE", "/v1/nodes", nil, 405, names: "DELETE"),
    ]

    @Test("gets a problem that names what is wrong", .timeLimit(.minutes(2)))
    func named() async throws {
        let lavadeck = try await LavadeckProcess.running(TestConfiguration())
        let client = lavadeck.client()
        #expect(try await client.put("/v1/players/5", "{}").status == 201)
        let before = try await client.get("/v1/players/5").text
        for bad in Self.refused {
            let answer = try await client.send(bad.method, bad.target, bad.body)
            let name = "\(bad.method) \(bad.target) \(bad.body ?? "")"
            #expect(answer.status == bad.status, "\(name): \(answer.text)")
            #expect(answer.headers["Content-Type"] == "application/problem+json", "\(name)")
            #expect(answer.text.contains(bad.names), "\(name): \(answer.text)")
            #expect(answer["title"]?.string?.isEmpty == false)
            if bad.status == 405 { #expect(answer.headers["Allow"]?.contains("GET") == true) }
        }
        #expect(try await client.get("/v1/players/5").text == before, "nothing was changed")
    }

    @Test("of a drill is refused where drills are off", .timeLimit(.minutes(2)))
    func drills() async throws {
        try await withNode(try await NodeHere.startedQuickly()) { node in
            var configuration = TestConfiguration(node)
            configuration.drills = false
            let lavadeck = try await LavadeckProcess.running(configuration)
            let answer = try await lavadeck.client().post("/v1/nodes/main/simulate-failure")
            #expect(answer.status == 403)
            #expect(answer["detail"]?.string?.contains("drills") == true)
        }
    }
}
