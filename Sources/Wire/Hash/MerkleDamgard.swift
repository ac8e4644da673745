/// What SHA-1 and SHA-256 share: 64-byte blocks of big-endian words, padded alike.
enum MerkleDamgard {
    static let blockLength = 64

    /// The message, a 1 bit, zeros, and the length in bits (FIPS 180-4 §5.1.1).
    static func padded(_ message: [UInt8]) -> [UInt8] {
        var padded = message
        padded.append(0x80)
        let zeros = (2 * blockLength - 8 - padded.count % blockLength) % blockLength
        padded.append(contentsOf: repeatElement(0, count: zeros))
        let bits = UInt64(message.count) * 8
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return padded
    }

    /// Puts the block's sixteen words at the beginning of `words`.
    static func load(_ bytes: [UInt8], at start: Int, into words: inout [UInt32]) {
        for index in 0..<16 {
            let offset = start + 4 * index
            let high = UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16
            words[index] = high | UInt32(bytes[offset + 2]) << 8 | UInt32(bytes[offset + 3])
        }
    }

    static func bytes(of words: [UInt32]) -> [UInt8] {
        words.flatMap { word in
            stride(from: 24, through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: word >> UInt32($0))
            }
        }
    }
}
