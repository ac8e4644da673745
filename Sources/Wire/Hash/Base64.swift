/// Base64 with the standard alphabet (RFC 4648 §4).
package enum Base64 {
    /// Whether text must end in `=` up to a multiple of four characters.
    package enum Padding: Sendable {
        case required
        /// Whole padding or none; half of it is an error all the same.
        case optional
    }

    package enum DecodingError: Error, Equatable {
        /// A byte outside the alphabet, line breaks and spaces among them.
        case invalidByte(UInt8, at: Int)
        /// A length that no whole number of bytes encodes to, or padding missing or in excess.
        case wrongLength(Int)
        /// Bits behind the last byte that an encoder leaves 0 (RFC 4648 §3.5).
        case strayBits
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        String(decoding: encodedBytes(bytes), as: UTF8.self)
    }

    package static func encodedBytes(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let second = index + 1 < bytes.count ? bytes[index + 1] : 0
            let third = index + 2 < bytes.count ? bytes[index + 2] : 0
            let group = UInt32(bytes[index]) << 16 | UInt32(second) << 8 | UInt32(third)
            output.append(alphabet[Int(group >> 18)])
            output.append(alphabet[Int(group >> 12 & 63)])
            output.append(index + 1 < bytes.count ? alphabet[Int(group >> 6 & 63)] : equalsSign)
            output.append(index + 2 < bytes.count ? alphabet[Int(group & 63)] : equalsSign)
            index += 3
        }
        return output
    }

    package static func decode(
        _ text: some StringProtocol,
        padding: Padding = .required
    ) throws(DecodingError) -> [UInt8] {
        try decode(Array(text.utf8), padding: padding)
    }

    package static func decode(
        _ text: [UInt8],
        padding: Padding = .required
    ) throws(DecodingError) -> [UInt8] {
        let length = try lengthWithoutPadding(text, padding)
        var output: [UInt8] = []
        output.reserveCapacity(length / 4 * 3 + 2)
        var bits: UInt32 = 0
        var waiting: UInt32 = 0
        for index in 0..<length {
            let value = values[Int(text[index])]
            guard value < 64 else { throw .invalidByte(text[index], at: index) }
            bits = bits << 6 | UInt32(value)
            waiting += 6
            if waiting >= 8 {
                waiting -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> waiting))
                bits &= 1 << waiting - 1
            }
        }
        guard bits == 0 else { throw .strayBits }
        return output
    }

    private static func lengthWithoutPadding(
        _ text: [UInt8],
        _ padding: Padding
    ) throws(DecodingError) -> Int {
        var length = text.count
        while length > 0, text.count - length < 2, text[length - 1] == equalsSign { length -= 1 }
        let isPadded = text.count > length
        guard length % 4 != 1 else { throw .wrongLength(text.count) }
        if isPadded || padding == .required {
            guard text.count.isMultiple(of: 4) else { throw .wrongLength(text.count) }
        }
        return length
    }

    private static let equalsSign = UInt8(ascii: "=")
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The six bits of each character, 255 for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
