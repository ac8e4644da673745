import Control
@testable import Service
import Testing
import Wire

@Suite("Authorization")
struct AuthorizationTests {
    private let authorization = Authorization([
        ConfiguredToken(name: "one", sha256: SHA256.hash(Array("first-token-0001".utf8))),
        ConfiguredToken(
            name: "two",
            sha256: SHA256.hash(Array("second-token-002".utf8)),
            bot: BotName("radio")
        ),
    ])

    private func request(_ header: String?) -> Request {
        var headers = Headers()
        if let header { headers.append("authorization", header) }
        return Request(method: .get, path: "/", headers: headers)
    }

    @Test("knows whose token it is")
    func bearers() throws {
        let one = try authorization.bearer(of: request("Bearer first-token-0001"))
        #expect(one == Bearer(name: "one"))
        let two = try authorization.bearer(of: request("bEARER   second-token-002"))
        #expect(two == Bearer(name: "two", bot: BotName("radio")))
    }

    @Test(
        "refuses any other",
        arguments: [
            nil, "", "Bearer", "Bearer ", "first-token-0001", "Basic first-token-0001",
            "Bearer first-token-0002", "Bearer first-token-0001x", "Bearer first-token-000",
            "Bearer first-token-0001 second-token-002", "Bearer\tfirst-token-0001",
            "Bearer " + String(repeating: "x", count: 5_000),
        ]
    )
    func refuses(header: String?) {
        do throws(Problem) {
            _ = try authorization.bearer(of: request(header))
            Issue.record("that is no token")
        } catch {
            #expect(error.kind == .unauthorized)
        }
    }

    @Test("is remembered by the whole header, up to a limit")
    func remembered() {
        var remembered = RememberedBearers(limit: 2)
        func header(_ text: String) -> ArraySlice<UInt8> { Array("x\(text)".utf8).dropFirst() }
        #expect(remembered.bearer(of: header("Bearer one")) == nil)
        remembered.note(header("Bearer one"), Bearer(name: "one"))
        remembered.note(header("Bearer two"), Bearer(name: "two", bot: BotName("radio")))
        #expect(remembered.bearer(of: header("Bearer one")) == Bearer(name: "one"))
        #expect(remembered.bearer(of: header("Bearer two"))?.bot == BotName("radio"))
        for other in ["", "Bearer on", "Bearer onE", "bearer one", "Bearer one ", "Bearer tne"] {
            #expect(remembered.bearer(of: header(other)) == nil)
        }
        remembered.note(header("bearer one"), Bearer(name: "one"))
        #expect(remembered.bearer(of: header("Bearer two")) == nil)
        #expect(remembered.bearer(of: header("bearer one")) == Bearer(name: "one"))
        remembered.forget()
        #expect(remembered.bearer(of: header("bearer one")) == nil)
    }

    @Test("is not needed where there is no token")
    func open() throws {
        #expect(try Authorization([]).bearer(of: request("Bearer whatever")) == nil)
    }

    @Test("tells an address to wait after ten wrong tokens in a minute")
    func failedAttempts() {
        var failures = FailedAttempts()
        let later = Instant.start.advanced(by: .seconds(20))
        for _ in 1...10 { #expect(failures.note("a", now: .start) == nil) }
        #expect(failures.note("a", now: later) == 40)
        #expect(failures.note("b", now: later) == nil)
        #expect(failures.note("a", now: later.advanced(by: .seconds(40))) == nil)
    }

    @Test("forgets addresses rather than growing")
    func boundedAttempts() {
        var failures = FailedAttempts()
        for number in 0...(3 * FailedAttempts.addresses) {
            #expect(failures.note("\(number)", now: .start) == nil)
        }
    }
}
