import Support
import Testing
import Wire

@Suite("The JSON writer")
struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return json.raw.description
    }

    @Test("puts commas where they belong")
    func commas() {
        #expect(written { $0.object { _ in } } == "{}")
        #expect(written { $0.array { _ in } } == "[]")
        let text = written { json in
            json.object { json in
                json.member("a", 1)
                json.member("b") { json in
                    json.array("c", [1, 2, 3]) { json, number in json.value(number) }
                    json.array("d", [Int]()) { json, number in json.value(number) }
                }
                json.key("e")
                json.array { json in
                    json.object { json in json.nullMember("f") }
                    json.object { _ in }
                    json.array { json in json.null() }
                    json.value(true)
                }
                json.member("g", "h")
            }
        }
        #expect(
            text == #"{"a":1,"b":{"c":[1,2,3],"d":[]},"e":[{"f":null},{},[null],true],"g":"h"}"#
        )
    }

    @Test("writes a member of every type, and nil as null")
    func members() throws {
        let raw = try RawJSON(checking: Array("{ \"kept\" : 1.0 }".utf8))
        let text = written { json in
            json.object { json in
                json.member("s", "x\n\"")
                json.member("i", Int64.min)
                json.member("u", UInt64.max)
                json.member("d", 0.25)
                json.member("b", false)
                json.member("r", raw)
                json.member("ns", nil as String?)
                json.member("ni", nil as Int?)
                json.member("nd", nil as Double?)
                json.member("nb", nil as Bool?)
                json.member("nr", nil as RawJSON?)
                json.key(named: "k\"é")
                json.value(2)
            }
        }
        #expect(
            text
                == #"{"s":"x\n\"","i":-9223372036854775808,"u":18446744073709551615,"d":0.25,"b":false,"#
                + #""r":{ "kept" : 1.0 },"ns":null,"ni":null,"nd":null,"nb":null,"nr":null,"k\"é":2}"#
        )
        #expect(try JSONDocument(parsing: text).root["r"]?.raw == raw)
    }

    @Test(
        "escapes what must be escaped and nothing else",
        arguments: [
            ("", #""""#), ("a", #""a""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
            ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1}\u{1f}", #""\u0000\u0001\u001f""#),
            ("\u{8}\u{c}", #""\u0008\u000c""#), ("\u{7f}é😀", "\"\u{7f}é😀\""),
            ("</script>", #""</script>""#),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(written { $0.value(text) } == expected)
    }

    @Test("writes a fraction with as few digits as tell it from all others")
    func fractions() {
        var source = SplitMix(seed: 7)
        var numbers = [
            0.001, -0.001, 0.01, 0.1, 0.999, 1.5, -2.25, 12.012, 0.000_5, 0.0001, 1e-5, 1e-300,
            999_999_999_999.999, 1e12 + 0.125, 1e14 + 0.5, 1e15 + 0.5, 4e15 + 0.5, 0.1 + 0.2,
            .pi, .leastNonzeroMagnitude, 1.001.nextUp, 1.001.nextDown,
        ]
        for digits in 1...17 {
            for _ in 0..<200 {
                let number = Int64.random(in: 0..<Int64(powerOfTen(digits)), using: &source)
                numbers += [Double(number) / 1_000, -Double(number) / 100, Double(number) / 7]
            }
        }
        for number in numbers where number != number.rounded() {
            #expect(written { $0.value(number) } == number.description)
        }
    }

    private func powerOfTen(_ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    @Test("passes on the error of what it writes")
    func passesOnErrors() {
        struct Stop: Error {}
        var json = JSONWriter()
        #expect(throws: Stop.self) {
            try json.object { json throws(Stop) in throw Stop() }
        }
    }
}
