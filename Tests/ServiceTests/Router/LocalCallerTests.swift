@testable import Service
import Testing
import Wire

@Suite("A caller without a token")
struct LocalCallerTests {
    private func isTaken(host: String?, origin: String? = nil) -> Bool {
        var headers = Headers()
        if let host { headers.append("Host", host) }
        if let origin { headers.append("Origin", origin) }
        let request = Request(method: .post, path: "/", query: nil, headers: headers, body: [])
        do throws(Problem) {
            try LocalCaller.check(request)
            return true
        } catch {
            return error.kind != .forbidden
        }
    }

    @Test(
        "is of this machine",
        arguments: ["localhost", "LocalHost:8333", "127.0.0.1:8333", "127.1.2.3", "[::1]:8333"]
    )
    func here(host: String) {
        #expect(isTaken(host: host))
        #expect(isTaken(host: host, origin: "http://\(host)"))
    }

    @Test(
        "is no page of the web, by whatever name it comes",
        arguments: [
            "example.com", "127.0.0.1.example.com", "127.example.com:80", "localhost.example.com",
            "[::2]:8333", "localhost:x", "", "192.168.0.4:8333", "[::1]x",
        ]
    )
    func elsewhere(host: String) {
        #expect(!isTaken(host: host))
        #expect(!isTaken(host: "localhost", origin: "https://\(host)"))
        #expect(!isTaken(host: "localhost", origin: host))
    }

    @Test("is no page without a home, but may be a program that says nothing")
    func nothing() {
        #expect(!isTaken(host: "localhost", origin: "null"))
        #expect(isTaken(host: nil))
    }
}
