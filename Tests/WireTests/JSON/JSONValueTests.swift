import Testing
import Wire

@Suite("A JSON value")
struct JSONValueTests {
    private func root(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

    @Test("keeps the bytes of every part as they came")
    func rawSlices() throws {
        let text =
            #" { "a" : [ 1.50 , "\u0041\/" , { "x":null , "y" :  -0 } ], "b":"é" , "c" : { } } "#
        let value = try root(text)
        #expect(value.raw.description == text.trimmingSpaces)
        #expect(value["a"]?.raw.description == #"[ 1.50 , "\u0041\/" , { "x":null , "y" :  -0 } ]"#)
        let parts = value["a"]?.elements.map(\.raw.description)
        #expect(parts == ["1.50", #""\u0041\/""#, #"{ "x":null , "y" :  -0 }"#])
        #expect(value["b"]?.raw.description == "\"é\"")
        #expect(value["c"]?.raw.description == "{ }")
        #expect(value.members.map(\.key.raw.description) == ["\"a\"", "\"b\"", "\"c\""])
    }

    @Test("finds members by name, also by names written with escapes")
    func lookup() throws {
        let value = try root(#"{"a":{"deep":[{"n":1}]},"\u0062":2,"ab":3,"":4,"\u212a":5}"#)
        #expect(value["a"]?["deep"]?.elements.first?["n"]?.int64 == 1)
        #expect(value["b"]?.int64 == 2)
        #expect(value["ab"]?.int64 == 3)
        #expect(value[""]?.int64 == 4)
        #expect(value["c"] == nil)
        #expect(value["A"] == nil)
        #expect(value["K"] == nil, "the Kelvin sign is no K")
        #expect(value["deep"] == nil, "a member of a member is not a member")
        #expect(value.members.compactMap(\.key.string) == ["a", "b", "ab", "", "\u{212a}"])
    }

    @Test("is of one kind and answers nil for the others")
    func kinds() throws {
        let table: [(text: String, kind: JSONValue.Kind)] = [
            ("{}", .object), ("[]", .array), ("\"1\"", .string), ("1", .number), ("true", .boolean),
            ("null", .null), (#""\n""#, .string),
        ]
        for (text, kind) in table {
            let value = try root(text)
            #expect(value.kind == kind)
            #expect((value.string != nil) == (kind == .string))
            #expect((value.int64 != nil) == (kind == .number))
            #expect((value.double != nil) == (kind == .number))
            #expect((value.bool != nil) == (kind == .boolean))
            #expect(value.isNull == (kind == .null))
            #expect(value.members.isEmpty && value.elements.isEmpty && value["a"] == nil)
        }
    }

    @Test("knows its line and column")
    func place() throws {
        let value = try root("{\n  \"a\": 1,\n  \"é\": [2,\n 3]}")
        #expect(value.location == TextLocation(line: 1, column: 1))
        #expect(value["a"]?.location == TextLocation(line: 2, column: 8))
        #expect(
            value["é"]?.elements.map(\.location) == [
                .init(line: 3, column: 10), .init(line: 4, column: 2),
            ]
        )
    }

    @Test(
        "says the same as another whatever the writing",
        arguments: [
            ("1", "1.0", true), ("1", "1e0", true), ("100", "1e2", true), ("1", "2", false),
            ("0", "-0", true), ("0.1", "0.10", true), ("1e999", "1e999", true),
            ("1e999", "1e998", false), ("9007199254740993", "9007199254740992", false),
            ("9223372036854775807", "9223372036854775806", false), ("1", "\"1\"", false),
            ("\"a\"", #""\u0061""#, true), ("\"a\"", "\"b\"", false),
            ("\"\u{e9}\"", "\"e\u{301}\"", false),
            ("null", "null", true), ("null", "false", false), ("true", "true", true),
            ("true", "false", false), ("[]", "[ ]", true), ("[]", "{}", false),
            ("[1,2]", "[1, 2]", true),
            ("[1,2]", "[2,1]", false), ("[1]", "[1,1]", false), ("{}", "{ }", true),
            (#"{"a":1,"b":2}"#, #"{ "b" : 2.0, "\u0061" : 1 }"#, true),
            (#"{"a":1}"#, #"{"a":2}"#, false), (#"{"a":1}"#, #"{"b":1}"#, false),
            (#"{"a":1}"#, #"{"a":1,"b":1}"#, false),
            (#"{"a":[{"b":null}]}"#, #"{"a":[{"b":null}]}"#, true),
            ("{\"\u{e9}\":1,\"e\u{301}\":2}", "{\"\u{e9}\":2,\"e\u{301}\":1}", false),
        ]
    )
    func equivalence(left: String, right: String, same: Bool) throws {
        #expect(try root(left).isEquivalent(to: try root(right)) == same)
        #expect(try root(right).isEquivalent(to: try root(left)) == same)
    }
}

@Suite("Raw JSON")
struct RawJSONTests {
    @Test("is checked when it comes from outside, and trimmed to the value")
    func checking() throws {
        #expect(try RawJSON(checking: Array(" {\"a\" : 1}\n".utf8)).description == "{\"a\" : 1}")
        for text in ["", "{", "{} x", "{\"a\":1,}", "// c\n1"] {
            #expect(throws: JSONSyntaxError.self) { try RawJSON(checking: Array(text.utf8)) }
        }
    }

    @Test("is equal when its bytes are")
    func equality() throws {
        let (left, right) = (
            try RawJSON(checking: [0x31]), try RawJSON(checking: Array("1.0".utf8))
        )
        #expect(left != right)
        #expect(left.value.isEquivalent(to: right.value))
        #expect(RawJSON.emptyObject.isEmptyObject)
        #expect(try RawJSON(checking: Array("{ }".utf8)).isEmptyObject)
        #expect(!RawJSON.null.isEmptyObject)
        #expect(try !RawJSON(checking: Array("{\"a\":1}".utf8)).isEmptyObject)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
