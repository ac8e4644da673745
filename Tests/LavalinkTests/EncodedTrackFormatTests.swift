import Testing
import Wire

@testable import Lavalink

/// Puts an encoded track together by hand.
private struct Assembly {
    var bytes: [UInt8] = []

    static func text(_ text: String) -> [UInt8] {
        let encoded = ModifiedUTF8.encode(text)
        return [UInt8(encoded.count >> 8), UInt8(encoded.count & 255)] + encoded
    }

    static func envelope(flags: UInt32, _ message: [UInt8]) -> [UInt8] {
        let header = flags << 30 | UInt32(message.count)
        return (0..<4).map { UInt8(truncatingIfNeeded: header >> (24 - 8 * $0)) } + message
    }

    /// A message of version 3 of that source.
    static func message(
        source: String,
        details: [UInt8] = [],
        version: [UInt8] = [3]
    ) -> [UInt8] {
        version + text("T") + text("A") + [0, 0, 0, 0, 0, 0, 3, 0xe8] + text("id") + [0]
            + [0] + [0] + [0] + text(source) + details + [0, 0, 0, 0, 0, 0, 0, 7]
    }
}

@Suite("The format of encoded tracks")
struct EncodedTrackFormatTests {
    @Test("ignores what stands behind the message")
    func trailingBytes() throws {
        let bytes = try Base64.decode(TrackVectors.demo)
        let track = try EncodedTrack(bytes: bytes + [1, 2, 3])
        #expect(track == (try EncodedTrack(decoding: TrackVectors.demo)))
    }

    @Test("needs no padding, and the standard alphabet")
    func base64() throws {
        let bare = String(TrackVectors.versionTwo.prefix { $0 != "=" })
        #expect(try EncodedTrack(decoding: bare).title == "Old")
        for text in ["QAAA_w==", "QA AA", "QAAA\n", "not base64!", "ü", "Q"] {
            #expect(throws: EncodedTrackError.self) { try EncodedTrack(decoding: text) }
        }
    }

    @Test("says what is missing")
    func errors() throws {
        #expect(throws: EncodedTrackError.truncated(.header)) { try EncodedTrack(decoding: "") }
        #expect(throws: EncodedTrackError.empty) { try EncodedTrack(bytes: [0x40, 0, 0, 0]) }
        #expect(throws: EncodedTrackError.empty) { try EncodedTrack(bytes: [0, 0, 0, 0, 1, 2]) }
        #expect(throws: EncodedTrackError.truncated(.message)) {
            try EncodedTrack(bytes: [0x40, 0, 0, 9, 3])
        }
        #expect(throws: EncodedTrackError.truncated(.title)) {
            try EncodedTrack(bytes: Assembly.envelope(flags: 1, [3, 0, 5, 0x41]))
        }
        #expect(throws: EncodedTrackError.invalidText(.title)) {
            try EncodedTrack(bytes: Assembly.envelope(flags: 1, [3, 0, 1, 0xff]))
        }
        let short = Assembly.message(source: "youtube").dropLast()
        #expect(throws: EncodedTrackError.truncated(.position)) {
            try EncodedTrack(bytes: Assembly.envelope(flags: 1, Array(short)))
        }
    }

    @Test("has a plain sentence for each error")
    func descriptions() {
        #expect(EncodedTrackError.truncated(.isrc).description == "ends too early, in its isrc")
        #expect(EncodedTrackError.empty.description.contains("end"))
        #expect(EncodedTrackError.invalidText(.title).description.contains("title"))
        #expect(EncodedTrackError.notBase64(.strayBits).description.contains("base64"))
    }

    @Test("reads version 1 with a version byte, and a later one like 3")
    func otherVersions() throws {
        let one =
            [1] + Assembly.text("T") + Assembly.text("A") + [0, 0, 0, 0, 0, 0, 0, 5]
            + Assembly.text("i") + [1] + Assembly.text("twitch") + [0, 0, 0, 0, 0, 0, 0, 0]
        let first = try EncodedTrack(bytes: Assembly.envelope(flags: 1, one))
        #expect(first.version == 1)
        #expect(first.isStream)
        #expect(first.sourceName == "twitch")
        let later = Assembly.message(source: "vimeo", version: [9])
        let ninth = try EncodedTrack(bytes: Assembly.envelope(flags: 1, later))
        #expect(ninth.version == 9)
        #expect(ninth.sourceName == "vimeo")
        #expect(ninth.position == 7)
        #expect(try EncodedTrack(bytes: ninth.bytes).version == 3)
    }

    @Test("passes over the flag that means nothing")
    func otherFlag() throws {
        let message = Assembly.message(source: "youtube")
        #expect(try EncodedTrack(bytes: Assembly.envelope(flags: 3, message)).version == 3)
        let old = try Base64.decode(TrackVectors.versionOne)
        #expect(try EncodedTrack(bytes: [old[0] | 0x80] + old.dropFirst()).title == "Old")
    }

    @Test("carries the details of a source that nobody knows", arguments: [0, 1, 7, 8, 9, 300])
    func opaqueDetails(count: Int) throws {
        let details = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let message = Assembly.message(source: "plugin", details: details)
        let bytes = Assembly.envelope(flags: 1, message)
        let track = try EncodedTrack(bytes: bytes)
        #expect(track.details == details)
        #expect(track.position == 7)
        #expect(track.bytes == bytes)
        #expect(track.with(position: -1).details == details)
    }

    @Test("writes negative and largest numbers")
    func extremes() throws {
        let info = TrackInfo(
            identifier: "i",
            author: "",
            length: .min,
            position: -1,
            title: "",
            sourceName: "s"
        )
        let track = try EncodedTrack(decoding: EncodedTrack(info: info).encoded())
        #expect(track.length == .min)
        #expect(track.position == -1)
    }

    @Test("cuts texts that it cannot hold, at the end of a character")
    func longTexts() throws {
        let info = TrackInfo(
            identifier: "i",
            author: "a",
            length: 1,
            title: String(repeating: "🎵", count: 11_000),
            uri: String(repeating: "x", count: 70_000),
            sourceName: "http"
        )
        let track = try EncodedTrack(decoding: EncodedTrack(info: info).encoded())
        #expect(track.title.count == 10_922)
        #expect(track.uri?.count == 65_535)
    }

    @Test("never traps, whatever bytes are changed", arguments: TrackVectors.all)
    func mutations(base64: String) throws {
        let bytes = try Base64.decode(base64)
        for index in bytes.indices {
            for change in [0x00, 0x01, 0x7f, 0x80, 0xc0, 0xff] as [UInt8] {
                var changed = bytes
                changed[index] = change
                // Most of these are errors; what counts is that each is one or a track.
                guard let track = try? EncodedTrack(bytes: changed) else { continue }
                #expect(try EncodedTrack(bytes: track.bytes).info == track.info)
            }
        }
    }
}

