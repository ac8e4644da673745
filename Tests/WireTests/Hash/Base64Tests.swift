import Foundation
import Testing
import Wire

@Suite("Base64")
struct Base64Tests {
    @Test(
        "agrees with the vectors of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(plain: String, encoded: String) throws {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(try Base64.decode(encoded) == Array(plain.utf8))
        let bare = encoded.filter { $0 != "=" }
        #expect(try Base64.decode(bare, padding: .optional) == Array(plain.utf8))
    }

    @Test("agrees with Foundation for every length and byte")
    func oracle() throws {
        for length in 0...300 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ length) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(try Base64.decode(text) == bytes)
            #expect(Base64.encodedBytes(bytes) == Array(text.utf8))
        }
    }

    @Test(
        "names what is wrong",
        arguments: [
            ("Zg", .wrongLength(2)), ("Zg=", .wrongLength(3)), ("Z", .wrongLength(1)),
            ("=", .wrongLength(1)), ("====", .invalidByte(0x3d, at: 0)),
            ("Zg===", .wrongLength(5)), ("Z===", .invalidByte(0x3d, at: 1)),
            ("Zm9v\n", .wrongLength(5)), ("Zm 9vYg=", .invalidByte(0x20, at: 2)),
            ("Zm9-", .invalidByte(0x2d, at: 3)), ("Zm9_", .invalidByte(0x5f, at: 3)),
            ("Zh==", .strayBits), ("Zm9=", .strayBits), ("Zg==Zg==", .invalidByte(0x3d, at: 2)),
            ("Zmé=", .wrongLength(5)),
        ] as [(String, Base64.DecodingError)]
    )
    func refusals(text: String, error: Base64.DecodingError) {
        #expect(throws: error) { try Base64.decode(text) }
    }

    @Test("takes half a padding for an error where padding is optional", arguments: ["Zg=", "Z"])
    func halfPadding(text: String) {
        #expect(throws: Base64.DecodingError.wrongLength(text.utf8.count)) {
            try Base64.decode(text, padding: .optional)
        }
    }
}
