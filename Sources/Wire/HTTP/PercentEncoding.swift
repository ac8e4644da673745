/// Percent-encoding (RFC 3986 §2.1), in the strict sense.
package enum PercentEncoding {
    /// The text that `encoded` stands for; nil for a broken escape or bytes that are not UTF-8.
    package static func decode(_ encoded: some StringProtocol) -> String? {
        decode(encoded, plusIsSpace: false)
    }

    /// The same for a whole string, which mostly stands for itself.
    package static func decode(_ encoded: String) -> String? {
        guard encoded.utf8.contains(ASCII.percent) else { return encoded }
        return decode(encoded, plusIsSpace: false)
    }

    static func decode(_ encoded: some StringProtocol, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.utf8.count)
        var rest = encoded.utf8.makeIterator()
        while let byte = rest.next() {
            if byte == ASCII.plus, plusIsSpace {
                bytes.append(ASCII.space)
            } else if byte == ASCII.percent {
                guard let high = rest.next()?.hexValue, let low = rest.next()?.hexValue else {
                    return nil
                }
                bytes.append(UInt8(high << 4 | low))
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Escapes everything but letters, digits and `-._~`: safe in a path segment and in a query.
    package static func encode(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if ByteClass.unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes.append(ASCII.percent)
                bytes.append(digit(byte >> 4))
                bytes.append(digit(byte & 0x0f))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x37 }
}
