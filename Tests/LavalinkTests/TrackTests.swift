import Lavalink
import Testing
import Wire

/// Parses a JSON text of a test.
func parsed(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

/// What a writer makes of a value.
func written(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter()
    write(&json)
    return json.raw.description
}

@Suite("A track")
struct TrackTests {
    static let info = """
        {"identifier":"tone-1","isSeekable":true,"author":"Fake Node","length":180000,\
        "isStream":false,"position":0,"title":"Test Tone","uri":"https://example.com/tone-1",\
        "sourceName":"youtube","artworkUrl":null,"isrc":null}
        """

    @Test("is read with every field")
    func fields() throws {
        let text =
            #"{"encoded":"QAAA","info":\#(Self.info),"pluginInfo":{"a":1},"userData":{"req":"42"}}"#
        let track = try Track(try parsed(text))
        #expect(track.encoded == "QAAA")
        #expect(track.info.identifier == "tone-1")
        #expect(track.info.isSeekable)
        #expect(track.info.author == "Fake Node")
        #expect(track.info.length == 180_000)
        #expect(!track.info.isStream)
        #expect(track.info.position == 0)
        #expect(track.info.title == "Test Tone")
        #expect(track.info.uri == "https://example.com/tone-1")
        #expect(track.info.sourceName == "youtube")
        #expect(track.info.artworkUrl == nil)
        #expect(track.info.isrc == nil)
        #expect(track.infoRaw.description == Self.info)
        #expect(track.info.raw.description == Self.info)
        #expect(written(track.write) == text)
    }

    @Test("keeps every part as it was written, space, escapes and unknown members included")
    func opaque() throws {
        let info = #"{ "identifier":"x" , "new": [1.50e1, "\u00e9"], "title":"\u00e9" }"#
        let plugin = #"{ "albumName" : "\/\u0041" ,"n":1.0}"#
        let userData = #"{"big":12345678901234567890123,"z":{},"a":null }"#
        let text = """
            {"encoded":"QA","info":\(info),"pluginInfo":\(plugin),"userData":\(userData),\
            "later":{ "x":0.10 }}
            """
        let track = try Track(try parsed(text))
        #expect(track.infoRaw.description == info)
        #expect(track.pluginInfo.description == plugin)
        #expect(track.userData.description == userData)
        #expect(track.info.title == "é")
        #expect(track.otherMembers.map(\.name) == ["later"])
        #expect(written(track.write) == text)
    }

    @Test(
        "has empty objects where the node sent none",
        arguments: ["", #","pluginInfo":null,"userData":null"#]
    )
    func defaults(rest: String) throws {
        let track = try Track(try parsed(#"{"encoded":"QA","info":{"identifier":"x"}\#(rest)}"#))
        #expect(track.pluginInfo == .emptyObject)
        #expect(track.userData == .emptyObject)
    }

    @Test("has neutral values for what its information lacks")
    func sparseInfo() throws {
        let info = try TrackInfo(try parsed(#"{"identifier":"x","isStream":true}"#))
        #expect(info.length == TrackInfo.unknownLength)
        #expect(!info.isSeekable)
        #expect(info.position == 0)
        #expect(info.title.isEmpty && info.author.isEmpty && info.sourceName.isEmpty)
        #expect(info.uri == nil)
    }

    @Test(
        "has a length in whatever way it is written",
        arguments: [
            ("9223372036854775807", Int64.max), ("-1", Int64.max), ("null", Int64.max), ("0", 0),
            ("180000", 180_000), ("180000.0", 180_000), ("1800.9", 1800), (#""180000""#, 180_000),
            ("1e30", Int64.max), (#""soon""#, Int64.max), ("9223372036854775808", Int64.max),
        ]
    )
    func lengths(text: String, length: Int64) throws {
        let info = try TrackInfo(try parsed(#"{"identifier":"x","length":\#(text)}"#))
        #expect(info.length == length)
    }

    @Test(
        "is refused when there is nothing to play or nothing to tell it by",
        arguments: [
            ("[]", ""), ("null", ""), ("{}", "/encoded"), (#"{"encoded":5}"#, "/encoded"),
            (#"{"encoded":"QA"}"#, "/info"), (#"{"encoded":"QA","info":null}"#, "/info"),
            (#"{"encoded":"QA","info":[]}"#, "/info"),
            (#"{"encoded":"QA","info":{}}"#, "/info/identifier"),
        ]
    )
    func refused(text: String, pointer: String) throws {
        let value = try parsed(text)
        let fault = try #require(throws: JSONFault.self) { try Track(value) }
        #expect(fault.pointer == pointer)
        let deeper = try #require(throws: JSONFault.self) { try Track(value, at: "/track") }
        #expect(deeper.pointer == "/track" + pointer)
    }

    @Test("made from its parts writes its information itself")
    func assembled() {
        let info = TrackInfo(identifier: "i", author: "a", length: 5, title: "t", sourceName: "s")
        let track = Track(encoded: "QA", info: info)
        #expect(track.infoRaw == info.raw)
        #expect(track.userData == .emptyObject)
    }
}
