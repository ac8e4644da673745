import Lavalink
import Testing
import Wire

/// The vectors of lavalink-v4.md §10.4.
enum TrackVectors {
    static let tone =
        "QAAAWAMACVRlc3QgVG9uZQAJRmFrZSBOb2RlAAAAAAACvyAABnRvbmUtMQABABpodHRwczovL2V4YW1wbGUuY29t"
        + "L3RvbmUtMQAAAAd5b3V0dWJlAAAAAAAAAAA="
    static let toneAtOneMinute =
        "QAAAWAMACVRlc3QgVG9uZQAJRmFrZSBOb2RlAAAAAAACvyAABnRvbmUtMQABABpodHRwczovL2V4YW1wbGUuY29t"
        + "L3RvbmUtMQAAAAd5b3V0dWJlAAAAAAAA8Dw="
    static let radio =
        "QAAAeQMADFJhZGlvIO2gvO2+tQAJw5xuw69jb2Rlf/////////8AHmh0dHBzOi8vcmFkaW8uZXhhbXBsZS9saXZl"
        + "Lm1wMwEBAB5odHRwczovL3JhZGlvLmV4YW1wbGUvbGl2ZS5tcDMAAAAEaHR0cAADbXAzAAAAAAAAAAA="
    static let demo =
        "QAAAaAMABERlbW8ABlRlc3RlcgAAAAAAAOpgABRodHRwczovL2gudGVzdC9hLm1wMwABABRodHRwczovL2gudGVz"
        + "dC9hLm1wMwABAAxVU1RTVDI2MDAwMDEABGh0dHAAA21wMwAAAAAAAAAA"
    static let versionTwo = "QAAAJwIAA09sZAABQQAAAAAAAAPoAAF4AAAAB3lvdXR1YmUAAAAAAAAAAA=="
    static let versionOne = "AAAAJQADT2xkAAFBAAAAAAAAA+gAAXgAAAd5b3V0dWJlAAAAAAAAAAA="

    static let all = [tone, toneAtOneMinute, radio, demo, versionTwo, versionOne]
    static let versionThree = [tone, toneAtOneMinute, radio, demo]
}

@Suite("An encoded track")
struct EncodedTrackTests {
    @Test("is read with every field in its place")
    func fields() throws {
        let tone = try EncodedTrack(decoding: TrackVectors.tone)
        #expect(tone.version == 3)
        #expect(tone.title == "Test Tone")
        #expect(tone.author == "Fake Node")
        #expect(tone.length == 180_000)
        #expect(tone.identifier == "tone-1")
        #expect(!tone.isStream)
        #expect(tone.uri == "https://example.com/tone-1")
        #expect(tone.artworkUrl == nil)
        #expect(tone.isrc == nil)
        #expect(tone.sourceName == "youtube")
        #expect(tone.details.isEmpty)
        #expect(tone.position == 0)
        #expect(try EncodedTrack(decoding: TrackVectors.toneAtOneMinute).position == 61_500)
    }

    @Test("keeps characters above U+FFFF, the longest length and the source's own part")
    func radio() throws {
        let radio = try EncodedTrack(decoding: TrackVectors.radio)
        #expect(radio.title == "Radio 🎵")
        #expect(radio.author == "Ünïcode")
        #expect(radio.length == TrackInfo.unknownLength)
        #expect(radio.isStream)
        #expect(radio.probeInfo == "mp3")
        #expect(!radio.info.isSeekable)
        let demo = try EncodedTrack(decoding: TrackVectors.demo)
        #expect(demo.isrc == "USTST2600001")
        #expect(demo.probeInfo == "mp3")
    }

    @Test(
        "of version 1 or 2 has no fields that came later",
        arguments: [
            (TrackVectors.versionOne, UInt8(1)), (TrackVectors.versionTwo, UInt8(2)),
        ]
    )
    func oldVersions(base64: String, version: UInt8) throws {
        let track = try EncodedTrack(decoding: base64)
        #expect(track.version == version)
        #expect(track.title == "Old")
        #expect(track.author == "A")
        #expect(track.length == 1000)
        #expect(track.identifier == "x")
        #expect(track.uri == nil)
        #expect(track.sourceName == "youtube")
    }

    @Test("of version 3 is written as it was read", arguments: TrackVectors.versionThree)
    func roundTrip(base64: String) throws {
        #expect(try EncodedTrack(decoding: base64).encoded() == base64)
    }

    @Test("at another place is the same track")
    func otherPosition() throws {
        let tone = try EncodedTrack(decoding: TrackVectors.tone)
        #expect(tone.with(position: 61_500).encoded() == TrackVectors.toneAtOneMinute)
        #expect(tone.with(position: 61_500).with(position: 0) == tone)
    }

    @Test("is refused at every length short of its own", arguments: TrackVectors.all)
    func truncation(base64: String) throws {
        let bytes = try Base64.decode(base64)
        for length in 0..<bytes.count {
            #expect(throws: EncodedTrackError.self) {
                try EncodedTrack(bytes: Array(bytes.prefix(length)))
            }
        }
        let characters = base64.prefix { $0 != "=" }
        for length in 0..<characters.count {
            let text = String(characters.prefix(length))
            #expect(throws: EncodedTrackError.self) { try EncodedTrack(decoding: text) }
        }
    }
}
