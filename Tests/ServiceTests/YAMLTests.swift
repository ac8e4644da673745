import Support
import Testing

@Suite("The reader of YAML")
struct YAMLTests {
    @Test("reads blocks, flows and scalars")
    func everything() throws {
        let text = """
            # A comment.
            title: Plain words, with a comma  # and a comment
            "200": {description: ok, list: [1, 'two', -3.5, true, null], empty: {}, none: []}
            path: /v1/players/{guildId}
            url: http://host:2333/x#y
            deep:
              er:
                - a
                - key: "a \\"b\\"\\n\\\\"
                  other: 'it''s: #1'
                -
            """
        // An item that is empty is refused; without it all is well.
        #expect(throws: YAMLError(line: 11, reason: "an item that is empty")) {
            try YAML(reading: text)
        }
        let yaml = try YAML(reading: text.split(separator: "\n").dropLast().joined(separator: "\n"))
        #expect(yaml["title"] == .string("Plain words, with a comma"))
        #expect(yaml["path"]?.string == "/v1/players/{guildId}")
        #expect(yaml["url"]?.string == "http://host:2333/x#y")
        let ok = try #require(yaml["200"])
        #expect(ok["description"]?.string == "ok")
        let list: [YAML] = [.number(1), .string("two"), .number(-3.5), .flag(true), .null]
        #expect(ok["list"]?.items == list)
        #expect(ok["empty"] == .mapping([]))
        #expect(ok["none"] == .sequence([]))
        let items = try #require(yaml["deep"]?["er"]?.items)
        #expect(items.first == .string("a"))
        #expect(items.last?["key"]?.string == "a \"b\"\n\\")
        #expect(items.last?["other"]?.string == "it's: #1")
        #expect(yaml.members.map(\.key) == ["title", "200", "path", "url", "deep"])
    }

    @Test("reads blocks of text")
    func blocks() throws {
        let yaml = try YAML(
            reading: """
                literal: |
                  one
                    two # no comment

                  three: four
                folded: >-
                  one
                  two

                  three
                  # no comment
                after: 1
                """
        )
        #expect(yaml["literal"]?.string == "one\n  two # no comment\n\nthree: four\n")
        #expect(yaml["folded"]?.string == "one two\nthree # no comment")
        #expect(yaml["after"]?.number == 1)
    }

    @Test("reads sequences of sequences and of mappings")
    func nesting() throws {
        let yaml = try YAML(
            reading: """
                - - 1
                  - 2
                - a:
                    - b: {c: [d]}
                  e: f
                """
        )
        #expect(yaml.items.first == .sequence([.number(1), .number(2)]))
        let second = try #require(yaml.items.last)
        #expect(second["a"]?.items.first?["b"]?["c"]?.items == [.string("d")])
        #expect(second["e"]?.string == "f")
    }

    @Test(
        "refuses what it does not understand, with the line",
        arguments: [
            ("", 1), ("\ta: 1", 1), ("a: 1\r\nb: 2", 1), ("  a: 1", 1), ("a: 1\n  b: 2", 2),
            ("a: 1\na: 2", 2), ("{a: 1, a: 2}", 1), ("a:\nb: 1", 1), ("a:", 1),
            ("a: &x 1", 1), ("a: *x", 1), ("a: !!str 1", 1), ("---\na: 1", 1), ("%YAML 1.2", 1),
            ("a: yes", 1), ("a: Off", 1), ("a: ~", 1), ("a: Null", 1), ("a: 1.2.3", 1),
            ("a: 2026-07-29", 1), ("a: +1", 1), ("a: .5", 1), ("a: 1.", 1), ("a: 0x10", 1),
            ("a: - b", 1), ("a: b: c", 1), ("a: 'b", 1), ("a: \"b", 1), ("a: \"\\q\"", 1),
            ("a: 'b' c", 1), ("a: [b", 1), ("a: [b c: d]", 1), ("a: {b}", 1), ("a: {b:c}", 1),
            ("a: [b,, c]", 1), ("a: ]", 1), ("a: |+\n  b", 1), ("a: |\nb: 1", 1),
            ("a: >\n  b\n    c", 3), ("a: b\nc", 2), ("- a\nb: 1", 2), ("-   a", 1), ("200: a", 1),
            ("true: a", 1), ("? a", 1), ("a: b\n  c", 2), ("- |\n  a", 1), ("<<: *a", 1),
            ("a: @b", 1), ("a: `b`", 1), ("a: 'b'# c", 1), ("a:\n  - b\n c: d", 3),
        ]
    )
    func refused(text: String, line: Int) {
        do throws(YAMLError) {
            let yaml = try YAML(reading: text)
            Issue.record("\(yaml) was read")
        } catch {
            #expect(error.line == line, "\(error)")
        }
    }
}
