import Support
import Testing
import Wire

@Suite("A JSON string")
struct JSONStringTests {
    private func read(_ inner: String) throws -> String? {
        try JSONDocument(parsing: "\"\(inner)\"").root.string
    }

    @Test(
        "is decoded escape by escape",
        arguments: [
            (#"\""#, "\""), (#"\\"#, "\\"), (#"\/"#, "/"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{c}"),
            (#"\n"#, "\n"), (#"\r"#, "\r"), (#"\t"#, "\t"), (#"\u0000"#, "\u{0}"),
            (#"\u0041\u0062"#, "Ab"), (#"\u00e9\u00E9"#, "éé"), (#"\u20AC"#, "€"),
            (#"\ud83d\ude00"#, "😀"), (#"\uDBFF\uDFFF"#, "\u{10ffff}"), (#"x\ny"#, "x\ny"),
            (#"\\n"#, "\\n"), (#"\\u0041"#, "\\u0041"), (#"é\u0301"#, "é\u{301}"),
            (#"\ud800\udc00"#, "\u{10000}"), (#"\uffff"#, "\u{ffff}"),
        ]
    )
    func escapes(inner: String, text: String) throws {
        let found = try #require(try read(inner))
        #expect(Array(found.utf8) == Array(text.utf8))
    }

    @Test(
        "shows a lone surrogate as U+FFFD",
        arguments: [
            (#"\ud800"#, "\u{fffd}"), (#"\udfff"#, "\u{fffd}"), (#"a\ud800b"#, "a\u{fffd}b"),
            (#"\ud800\ud83d\ude00"#, "\u{fffd}😀"), (#"\ud83d\n"#, "\u{fffd}\n"),
            (#"\udc00\ud800"#, "\u{fffd}\u{fffd}"), (#"\ud83d\u0041"#, "\u{fffd}A"),
            (#"\ud83dude00"#, "\u{fffd}ude00"),
        ]
    )
    func loneSurrogates(inner: String, text: String) throws {
        #expect(try read(inner) == text)
    }

    /// Bytes that are no character (RFC 3629 §3 and §4).
    static let notUTF8: [[UInt8]] = [
        [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x41], [0xc2, 0xc2],  //
        [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xe1, 0x80], [0xe1, 0x80, 0x41],
        [0xe2, 0x41, 0x80],
        [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xef, 0xbf], [0xe1],  //
        [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf1, 0x80, 0x80], [0xf1, 0x80],
        [0xf1, 0x80, 0x41, 0x80], [0xf1, 0x80, 0x80, 0x41], [0xf4, 0x90, 0x80, 0x80],
        [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfe], [0xff],
        [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], [0xc3, 0xa9, 0xa9],
    ]

    @Test("is refused when it is not UTF-8", arguments: notUTF8)
    func invalidUTF8(bytes: [UInt8]) throws {
        for text in [
            [0x22] + bytes + [0x22], [0x22] + bytes, [0x5b, 0x22] + bytes + [0x22, 0x5d],
        ] {
            let error = try #require(throws: JSONSyntaxError.self) {
                try JSONDocument(parsing: text)
            }
            #expect(error.reason == .invalidUTF8)
        }
    }

    @Test("takes the first and the last character of every length")
    func boundaries() throws {
        let scalars: [UnicodeScalar] = [
            "\u{20}", "\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{e000}", "\u{ffff}",
            "\u{10000}", "\u{3ffff}", "\u{40000}", "\u{fffff}", "\u{100000}", "\u{10ffff}",
        ]
        for scalar in scalars {
            #expect(try read(String(scalar)) == String(scalar))
        }
    }

    @Test("is read the same by Swift's own UTF-8 rules, for all pairs of bytes")
    func allPairs() {
        for first in UInt8(0x20)...0xff {
            for second in UInt8(0x20)...0xff
            where ![first, second].contains(0x22) && ![first, second].contains(0x5c) {
                let text = [0x22, first, second, 0x22]
                let accepted = (try? JSONDocument(parsing: text)) != nil  // only whether counts
                let isUTF8 = String(validating: [first, second], as: UTF8.self) != nil
                if accepted != isUTF8 { Issue.record("\(first) \(second)") }
            }
        }
    }

    @Test("is written so that it reads the same", arguments: UInt32(0)..<0x100)
    func written(code: UInt32) throws {
        let text = "a" + String(try #require(UnicodeScalar(code))) + "é"
        var json = JSONWriter()
        json.value(text)
        #expect(json.bytes.allSatisfy { $0 >= 0x20 })
        #expect(try JSONDocument(parsing: json.bytes).root.string == text)
    }
}

@Suite("A JSON number")
struct JSONNumberTests {
    @Test(
        "is a whole one when it is written so and fits 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("18446744073709551615", nil),
            ("18446744073709551616", nil), ("99999999999999999999999", nil), ("1.0", nil),
            ("1e2", nil), ("0.0", nil), ("-0.0", nil),
            ("817327181659111454", 817_327_181_659_111_454),
        ] as [(String, Int64?)]
    )
    func whole(text: String, number: Int64?) throws {
        #expect(try JSONDocument(parsing: text).root.int64 == number)
    }

    @Test(
        "is a double when it is finite",
        arguments: [
            ("0", 0), ("1.5", 1.5), ("-2.5e3", -2500), ("1e308", 1e308),
            ("5e-324", Double.leastNonzeroMagnitude),
            ("1e309", nil), ("-1e309", nil), ("1e-400", 0), ("9223372036854775807", 0x1p63),
            ("18446744073709551616", 0x1p64), ("0.1", 0.1), ("1E+2", 100),
            ("123456789012345678901234567890", 0x1.8ee90ff6c373ep96),
        ] as [(String, Double?)]
    )
    func double(text: String, number: Double?) throws {
        #expect(try JSONDocument(parsing: text).root.double == number)
    }

    @Test(
        "is written in the shortest way that reads the same",
        arguments: [
            (0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (-0.0, "-0.0"), (0.1, "0.1"),
            (100, "100"),
            (1e15, "1000000000000000"), (1.0e-7, "1e-07"), (.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)]
    )
    func written(number: Double, text: String) {
        var json = JSONWriter()
        json.value(number)
        #expect(json.raw.description == text)
    }

    @Test("survives writing and reading, bit for bit")
    func roundTrip() throws {
        var random = SplitMix(seed: 7)
        let edges = [
            Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi, 0x1p53, 0x1p63, 0x1p64,
        ]
        let patterns = (0..<2000).map { _ in Double(bitPattern: random.next()) }
        for number in edges + patterns where number.isFinite {
            var json = JSONWriter()
            json.value(number)
            let read = try JSONDocument(parsing: json.bytes).root.double
            #expect(read?.bitPattern == number.bitPattern)
        }
    }
}
