import Testing
import Wire

@Suite("The members of an object from outside")
struct JSONMembersTests {
    private static let known = ["volume", "position", "paused", "filters", "track"]

    private func members(_ text: String, known: [String]? = known) throws -> JSONMembers {
        try JSONMembers(try JSONDocument(parsing: text).root, known: known)
    }

    /// What a reading step finds wrong with a text.
    private func fault(
        _ text: String,
        _ read: (JSONMembers) throws -> Void = { _ in }
    ) throws -> JSONFault {
        try #require(throws: JSONFault.self) { try read(members(text)) }
    }

    @Test(
        "must be an object",
        arguments: [
            ("[]", "an array"), ("1", "a number"), ("\"a\"", "a string"), ("null", "null"),
            ("true", "a boolean"),
        ]
    )
    func object(text: String, kind: String) throws {
        let fault = try fault(text)
        #expect(fault.pointer.isEmpty)
        #expect(fault.description == "the body must be an object, not \(kind)")
    }

    @Test("with an unknown name are refused, with the name that was meant and the place")
    func unknown() throws {
        let found = try fault("{\n  \"volume\": 1,\n  \"positon\": 2}")
        #expect(found.pointer == "/positon")
        #expect(found.detail == "is unknown; did you mean \"position\"?")
        #expect(found.location == TextLocation(line: 3, column: 3))
        #expect(try fault(#"{"zzz":1}"#).description == "/zzz is unknown")
        #expect(try fault(#"{"a/b~c":1}"#).pointer == "/a~1b~0c")
        #expect(try fault("{\"\u{212a}\":1}").pointer == "/\u{212a}")
        _ = try members(#"{"anything":1}"#, known: nil)
        _ = try members(#"{"\u0076olume":1}"#)
    }

    @Test("are read by type, absent and null alike as nil")
    func types() throws {
        let found = try members(
            #"{"s":"x","i":5,"d":0.5,"b":true,"o":{ "k":1},"a":[1,2],"n":null}"#,
            known: nil
        )
        #expect(try found.string("s") == "x")
        #expect(try found.int64("i") == 5)
        #expect(try found.double("d") == 0.5)
        #expect(try found.double("i") == 5)
        #expect(try found.bool("b") == true)
        #expect(try found.rawObject("o")?.description == "{ \"k\":1}")
        #expect(try found.elements("a")?.count == 2)
        #expect(try found.members("o")?.int64("k") == 1)
        for name in ["n", "absent"] as [StaticString] {
            #expect(try found.string(name) == nil && found.int64(name) == nil)
            #expect(try found.bool(name) == nil && found.rawObject(name) == nil)
            #expect(try found.double(name) == nil && found.elements(name) == nil)
            #expect(try found.members(name) == nil && found.value(name) == nil)
        }
        #expect(found.has("n") && found.isNull("n"))
        #expect(!found.has("absent") && !found.isNull("absent"))
        #expect(found.has("s") && !found.isNull("s"))
    }

    @Test(
        "that are whole numbers are read however they are written",
        arguments: [
            ("30000", 30_000), ("30000.0", 30_000), ("3e4", 30_000), ("-0.0", 0), ("0.5", nil),
            ("9223372036854775807", Int64.max), ("9223372036854775808", nil), ("1e19", nil),
        ] as [(String, Int64?)]
    )
    func whole(text: String, number: Int64?) throws {
        let found = try members(#"{"position":\#(text)}"#)
        if let number {
            #expect(try found.int64("position") == number)
        } else {
            #expect(throws: JSONFault.self) { try found.int64("position") }
        }
    }

    @Test("of the wrong type or out of range are named, with what would be right")
    func wrong() throws {
        let text = "{\"volume\": \"loud\",\n \"position\": 1.5, \"paused\": 1, \"track\": 2000}"
        let table: [(found: JSONFault, says: String, line: Int, column: Int)] = [
            (
                try fault(text) { _ = try $0.int64("volume") }, "/volume must be a whole number", 1,
                12
            ),
            (try fault(text) { _ = try $0.double("volume") }, "/volume must be a number", 1, 12),
            (
                try fault(text) { _ = try $0.int64("position") },
                "/position must be a whole number", 2, 14
            ),
            (try fault(text) { _ = try $0.bool("paused") }, "/paused must be true or false", 2, 29),
            (try fault(text) { _ = try $0.string("paused") }, "/paused must be a string", 2, 29),
            (try fault(text) { _ = try $0.rawObject("track") }, "/track must be an object", 2, 41),
            (try fault(text) { _ = try $0.elements("track") }, "/track must be an array", 2, 41),
            (
                try fault(text) { _ = try $0.members("track") },
                "/track must be an object, not a number", 2, 41
            ),
            (
                try fault(text) { _ = try $0.int64("track", in: 0...1000) },
                "/track must be from 0 to 1000", 2, 41
            ),
            (
                try fault(text) { _ = try $0.double("position", in: 0...1) },
                "/position must be from 0.0 to 1.0", 2, 14
            ),
        ]
        for (found, says, line, column) in table {
            #expect(found.description == says)
            #expect(found.location == TextLocation(line: line, column: column))
        }
    }

    @Test("take the ends of a range, and no number beyond a double")
    func ranges() throws {
        #expect(try members(#"{"volume":1000}"#).int64("volume", in: 0...1000) == 1000)
        #expect(try members(#"{"volume":0}"#).int64("volume", in: 0...1000) == 0)
        #expect(
            try fault(#"{"volume":1e999}"#) { _ = try $0.double("volume") }.detail
                == "must be a number"
        )
        #expect(throws: JSONFault.self) {
            try members(#"{"volume":9223372036854775808}"#).int64("volume")
        }
    }

    @Test("that are needed are missed by name")
    func required() throws {
        let missing = try fault("{}") { _ = try $0.require("track", $0.string("track")) }
        #expect(missing.description == "/track is missing")
        #expect(missing.location == TextLocation(line: 1, column: 1))
        let null = try fault(#"{"volume":null}"#) { try $0.refuseNull("paused", "volume") }
        #expect(null.description == "/volume must not be null")
        try members(#"{"volume":1}"#).refuseNull("paused", "volume")
        #expect(try members(#"{"volume":1}"#).require("volume", 7) == 7)
    }

    @Test("within members carry the whole pointer")
    func nested() throws {
        let outer = try members(#"{"filters":{"timescale":{"sped":1}}}"#)
        let filters = try #require(try outer.members("filters"))
        let found = try #require(throws: JSONFault.self) {
            try filters.members("timescale", known: ["speed", "pitch", "rate"])
        }
        #expect(
            found.description
                == "/filters/timescale/sped is unknown; did you mean \"speed\"?"
        )
        #expect(filters.fault("timescale", "is odd").location == TextLocation(line: 1, column: 25))
    }
}

@Suite("Spelling")
struct SpellingTests {
    @Test(
        "finds the name that was meant",
        arguments: [
            ("positon", "position"), ("Position", "position"), ("psoition", "position"),
            ("positions", "position"), ("volum", "volume"), ("useid", "userId"),
            ("user_id", "userId"),
            ("x", nil), ("", nil), ("completely", nil), ("vol", nil),
        ] as [(String, String?)]
    )
    func nearest(name: String, meant: String?) {
        #expect(Spelling.nearest(to: name, among: ["position", "volume", "userId"]) == meant)
    }

    @Test("has nothing to say without names, or about a text too long for one")
    func limits() {
        #expect(Spelling.nearest(to: "a", among: []) == nil)
        let long = String(repeating: "a", count: 1_000_000)
        #expect(Spelling.nearest(to: long, among: [long]) == nil)
    }
}
