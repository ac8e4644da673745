extension [UInt8] {
    package mutating func append(constant text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a number as decimal digits, after a minus sign where it is negative.
    package mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    /// Appends a number as decimal digits, zeros before it up to `digits` of them.
    package mutating func append(decimal number: UInt64, digits: Int = 1) {
        var length = 1
        var rest = number / 10
        while rest > 0 {
            length += 1
            rest /= 10
        }
        let width = Swift.max(length, digits)
        append(addingCapacity: width) { output in
            output.append(repeating: UInt8(ascii: "0"), count: width)
            rest = number
            for offset in stride(from: width - 1, through: width - length, by: -1) {
                output[offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
        }
    }
}

extension [UInt8] {
    /// Appends a number as hexadecimal digits, in lower case and without leading zeros.
    package mutating func append(hexadecimal number: UInt64) {
        let digits = Swift.max(1, (64 - number.leadingZeroBitCount + 3) / 4)
        append(addingCapacity: digits) { output in
            for digit in (0..<digits).reversed() {
                let value = UInt8(truncatingIfNeeded: number >> UInt64(4 * digit)) & 15
                output.append(
                    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
                )
            }
        }
    }
}

extension OutputSpan<UInt8> {
    mutating func append(contentsOf new: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBufferPointer { buffer, count in
            _ = buffer[count...].initialize(fromContentsOf: new)
            count += new.count
        }
    }
}
