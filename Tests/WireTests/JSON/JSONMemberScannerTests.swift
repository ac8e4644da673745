import Testing
import Wire

@Suite("A member that is looked for in JSON")
struct JSONMemberScannerTests {
    @Test(
        "is found wherever it stands",
        arguments: [
            (#"{"a":"x"}"#, "x"), (#" { "b" : 1 , "a" : "x" } "#, "x"),
            (#"{"a":"\u0041\n"}"#, "A\n"),
            (#"{"\u0061":"x"}"#, "x"), (#"{"b":{"a":"y","c":[{"a":"}"}]},"a":"x"}"#, "x"),
            (#"{"b":"\"a\":\"y\"","a":"x"}"#, "x"), (#"{"b":[],"c":{},"d":-1.5e3,"a":""}"#, ""),
            (#"{"b":true,"c":null ,"a":"x"}"#, "x"), (#"{"b":"\\","a":"ü"}"#, "ü"),
        ]
    )
    func found(text: String, expected: String) throws {
        #expect(try RawJSON(checking: Array(text.utf8)).text(of: "a") == expected)
    }

    @Test(
        "is not found where it is not",
        arguments: [
            "{}", "[]", "1", #""a""#, "null", #"{"b":"a"}"#, #"{"a":1}"#, #"{"a":{"a":"x"}}"#,
            #"{"a":null}"#, #"["a","x"]"#, #"{"b":{"a":"x"}}"#, #"{"aa":"x","":"x"}"#,
        ]
    )
    func absent(text: String) throws {
        #expect(try RawJSON(checking: Array(text.utf8)).text(of: "a") == nil)
    }

    @Test("is the same that a parser finds, in whatever text")
    func sameAsParser() throws {
        for text in JSONCases.valid + JSONCases.lookalikes {
            let raw = try RawJSON(checking: Array(text.utf8))
            #expect(raw.text(of: "a") == raw.value["a"]?.string, "\(text)")
            #expect(raw.isEmptyObject == (raw.value.kind == .object && raw.value.members.isEmpty))
        }
    }
}

@Suite("A number in decimal digits")
struct DecimalTests {
    @Test("in hexadecimal ones is as Swift writes it too")
    func hexadecimal() {
        let powers = (0..<64).map { UInt64(1) << UInt64($0) }
        for number in [0, .max, 0xdead_beef] + powers + powers.map({ $0 - 1 }) {
            var bytes = Array("e".utf8)
            bytes.append(hexadecimal: number)
            #expect(bytes == Array("e\(String(number, radix: 16))".utf8))
        }
    }

    @Test("is as Swift writes it", arguments: [0, 1, -1, 9, 10, 99, 100, .max, .min, 1 << 40])
    func digits(number: Int64) {
        var bytes: [UInt8] = [0x78]
        bytes.append(decimal: number)
        #expect(String(decoding: bytes, as: UTF8.self) == "x\(number)")
    }

    @Test("has zeros before it where they are asked for")
    func zeros() {
        var bytes: [UInt8] = []
        bytes.append(decimal: 7, digits: 3)
        bytes.append(decimal: 1234, digits: 3)
        bytes.append(decimal: 0, digits: 2)
        #expect(String(decoding: bytes, as: UTF8.self) == "007123400")
    }
}

@Suite("Two runs of bytes")
struct ByteEqualityTests {
    @Test("are identical when each byte is, whatever the length", arguments: 0...33)
    func lengths(count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        #expect(bytes[...].isIdentical(to: ([9] + bytes).dropFirst()))
        #expect(!bytes[...].isIdentical(to: (bytes + [0])[...]))
        for index in 0..<count {
            var other = bytes
            other[index] ^= 0x80
            #expect(!bytes[...].isIdentical(to: other[...]))
        }
    }
}
