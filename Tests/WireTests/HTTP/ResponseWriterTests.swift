import Testing
import Wire

@Suite("A response writer")
struct ResponseWriterTests {
    private static let second = 784_111_777

    private func write(
        _ response: Response,
        isHead: Bool = false,
        minorVersion: Int = 1,
        framing: ResponseWriter.Framing = .keepAlive
    ) -> String {
        var bytes: [UInt8] = []
        var writer = ResponseWriter()
        writer.write(
            response,
            isHead: isHead,
            minorVersion: minorVersion,
            framing: framing,
            at: Self.second,
            to: &bytes
        )
        return String(decoding: bytes, as: UTF8.self)
    }

    private let hello = Response(status: 200, headers: [("X", "y")], body: Array("hello".utf8))

    @Test("writes status, date, fields, length and body")
    func whole() {
        #expect(
            write(hello) == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX: y\r\n"
                + "Content-Length: 5\r\n\r\nhello"
        )
    }

    @Test("says what becomes of the connection")
    func connection() {
        #expect(write(hello, framing: .close).contains("\r\nConnection: close\r\n"))
        #expect(!write(hello).contains("Connection:"))
        #expect(write(hello, minorVersion: 0).contains("\r\nConnection: keep-alive\r\n"))
        let stream = write(Response(status: 200), framing: .untilClose)
        #expect(stream.hasSuffix("\r\nConnection: close\r\n\r\n"))
        #expect(!stream.contains("Content-Length"))
    }

    @Test("leaves the body of a HEAD away, and keeps its length")
    func head() {
        #expect(write(hello, isHead: true).hasSuffix("Content-Length: 5\r\n\r\n"))
    }

    @Test("gives no body and no length to a status that has none", arguments: [101, 204, 304])
    func bodiless(_ status: Int) {
        let text = write(Response(status: status, body: [1]), framing: .upgrade)
        #expect(!text.contains("Content-Length"))
        #expect(text.hasSuffix("GMT\r\n\r\n"))
    }

    @Test("begins each response with its own status and date, whatever came before")
    func beginnings() {
        var writer = ResponseWriter()
        func beginning(_ status: Int, _ second: Int) -> String {
            var bytes: [UInt8] = []
            writer.write(
                Response(status: status),
                framing: .untilClose,
                at: Self.second + second,
                to: &bytes
            )
            return String(decoding: bytes, as: UTF8.self)
                .replacing("\r\nDate: Sun, 06 Nov 1994 08:49:", with: " ")
                .replacing(" GMT\r\nConnection: close\r\n\r\n", with: "")
        }
        #expect(beginning(200, 0) == "HTTP/1.1 200 OK 37")
        #expect(beginning(200, 0) == "HTTP/1.1 200 OK 37")
        #expect(beginning(200, 1) == "HTTP/1.1 200 OK 38")
        #expect(beginning(404, 1) == "HTTP/1.1 404 Not Found 38")
        #expect(beginning(200, 1) == "HTTP/1.1 200 OK 38")
    }

    @Test("has the fields that were given, in their order")
    func fields() {
        var response = hello
        response.headers.append(("Empty", ""))
        response.fields.append("Location", "http://a:1/ b: c\u{1}ü")
        let expected = [("X", "y"), ("Empty", ""), ("Location", "http://a:1/ b: c ü")]
        #expect(response.headers.map(\.name) == expected.map(\.0))
        #expect(response.headers.map(\.value) == expected.map(\.1))
    }

    @Test("sends the name of the request behind the fields")
    func requestName() {
        var response = hello
        response.requestID = "a-1\r\nB: c"
        #expect(write(response).contains("\r\nX: y\r\nX-Request-Id: a-1  B: c\r\nContent-"))
    }

    @Test("lets no value make a field of its own")
    func injection() {
        let response = Response(status: 200, headers: [("Location", "/a\r\nX: y\u{0}\n\u{7f}ü")])
        #expect(write(response).contains("\r\nLocation: /a  X: y   ü\r\n"))
    }

    @Test(
        "writes dates as RFC 9110 does",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ]
    )
    func dates(_ seconds: Int, _ text: String) {
        #expect(String(decoding: HTTPDate(secondsSince1970: seconds).bytes, as: UTF8.self) == text)
    }
}
