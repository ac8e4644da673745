import Testing
import Wire

@Suite("A request parser that refuses")
struct HTTPRefusalTests {
    struct Bad: CustomTestStringConvertible, Sendable {
        let bytes: [UInt8]
        let error: RequestError
        init(_ text: String, _ error: RequestError) {
            bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }  // as Latin-1
            self.error = error
        }
        var testDescription: String { String(decoding: bytes.prefix(70), as: UTF8.self) }
    }

    static let requestLines: [Bad] = [
        Bad("GET / HTTP/1.1\nHost: a\r\n\r\n", .bareLineEnding),
        Bad("\n", .bareLineEnding),
        Bad("\r\n\r\nGET / HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET / HTTP/1.1\rHost: a\r\n\r\n", .malformedRequestLine),
        Bad("GET  / HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET /  HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET / HTTP/1.1 \r\n", .malformedRequestLine),
        Bad(" GET / HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET\t/ HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET /\r\n", .malformedRequestLine),
        Bad("GET /a b HTTP/1.1\r\n", .malformedRequestLine),
        Bad("G[T / HTTP/1.1\r\n", .malformedRequestLine),
        Bad("GET / http/1.1\r\n", .malformedRequestLine),
        Bad("GET / HTTP/1\r\n", .malformedRequestLine),
        Bad("GET / HTTP/01.1\r\n", .malformedRequestLine),
        Bad("GET / HTTP/1.1x\r\n", .malformedRequestLine),
        Bad("GET / HTTP/2.0\r\n", .unsupportedVersion),
        Bad("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        Bad("get / HTTP/1.1\r\n", .unknownMethod),
        Bad("BREW /pot HTTP/1.1\r\n", .unknownMethod),
        Bad("GETGETGETGET / HTTP/1.1\r\n", .unknownMethod),
        Bad("GET a HTTP/1.1\r\n", .malformedTarget),
        Bad("GET * HTTP/1.1\r\n", .malformedTarget),
        Bad("OPTIONS *a HTTP/1.1\r\n", .malformedTarget),
        Bad("CONNECT a:1 HTTP/1.1\r\n", .malformedTarget),
        Bad("GET ftp://a/ HTTP/1.1\r\n", .malformedTarget),
        Bad("GET http://a:b:c/ HTTP/1.0\r\n\r\n", .malformedTarget),
        Bad("GET /a#b HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /a\\b HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /\u{0}a HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /caf\u{e9} HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /\"<> HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /%0 HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /%g0 HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /%00 HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /%0d%0a HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /?%00 HTTP/1.1\r\n", .malformedTarget),
        Bad("GET /?a|b HTTP/1.1\r\n", .malformedTarget),
    ]

    static let fields: [Bad] =
        [
            ("Host: a\nX: y\r\n", .bareLineEnding),
            (" \r\nHost: a\r\n", .foldedField),
            ("Host: a\r\nX: y\r\n z\r\n", .foldedField),
            ("Host: a\r\nX: y\r\n\tz\r\n", .foldedField),
            ("X : y\r\n", .malformedFieldName),
            (": y\r\n", .malformedFieldName),
            ("X[: y\r\n", .malformedFieldName),
            ("X\u{eb}: y\r\n", .malformedFieldName),
            ("X\tY: z\r\n", .malformedFieldName),
            ("X\r\n", .malformedFieldName),
            ("X: a\rb\r\n", .malformedFieldValue),
            ("X: a\u{0}b\r\n", .malformedFieldValue),
            ("X: \u{7f}\r\n", .malformedFieldValue),
            ("X: \u{b}y\r\n", .malformedFieldValue),
            ("Content_Length: 5\r\n", .aliasOfFramingField),
            ("TRANSFER_Encoding: chunked\r\n", .aliasOfFramingField),
            ("\r\n", .missingHost),
            ("Host: a\r\nHost: a\r\n", .repeatedHost),
            ("Host: a\r\nhost: b\r\n", .repeatedHost),
            ("Host:\r\n", .malformedHost),
            ("Host: u@a\r\n", .malformedHost),
            ("Host: a/p\r\n", .malformedHost),
            ("Host: a, b\r\n", .malformedHost),
            ("Host: a:b\r\n", .malformedHost),
            ("Host: a:65536\r\n", .malformedHost),
            ("Host: :80\r\n", .malformedHost),
            ("Host: [::1\r\n", .malformedHost),
            ("Host: [g::]\r\n", .malformedHost),
            ("Host: []\r\n", .malformedHost),
            ("Expect: 200-ok\r\n", .unknownExpectation),
        ].map { Bad("GET / HTTP/1.1\r\n\($0)\r\n", $1) }
        + [Bad("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", .targetDisagreesWithHost)]

    static let framing: [Bad] =
        [
            ("Content-Length:\r\n", .malformedContentLength),
            ("Content-Length: +5\r\n", .malformedContentLength),
            ("Content-Length: -0\r\n", .malformedContentLength),
            ("Content-Length: 05\r\n", .malformedContentLength),
            ("Content-Length: 00\r\n", .malformedContentLength),
            ("Content-Length: 0x5\r\n", .malformedContentLength),
            ("Content-Length: 1_0\r\n", .malformedContentLength),
            ("Content-Length: 1 0\r\n", .malformedContentLength),
            ("Content-Length: 5, 5\r\n", .malformedContentLength),
            ("Content-Length: 99999999999999999999\r\n", .malformedContentLength),
            ("Content-Length: 104857600\r\n", .bodyTooLarge(limit: 1_048_576)),
            ("Content-Length: 268435456\r\n", .bodyTooLarge(limit: 1_048_576)),
            ("Content-Length: 268435457\r\n", .malformedContentLength),
            ("Content-Length: 999999999999999999\r\n", .malformedContentLength),
            ("Content-Length: 5\r\nContent-Length: 5\r\n", .repeatedContentLength),
            ("Content-Length: 1048577\r\n", .bodyTooLarge(limit: 1_048_576)),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", .lengthAndTransferEncoding),
            ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", .lengthAndTransferEncoding),
            ("Transfer-Encoding: gzip\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: identity\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding:\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: xchunked\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: chunked, chunked\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: ,chunked\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: chunked,\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: chunked;q=1\r\n", .unsupportedTransferEncoding),
            ("Transfer-Encoding: \"chunked\"\r\n", .unsupportedTransferEncoding),
            (
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                .unsupportedTransferEncoding
            ),
            ("Transfer-Encoding: \u{b}chunked\r\n", .malformedFieldValue),
        ].map { Bad("POST / HTTP/1.1\r\nHost: a\r\n\($0)\r\n", $1) }
        + [
            Bad(
                "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
                .transferEncodingInOldVersion
            )
        ]

    static let chunks: [Bad] = [
        ("\r\n", .malformedChunk),
        (" 5\r\n", .malformedChunk),
        ("5 \r\n", .malformedChunk),
        ("+5\r\n", .malformedChunk),
        ("-1\r\n", .malformedChunk),
        ("0x5\r\n", .malformedChunk),
        ("1_0\r\n", .malformedChunk),
        ("5;\r\n", .malformedChunk),
        ("5;a=\r\n", .malformedChunk),
        ("5;a[=b\r\n", .malformedChunk),
        ("5; a\r\n", .malformedChunk),
        ("5;\u{0}a\r\n", .malformedChunk),
        ("5;a\rb\r\n", .malformedChunk),
        ("5;a=\"b\r\n", .malformedChunk),
        ("5;a=\"b\"c\r\n", .malformedChunk),
        ("5;a=\"b\\\r\n", .malformedChunk),
        ("5\nhello", .malformedChunk),
        ("5;\nhello", .malformedChunk),
        ("5\rhello\r\n", .malformedChunk),
        ("5\r\nhello0\r\n\r\n", .malformedChunk),
        ("5\r\nhello\n0\r\n", .malformedChunk),
        ("5\r\nhello\r0\r\n", .malformedChunk),
        ("5\r\nhello!!\r\n", .malformedChunk),
        ("000000005\r\n", .malformedChunk),
        ("FFFFFFFFFFFFFFFF0\r\n", .malformedChunk),
        ("5;a=\(String(repeating: "b", count: 300))\r\n", .malformedChunk),
        ("FFFFFFFF\r\n", .bodyTooLarge(limit: 1_048_576)),
        ("0\r\n\n", .bareLineEnding),
        ("0\r\nX: y\n", .bareLineEnding),
        ("0\r\n X: y\r\n", .foldedField),
        ("0\r\nX y\r\n", .malformedFieldName),
        ("0\r\nContent-Length: 5\r\n", .forbiddenTrailer),
        ("0\r\ntransfer-encoding: x\r\n", .forbiddenTrailer),
        ("0\r\nHost: b\r\n", .forbiddenTrailer),
        ("0\r\nAuthorization: b\r\n", .forbiddenTrailer),
        ("0\r\nContent-Type: b\r\n", .forbiddenTrailer),
        ("0\r\n\(String(repeating: "X: y\r\n", count: 9))", .tooManyFields(limit: 8)),
        (
            "0\r\nX: \(String(repeating: "y", count: 5_000))\r\n",
            .headerBlockTooLarge(limit: 4_096)
        ),
    ].map {
        Bad("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\($0)", $1)
    }

    @Test(
        "names what is wrong, wherever it is cut",
        arguments: requestLines + fields + framing + chunks
    )
    func refuses(_ example: Bad) {
        let outcome = HTTPOutcome.of([example.bytes[...]])
        #expect(outcome == HTTPOutcome(error: example.error))
        #expect(HTTPOutcome.differing(example.bytes) == [])
    }

    @Test("still gives the requests before the bad one")
    func keepsEarlier() {
        let text = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n\r\n"
        let expected = HTTPOutcome(requests: ["get /1 1.1 [Host=a] "], error: .missingHost)
        #expect(HTTPOutcome.of(text) == expected)
        #expect(HTTPOutcome.differing(Array(text.utf8)) == [])
    }

    @Test("has a status and a sentence for each error")
    func statuses() {
        let statuses = (Self.requestLines + Self.fields + Self.framing + Self.chunks)
            .map(\.error.status)
        #expect(Set(statuses) == [400, 413, 417, 431, 501, 505])
        #expect(RequestError.requestLineTooLong(limit: 1).status == 414)
        let details = (Self.requestLines + Self.fields + Self.framing + Self.chunks)
            .map(\.error.detail)
        #expect(details.allSatisfy { $0.hasSuffix(".") && $0.count > 20 })
    }
}
