import Foundation
import Testing
import Wire

@Suite("The JSON grammar")
struct JSONSyntaxTests {
    @Test("accepts what RFC 8259 allows, as Foundation does", arguments: JSONCases.valid)
    func valid(text: String) throws {
        let document = try JSONDocument(parsing: text)
        let theirs = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8))
        #expect(JSONTree(document.root) == theirs)
    }

    @Test("keeps keys apart that only look the same", arguments: JSONCases.lookalikes)
    func lookalikes(text: String) throws {
        let root = try JSONDocument(parsing: text).root
        #expect(root.members.map(\.value.int64) == [1, 2])
    }

    @Test("refuses what is not JSON", arguments: JSONCases.invalid)
    func invalid(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: text) }
    }

    @Test("accepts lone surrogates and numbers beyond a double", arguments: JSONCases.tolerated)
    func tolerated(text: String) throws {
        let document = try JSONDocument(parsing: text)
        #expect(document.root.raw.description == text)
    }

    @Test("refuses a key that stands twice, however it is written", arguments: JSONCases.refused)
    func duplicateKeys(text: String) throws {
        let error = try #require(throws: JSONSyntaxError.self) { try JSONDocument(parsing: text) }
        guard case .duplicateKey = error.reason else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("finds a key that stands twice in a large object", arguments: [2, 12, 13, 14, 500])
    func duplicateAmongMany(count: Int) throws {
        let distinct = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
        #expect(try JSONDocument(parsing: "{\(distinct)}").root.members.count == count)
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: "{\(distinct),\"\\u006b0\":1}")
        }
        #expect(error.reason == .duplicateKey("k0"))
        #expect(error.offset == distinct.utf8.count + 2)
    }

    @Test("keeps apart the keys of a large object that only look the same")
    func canonicallyEquivalentKeys() throws {
        let many = (0..<20).map { "\"k\($0)\":0" }.joined(separator: ",")
        let root = try JSONDocument(parsing: "{\(many),\"\u{e9}\":1,\"e\u{301}\":2}").root
        #expect(root.members.count == 22)
    }

    @Test("allows 64 containers within one another and no more")
    func depth() throws {
        let limit = JSONDocument.depthLimit
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            func nested(_ depth: Int) -> String {
                String(repeating: open, count: depth) + inner
                    + String(repeating: close, count: depth)
            }
            _ = try JSONDocument(parsing: nested(limit))
            let error = try #require(throws: JSONSyntaxError.self) {
                try JSONDocument(parsing: nested(limit + 1))
            }
            #expect(error.reason == .tooDeep(limit: 64))
            #expect(error.offset == limit * open.utf8.count)
        }
        #expect(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: String(repeating: "[", count: 1_000_000))
        }
        let wide = "[" + String(repeating: "[],", count: 1000) + "[]]"
        #expect(try JSONDocument(parsing: wide).root.elements.count == 1001)
    }

    @Test("refuses every valid document that is cut short", arguments: JSONCases.valid)
    func truncations(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            let cut = Array(bytes[..<count])
            guard let document = try? JSONDocument(parsing: cut) else { continue }  // as it should
            // Only a number, or space after the end, can be cut and still be JSON.
            let isWhole = text.hasPrefix(document.root.raw.description)
            let mayBeShorter = document.root.kind == .number || isSpace(bytes[count...])
            #expect(isWhole || isSpace(cut[..<1]))
            #expect(mayBeShorter, "\(String(decoding: cut, as: UTF8.self))")
        }
    }

    private func isSpace(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
    }
}

