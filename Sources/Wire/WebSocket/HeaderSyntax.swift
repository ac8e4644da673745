/// What may stand in a head that we write (RFC 9110 §5): nothing else keeps a value from forging one.
package enum HeaderSyntax {
    /// A token: letters, digits and ``!#$%&'*+-.^_`|~``.
    package static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
    }

    /// Anything but control bytes; tabs are allowed.
    package static func isValue(_ value: some StringProtocol) -> Bool {
        value.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7f }
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: punctuation.contains(byte)
        }
    }

    private static let punctuation = Array("!#$%&'*+-.^_`|~".utf8)
}
