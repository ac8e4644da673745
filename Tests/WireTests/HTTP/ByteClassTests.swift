import Testing

@testable import Wire

@Suite("The class of a byte")
struct ByteClassTests {
    @Test("is that of names for letters, digits, points, hyphens and underscores alone")
    func names() {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let names = letters + letters.uppercased() + "0123456789.-_"
        for byte in UInt8.min ... .max {
            #expect(byte.isNameCharacter == names.utf8.contains(byte), "\(byte)")
        }
    }

    @Test("is that of hexadecimal digits, in either case")
    func digits() {
        for byte in UInt8.min ... .max {
            let digit = byte < 0x80 ? Character(UnicodeScalar(byte)).hexDigitValue : nil
            #expect(byte.hexValue == digit, "\(byte)")
        }
    }
}