@Suite("A JSON syntax error")
struct JSONSyntaxErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var reason: JSONSyntaxError.Reason
        var offset: Int
        var line = 1
        var column: Int
        var testDescription: String { text }
    }

    static let cases: [Case] = [
        Case(text: "", reason: .unexpectedEnd, offset: 0, column: 1),
        Case(text: "[1,]", reason: .unexpectedByte(0x5d), offset: 3, column: 4),
        Case(text: "[1,\n2,\n]", reason: .unexpectedByte(0x5d), offset: 7, line: 3, column: 1),
        Case(text: "{\n  \"a\": 01\n}", reason: .invalidNumber, offset: 10, line: 2, column: 9),
        Case(text: #"["\q"]"#, reason: .invalidEscape, offset: 2, column: 3),
        Case(text: #"["\u12x4"]"#, reason: .invalidEscape, offset: 2, column: 3),
        Case(text: "\"a\nb\"", reason: .controlCharacterInString, offset: 2, column: 3),
        Case(text: "1 2", reason: .contentAfterEnd, offset: 2, column: 3),
        Case(text: "1 /", reason: .contentAfterEnd, offset: 2, column: 3),
        Case(text: "\r\n\r\nx", reason: .unexpectedByte(0x78), offset: 4, line: 3, column: 1),
        Case(
            text: "{\"a\":1,\n\"a\":2}",
            reason: .duplicateKey("a"),
            offset: 8,
            line: 2,
            column: 1
        ),
        Case(text: "\"é\" x", reason: .contentAfterEnd, offset: 5, column: 6),
    ]

    @Test("names reason, offset, line and column", arguments: cases)
    func place(example: Case) throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: example.text)
        }
        #expect(error.reason == example.reason)
        #expect(error.offset == example.offset)
        #expect(error.location == TextLocation(line: example.line, column: example.column))
    }

    @Test("reads as one sentence")
    func description() throws {
        let table: [(text: String, says: String)] = [
            ("[1,\n]", "unexpected ']' at line 2, column 1"),
            ("\u{1}", "unexpected byte 0x1 at line 1, column 1"),
            ("[", "the text ends before the value does at line 1, column 2"),
            (#"{"a":1,"a":1}"#, "the key \"a\" occurs twice in one object at line 1, column 8"),
        ]
        for (text, says) in table {
            let error = try #require(throws: JSONSyntaxError.self) {
                try JSONDocument(parsing: text)
            }
            #expect(error.description == says)
        }
    }
}

@Suite("Comments in JSON")
struct JSONCommentTests {
    @Test(
        "are skipped between tokens where asked",
        arguments: [
            ("// first\n1", "1"), ("1// last", "1"), ("1 // last\n", "1"), ("/**/1/**/", "1"),
            ("/* a * b / c */[/*x*/1/*y*/,/*z*/2/***/]", "[1,2]"), ("1//", "1"), ("1/*/*/", "1"),
            ("{//\n\"a\"/**/:/**/1/**/,//\r\n\"b\":2//}\n}", #"{"a":1,"b":2}"#),
            ("/*\n\n*/ {} /* \" */", "{}"), ("[\"//\", \"/**/\"]", #"["//","/**/"]"#),
        ]
    )
    func skipped(text: String, means: String) throws {
        let root = try JSONDocument(parsing: text, as: .withComments).root
        #expect(root.isEquivalent(to: try JSONDocument(parsing: means).root))
    }

    @Test(
        "are refused when they are no comments",
        arguments: [
            "/", "/1", "1/", "1/ /", "/*", "/*/", "1/*", "/* *", "tr/**/ue", "1/**/2", "[1,//\n]",
            "{\"a\"://\n}", "# 1\n1", "-/**/1", "<!-- -->1", "//\n", "/**/",
        ]
    )
    func refused(text: String) {
        #expect(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: text, as: .withComments)
        }
    }

    @Test("are an error where nobody asked", arguments: ["// a\n1", "1/**/", "[1,/**/2]"])
    func strict(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: text) }
    }

    @Test("that do not end are reported where they begin")
    func unterminated() throws {
        let error = try #require(throws: JSONSyntaxError.self) {
            try JSONDocument(parsing: "{}\n /* ", as: .withComments)
        }
        #expect(error.reason == .unterminatedComment)
        #expect(error.location == TextLocation(line: 2, column: 2))
    }
}
