/// Checks `uri-host [ ":" port ]` (RFC 9110 §7.2).
enum Authority {
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        guard let end = endOfHost(bytes, range), end > range.lowerBound else { return false }
        guard end < range.upperBound else { return true }
        guard bytes[end] == ASCII.colon else { return false }
        return isPort(bytes, (end + 1)..<range.upperBound)
    }

    /// Whether two authorities are the same in any case of letters.
    static func match(_ bytes: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count
        where bytes[left.lowerBound + offset].lowercased
            != bytes[right.lowerBound + offset].lowercased
        {
            return false
        }
        return true
    }

    private static func endOfHost(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard bytes[range.lowerBound] == UInt8(ascii: "[") else {
            var end = range.lowerBound
            while end < range.upperBound, ByteClass.host.contains(bytes[end]) { end += 1 }
            return end
        }
        guard let close = bytes.firstIndex(of: UInt8(ascii: "]"), in: range),
            close > range.lowerBound + 2
        else { return nil }
        for index in (range.lowerBound + 1)..<close
        where bytes[index].hexValue == nil && bytes[index] != ASCII.colon
            && bytes[index] != UInt8(ascii: ".")
        {
            return nil
        }
        return close + 1
    }

    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard range.count <= 5 else { return false }
        var port = 0
        for index in range {
            guard bytes[index].isDigit else { return false }
            port = port * 10 + Int(bytes[index] - 0x30)
        }
        return port <= Int(UInt16.max)
    }
}
