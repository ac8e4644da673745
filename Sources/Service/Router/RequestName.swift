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
        return prefix + String(last, radix: 36)
    }

    /// A client's `X-Request-Id`, if it is one that can be logged and echoed.
    package static func accepted(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.utf8.count <= longest else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain ? text : nil
    }
}
