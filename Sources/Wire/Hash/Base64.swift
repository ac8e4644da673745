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

    package static func encode(_ bytes: [UInt8]) -> String { encode(bytes[...]) }

    package static func encode(_ bytes: ArraySlice<UInt8>) -> String {
        let length = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length) { write(bytes, to: $0) }
    }

    package static func encodedBytes(_ bytes: [UInt8]) -> [UInt8] { encodedBytes(bytes[...]) }

    package static func encodedBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let length = (bytes.count + 2) / 3 * 4
        return [UInt8](unsafeUninitializedCapacity: length) { output, count in
            count = write(bytes, to: output)
        }
    }

    /// Writes into memory that is as long as it must be, and returns how long that is.
    private static func write(
        _ bytes: ArraySlice<UInt8>,
        to output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var offset = 0
        alphabet.withUnsafeBufferPointer { alphabet in
            bytes.withUnsafeBufferPointer { bytes in
                for start in stride(from: 0, to: bytes.count, by: 3) {
                    let left = bytes.count - start
                    var group = UInt32(bytes[start]) << 16
                    if left > 1 { group |= UInt32(bytes[start + 1]) << 8 }
                    if left > 2 { group |= UInt32(bytes[start + 2]) }
                    output[offset] = alphabet[Int(group >> 18)]
                    output[offset + 1] = alphabet[Int(group >> 12 & 63)]
                    output[offset + 2] = left > 1 ? alphabet[Int(group >> 6 & 63)] : equalsSign
                    output[offset + 3] = left > 2 ? alphabet[Int(group & 63)] : equalsSign
                    offset += 4
                }
            }
        }
        return offset
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
        try decode(text[...], padding: padding)
    }

    package static func decode(
        _ text: ArraySlice<UInt8>,
        padding: Padding = .required
    ) throws(DecodingError) -> [UInt8] {
        let length = try lengthWithoutPadding(text, padding)
        var fault: Int?
        var stray: UInt32 = 0
        let output = [UInt8](unsafeUninitializedCapacity: length / 4 * 3 + 2) { output, count in
            text.withUnsafeBufferPointer { text in
                (count, fault, stray) = read(text[..<length], into: output)
            }
        }
        if let fault { throw .invalidByte(text[text.startIndex + fault], at: fault) }
        guard stray == 0 else { throw .strayBits }
        return output
    }

    /// Decodes whole groups of four characters, then what is left.
    ///
    /// - Returns: the bytes written, where a byte is outside the alphabet, and the bits left over.
    private static func read(
        _ text: Slice<UnsafeBufferPointer<UInt8>>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> (count: Int, fault: Int?, stray: UInt32) {
        values.withUnsafeBufferPointer { values in
            var count = 0
            var offset = 0
            while offset + 4 <= text.count {
                let (first, second) = (values[Int(text[offset])], values[Int(text[offset + 1])])
                let (third, fourth) = (values[Int(text[offset + 2])], values[Int(text[offset + 3])])
                guard first | second | third | fourth < 64 else { break }
                let group =
                    UInt32(first) << 18 | UInt32(second) << 12 | UInt32(third) << 6
                    | UInt32(fourth)
                output[count] = UInt8(truncatingIfNeeded: group >> 16)
                output[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                output[count + 2] = UInt8(truncatingIfNeeded: group)
                count += 3
                offset += 4
            }
            var bits: UInt32 = 0
            var waiting: UInt32 = 0
            while offset < text.count {
                let value = values[Int(text[offset])]
                guard value < 64 else { return (count, offset, 0) }
                bits = bits << 6 | UInt32(value)
                waiting += 6
                if waiting >= 8 {
                    waiting -= 8
                    output[count] = UInt8(truncatingIfNeeded: bits >> waiting)
                    count += 1
                    bits &= 1 << waiting - 1
                }
                offset += 1
            }
            return (count, nil, bits)
        }
    }

    private static func lengthWithoutPadding(
        _ text: ArraySlice<UInt8>,
        _ padding: Padding
    ) throws(DecodingError) -> Int {
        let marks = text.suffix(2).reversed().prefix { $0 == equalsSign }.count
        let length = text.count - marks
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