@Suite("The details of a source")
struct SourceDetailsTests {
    private func track(_ source: String, _ details: [UInt8]) throws -> EncodedTrack {
        let message = Assembly.message(source: source, details: details)
        return try EncodedTrack(bytes: Assembly.envelope(flags: 1, message))
    }

    @Test("name the container of a file", arguments: ["http", "local"])
    func probe(source: String) throws {
        for text in ["mp3", "m3u|hls-outer", "matroska/webm"] {
            #expect(try track(source, Assembly.text(text)).probeInfo == text)
            #expect(EncodedTrack.details(probeInfo: text) == Assembly.text(text))
        }
    }

    @Test("name none when they are of another shape or source")
    func noProbe() throws {
        #expect(try track("http", []).probeInfo == nil)
        #expect(try track("http", [0, 9, 0x41]).probeInfo == nil)
        #expect(try track("http", Assembly.text("mp3") + [0]).probeInfo == nil)
        #expect(try track("youtube", Assembly.text("mp3")).probeInfo == nil)
    }

    @Test("of LavaSrc are read")
    func lavaSrc() throws {
        let details =
            [1] + Assembly.text("Album") + [1] + Assembly.text("https://a") + [0] + [0] + [1]
            + Assembly.text("https://p") + [1]
        let found = try #require(try track("spotify", details).lavaSrc)
        #expect(found.albumName == "Album")
        #expect(found.albumUrl == "https://a")
        #expect(found.artistUrl == nil)
        #expect(found.artistArtworkUrl == nil)
        #expect(found.previewUrl == "https://p")
        #expect(found.isPreview)
    }

    @Test("of LavaSrc are none in old strings, other sources and other shapes")
    func noLavaSrc() throws {
        #expect(try track("deezer", []).lavaSrc == nil)
        #expect(try track("youtube", [0, 0, 0, 0, 0, 0]).lavaSrc == nil)
        #expect(try track("deezer", [0, 0, 0, 0, 0, 0, 0]).lavaSrc == nil)
        #expect(try track("deezer", [0, 0, 0, 0, 0, 0]).lavaSrc?.isPreview == false)
    }
}

@Suite("A track made from its encoded form")
struct DecodedTrackTests {
    @Test("is what a node answers")
    func decoded() throws {
        let encoded = try EncodedTrack(decoding: TrackVectors.demo)
        let userData = try RawJSON(checking: Array(#"{"a":1}"#.utf8))
        let track = Track(encoded, userData: userData)
        #expect(track.encoded == TrackVectors.demo)
        #expect(track.info == encoded.info)
        #expect(track.pluginInfo.description == #"{"probeInfo":"mp3"}"#)
        #expect(track.userData == userData)
        let old = try EncodedTrack(decoding: TrackVectors.versionOne)
        #expect(Track(old, encoded: TrackVectors.versionOne).encoded == TrackVectors.versionOne)
        #expect(Track(old).pluginInfo == .emptyObject)
        #expect(Track(old).encoded.hasPrefix("QA"))
    }

    @Test("can be sought unless it is a stream, and on YouTube always")
    func seekable() throws {
        var info = TrackInfo(
            identifier: "i",
            author: "a",
            length: 1,
            isStream: true,
            title: "t",
            sourceName: "youtube"
        )
        #expect(EncodedTrack(info: info).info.isSeekable)
        info.sourceName = "twitch"
        #expect(!EncodedTrack(info: info).info.isSeekable)
        info.isStream = false
        #expect(EncodedTrack(info: info).info.isSeekable)
    }

    @Test("survives the way there and back with all that the format holds")
    func infoRoundTrip() throws {
        let info = TrackInfo(
            identifier: "ïd\u{0}",
            author: "名前",
            length: 1234,
            position: 99,
            title: "🎵 \"q\"",
            uri: "https://x/?a=b&c",
            sourceName: "soundcloud",
            artworkUrl: "https://art",
            isrc: "USX"
        )
        let encoded = EncodedTrack(info: info, details: [1, 2, 3])
        let again = try EncodedTrack(decoding: encoded.encoded())
        #expect(again == encoded)
        #expect(again.info == info)
        #expect(again.details == [1, 2, 3])
    }
}
