import Wire

/// The names that requests go by in the log, in answers and in problems.
package struct RequestNames: Sendable {
    private let prefix: String
    private var last: UInt64 = 0

    /// Characters of a name that a client gives.
    static let longest = 128

    /// - Parameter boot: tells the names of this run from those of others.
    package init(boot: UInt32) { prefix = String(boot, radix: 36) + "-" }

    package mutating func next() -> String {
        last += 1
        var prefix = prefix
        return prefix.withUTF8 { prefix in Self.name(prefix, last) }
    }

    /// The prefix and a number in base 36; with up to 15 bytes a String needs no memory of its own.
    private static func name(_ prefix: UnsafeBufferPointer<UInt8>, _ number: UInt64) -> String {
        var length = prefix.count + 1
        var rest = number / 36
        while rest > 0 {
            length += 1
            rest /= 36
        }
        return String(unsafeUninitializedCapacity: length) { bytes in
            var rest = number
            for index in (prefix.count..<length).reversed() {
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                bytes[index] = digit < 10 ? digit + 0x30 : digit - 10 + UInt8(ascii: "a")
                rest /= 36
            }
            for index in prefix.indices { bytes[index] = prefix[index] }
            return length
        }
    }

    /// A client's `X-Request-Id`, if it is one that can be logged and echoed.
    package static func accepted(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.utf8.count <= longest else { return nil }
        return text.utf8.allSatisfy(\.isNameCharacter) ? text : nil
    }
}
