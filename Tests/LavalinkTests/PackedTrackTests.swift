import Lavalink
import Testing
import Wire

@Suite("A track that is kept")
struct PackedTrackTests {
    private static let song = EncodedTrack(
        info: TrackInfo(
            identifier: "id",
            author: "Björk 🎵",
            length: 210_000,
            title: "\"Quoted\"\n\\ 🎶",
            uri: "https://example.com/a?b=c",
            sourceName: "youtube",
            artworkUrl: "https://example.com/a.jpg"
        )
    )

    private static let watchPage = "https://www.youtube.com/watch?v="

    private static func video(_ identifier: String, uri: String?) -> EncodedTrack {
        EncodedTrack(
            info: TrackInfo(
                identifier: identifier,
                author: "Björk",
                length: 210_000,
                title: "Jóga",
                uri: uri,
                sourceName: "youtube",
                isrc: "GBAKW9700018"
            )
        )
    }

    private static func json(
        encoded: String = song.encoded(),
        info: String = song.info.raw.description,
        rest: String = #","pluginInfo":{},"userData":{}"#
    ) -> String {
        #"{"encoded":"\#(encoded)","info":\#(info)\#(rest)}"#
    }

    @Test("is no more than the bytes of its encoded form, when the rest follows from them")
    func smallest() throws {
        let track = try Track(try parsed(Self.json()))
        #expect(track.byteCount == Self.song.bytes.count + 1)
        #expect(written(track.write) == Self.json())
        #expect(track.info == Self.song.info)
        #expect(Track(Self.song).byteCount == track.byteCount)
        #expect(try Track(decoding: Self.song.encoded()) == track)
    }

    @Test("does without the URI of a video", arguments: ["0123456789a", "", "é"])
    func withoutURI(identifier: String) throws {
        let uri = Self.watchPage + identifier
        let video = Self.video(identifier, uri: uri)
        let track = try Track(decoding: video.encoded())
        #expect(track.byteCount == video.bytes.count + 1 - uri.utf8.count)
        #expect(track.info == video.info && track.encoded == video.encoded())
    }

    @Test("keeps a URI that is not quite a video's", arguments: ["0123456789b", "0123456789", ""])
    func withURI(identifier: String) throws {
        let video = Self.video("0123456789a", uri: Self.watchPage + identifier)
        let track = try Track(decoding: video.encoded())
        #expect(track.byteCount == video.bytes.count + 1)
        #expect(track.info == video.info && track.encoded == video.encoded())
    }

    private static let sample = video("0123456789a", uri: watchPage + "0123456789a")

    private static let encodings = [
        sample.encoded(), video("0123456789a", uri: nil).encoded(),
        song.encoded(), TrackVectors.versionOne, "QA", "QAAA", "", "track-1", "a b\\n\\u00e9",
        "track123",
        String(song.encoded().prefix(40)),
    ]
    private static let infos = [
        song.info.raw.description, sample.info.raw.description, #"{ "identifier":"x" }"#,
        #"{"identifier":"x","length":5,"isStream":true,"sourceName":"s","later":[1.0]}"#,
    ]
    private static let rests = [
        #","pluginInfo":{},"userData":{}"#, #","pluginInfo":{"a":1.50},"userData":{}"#,
        #","pluginInfo":{},"userData":{"b": null}"#,
        #","pluginInfo":{ },"userData":[1],"later":{"x" :0.10},"e\n":"1""#,
    ]

    @Test("goes out byte for byte as it came", arguments: encodings, infos)
    func bytes(encoded: String, info: String) throws {
        for rest in Self.rests {
            let text = Self.json(encoded: encoded, info: info, rest: rest)
            let value = try parsed(text)
            let kept = try Track(value)
            let passing = try Track(passing: value, at: "")
            let again = try Track(try parsed(written(kept.write)))
            let fromWritten = try Track(written: Array(text.utf8))
            #expect(kept == fromWritten && kept.byteCount == fromWritten.byteCount)
            #expect(kept == passing && kept == again && kept.hashValue == passing.hashValue)
            #expect(kept.info == passing.info && kept.info == again.info)
            let expected = text.replacing(#"\u00e9"#, with: "é")
            #expect(written(kept.write) == expected)
            #expect(written(passing.write) == expected)
        }
    }

    @Test("answers what is asked often as its information does", arguments: encodings, infos)
    func shortcuts(encoded: String, info: String) throws {
        let track = try Track(try parsed(Self.json(encoded: encoded, info: info)))
        #expect(track.length == track.info.length)
        #expect(track.isStream == track.info.isStream)
        #expect(track.isSeekable == track.info.isSeekable)
        #expect(track.sourceName == track.info.sourceName)
    }

    @Test(
        "is refused when what was written is none",
        arguments: ["", "{", "{}", #"{"encoded":"QAAA"#, #"{"encoded":"QAAA","info":{}}"#]
    )
    func notWritten(text: String) {
        #expect(throws: NodeMessageError.self) { try Track(written: Array(text.utf8)) }
    }

    @Test("changes in the part that is set, and in no other", arguments: encodings)
    func setting(encoded: String) throws {
        let text = Self.json(encoded: encoded, info: Self.infos[3], rest: Self.rests[3])
            .replacing(#"\u00e9"#, with: "é")
        var track = try Track(try parsed(text))
        track.userData = .emptyObject
        #expect(written(track.write) == text.replacing(#""userData":[1]"#, with: #""userData":{}"#))
        track.pluginInfo = try RawJSON(checking: Array(#"{"p":1}"#.utf8))
        track.encoded = "QAAA"
        #expect(track.encoded == "QAAA" && track.pluginInfo.description == #"{"p":1}"#)
        #expect(track.infoRaw.description == Self.infos[3])
        #expect(track.otherMembers.map(\.name) == ["later", "e\n"])
    }

    @Test("keeps its words when it gets another encoded form")
    func otherEncoding() throws {
        var track = Track(Self.song)
        track.encoded = "QAAA"
        #expect(track.infoRaw == Self.song.info.raw && track.info == Self.song.info)
    }

    @Test("is known by its encoded form when what is said beside it names no identifier")
    func callersInfo() throws {
        let info = try RawJSON(checking: Array(#"{"title":"Mine"}"#.utf8))
        let track = try Track(decoding: Self.song.encoded(), info: info)
        let again = try Track(try parsed(written(track.write)))
        #expect(again == track && again.infoRaw == info)
        #expect(again.info == Self.song.info)
    }

    @Test("believes no length beyond a year", arguments: [-1, Int64.max, TrackInfo.longest + 1])
    func lengths(length: Int64) throws {
        var info = Self.song.info
        info.length = length
        let track = try Track(try parsed(written(Track(EncodedTrack(info: info)).write)))
        #expect(track.length == TrackInfo.unknownLength)
        #expect(track.info.length == TrackInfo.unknownLength)
    }
}
