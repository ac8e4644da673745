extension WebSocket {
    package enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        var isControl: Bool { rawValue >= 8 }
    }

    /// One frame to send.
    package struct Frame: Sendable {
        package var opcode: Opcode
        package var payload: [UInt8]
        package var isFinal: Bool

        /// Control frames are final, and short: more is the caller's mistake.
        package init(_ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true) {
            precondition(!opcode.isControl || isFinal && payload.count <= Limits.controlBytes)
            self.opcode = opcode
            self.payload = payload
            self.isFinal = isFinal
        }

        /// A close frame; a reason too long for one is cut at a character.
        package static func close(code: Int?, reason: String = "") -> Frame {
            guard let code else { return Frame(.close) }
            precondition(WebSocket.isValidCloseCode(code), "close code \(code) may not be sent")
            var payload = [UInt8(code >> 8), UInt8(code & 0xff)]
            for character in reason.unicodeScalars {
                let bytes = Array(String(character).utf8)
                guard payload.count + bytes.count <= Limits.controlBytes else { break }
                payload.append(contentsOf: bytes)
            }
            return Frame(.close, payload)
        }

        package func encoded(mask: MaskingKey? = nil) -> [UInt8] {
            var bytes: [UInt8] = []
            append(to: &bytes, mask: mask)
            return bytes
        }

        /// Appends the frame; a client gives a fresh unpredictable key, a server none (§5.3).
        package func append(to bytes: inout [UInt8], mask: MaskingKey? = nil) {
            bytes.reserveCapacity(bytes.count + payload.count + 14)
            bytes.append((isFinal ? 0x80 : 0) | opcode.rawValue)
            appendLength(to: &bytes, maskBit: mask == nil ? 0 : 0x80)
            guard let mask else {
                bytes.append(contentsOf: payload)
                return
            }
            for index in 0..<4 { bytes.append(mask[index]) }
            let start = bytes.count
            bytes.append(contentsOf: payload)
            mask.apply(to: &bytes, start..<bytes.count, from: 0)
        }

        private func appendLength(to bytes: inout [UInt8], maskBit: UInt8) {
            let length = payload.count
            switch length {
            case ..<126: bytes.append(maskBit | UInt8(length))
            case ...0xffff:
                bytes.append(maskBit | 126)
                bytes.append(UInt8(length >> 8))
                bytes.append(UInt8(length & 0xff))
            default:
                bytes.append(maskBit | 127)
                for shift in stride(from: 56, through: 0, by: -8) {
                    bytes.append(UInt8(truncatingIfNeeded: length >> shift))
                }
            }
        }
    }

    /// The four bytes that a client's payload is combined with (RFC 6455 §5.3).
    package struct MaskingKey: Equatable, Sendable {
        let word: UInt32

        package init(_ word: UInt32) { self.word = word }

        /// The key's byte for an offset in the payload.
        subscript(offset: Int) -> UInt8 {
            UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * (offset & 3)))
        }

        /// Combines a range of bytes with the key, of which the first has `offset` in the payload.
        func apply(to bytes: inout [UInt8], _ range: Range<Int>, from offset: Int) {
            bytes.withUnsafeMutableBytes { buffer in
                var index = range.lowerBound
                let wide = word64(from: offset)
                while index + 8 <= range.upperBound {
                    let combined =
                        buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
                    buffer.storeBytes(of: combined, toByteOffset: index, as: UInt64.self)
                    index += 8
                }
                while index < range.upperBound {
                    buffer[index] ^= self[offset + index - range.lowerBound]
                    index += 1
                }
            }
        }

        /// The key twice, beginning with the byte for `offset`, as it lies in memory.
        private func word64(from offset: Int) -> UInt64 {
            let turn = UInt32(8 * (offset & 3))
            let turned = turn == 0 ? word : word << turn | word >> (32 - turn)
            return (UInt64(turned) << 32 | UInt64(turned)).bigEndian
        }
    }
}
