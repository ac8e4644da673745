import Testing

@testable import Lavalink

@Suite("Modified UTF-8")
struct ModifiedUTF8Tests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var text: String
        var bytes: [UInt8]
        var testDescription: String { text.debugDescription }
    }

    static let samples = [
        Sample(text: "", bytes: []),
        Sample(text: "Az09~", bytes: [0x41, 0x7a, 0x30, 0x39, 0x7e]),
        Sample(text: "\u{0}", bytes: [0xc0, 0x80]),
        Sample(text: "\u{1}\u{7f}", bytes: [0x01, 0x7f]),
        Sample(text: "\u{80}", bytes: [0xc2, 0x80]),
        Sample(text: "ü", bytes: [0xc3, 0xbc]),
        Sample(text: "\u{7ff}", bytes: [0xdf, 0xbf]),
        Sample(text: "\u{800}", bytes: [0xe0, 0xa0, 0x80]),
        Sample(text: "€", bytes: [0xe2, 0x82, 0xac]),
        Sample(text: "\u{ffff}", bytes: [0xef, 0xbf, 0xbf]),
        Sample(text: "\u{10000}", bytes: [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]),
        Sample(text: "🎵", bytes: [0xed, 0xa0, 0xbc, 0xed, 0xbe, 0xb5]),
        Sample(text: "\u{10ffff}", bytes: [0xed, 0xaf, 0xbf, 0xed, 0xbf, 0xbf]),
        Sample(text: "e\u{301}", bytes: [0x65, 0xcc, 0x81]),
    ]

    @Test("is written and read alike", arguments: samples)
    func bothWays(sample: Sample) {
        #expect(ModifiedUTF8.encode(sample.text) == sample.bytes)
        let decoded = ModifiedUTF8.decode(sample.bytes[...])
        #expect(decoded.map { Array($0.utf8) } == Array(sample.text.utf8))
    }

    @Test("carries every character of Unicode")
    func everything() {
        for value in stride(from: UInt32(0), through: 0x10ffff, by: 7) {
            guard let scalar = UnicodeScalar(value) else { continue }
            let text = String(scalar)
            #expect(ModifiedUTF8.decode(ModifiedUTF8.encode(text)[...]) == text)
        }
    }

    @Test(
        "is nothing that Java refuses",
        arguments: [
            [0x80], [0xbf, 0x41], [0xc3], [0xc3, 0x41], [0xc3, 0xc3], [0xe2], [0xe2, 0x82],
            [0xe2, 0x41, 0x80], [0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x8e, 0xb5], [0xff], [0xfe],
            [0x41, 0x80],
        ] as [[UInt8]]
    )
    func refused(bytes: [UInt8]) {
        #expect(ModifiedUTF8.decode(bytes[...]) == nil)
    }

    @Test("may spell a character in more bytes than it needs, as Java allows")
    func overlong() {
        #expect(ModifiedUTF8.decode([0x00]) == "\u{0}")
        #expect(ModifiedUTF8.decode([0xc1, 0x81]) == "A")
        #expect(ModifiedUTF8.decode([0xe0, 0x81, 0x81]) == "A")
    }

    @Test("has U+FFFD for a surrogate that stands alone")
    func loneSurrogates() {
        #expect(ModifiedUTF8.decode([0xed, 0xa0, 0xbc]) == "\u{fffd}")
        #expect(ModifiedUTF8.decode([0xed, 0xbe, 0xb5, 0x41]) == "\u{fffd}A")
    }

    @Test("is cut between characters when it is too long for its length field")
    func fitting() {
        #expect(ModifiedUTF8.fitting("short") == "short")
        let most = String(repeating: "a", count: ModifiedUTF8.byteLimit)
        #expect(ModifiedUTF8.fitting(most) == most)
        #expect(ModifiedUTF8.fitting(most + "a") == most)
        let notes = String(repeating: "🎵", count: 20_000)
        #expect(ModifiedUTF8.fitting(notes).unicodeScalars.count == 65_535 / 6)
        let zeros = String(repeating: "\u{0}", count: 40_000)
        #expect(ModifiedUTF8.fitting(zeros).unicodeScalars.count == 32_767)
    }
}
