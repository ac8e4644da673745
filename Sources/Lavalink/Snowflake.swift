/// A kind of Discord identifier: a decimal number that JSON carries as a string.
///
/// It must fit a signed 64-bit number, because a node reads it as one (lavalink-v4.md §6); Discord
/// gets there in 2084.
package protocol Snowflake: Hashable, Comparable, Sendable, CustomStringConvertible {
    var rawValue: UInt64 { get }

    /// Takes a number that is known to be an identifier; nil for 0 and for what does not fit.
    init?(rawValue: UInt64)
}

extension Snowflake {
    /// Takes text from outside: decimal digits alone, without a leading zero.
    package init?(_ text: some StringProtocol) {
        self.init(utf8: Array(text.utf8)[...])
    }

    init?(utf8 digits: ArraySlice<UInt8>) {
        guard (1...20).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var value: UInt64 = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard digit < 10, !over, !carry else { return nil }
            value = sum
        }
        self.init(rawValue: value)
    }

    package var description: String { String(rawValue) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    fileprivate static func isValid(_ value: UInt64) -> Bool {
        value != 0 && value <= UInt64(Int64.max)
    }
}

/// A Discord server; a player of a bot is named by it.
package struct GuildID: Snowflake {
    package let rawValue: UInt64

    package init?(rawValue: UInt64) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

/// A Discord user; here the bot that a session belongs to.
package struct UserID: Snowflake {
    package let rawValue: UInt64

    package init?(rawValue: UInt64) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

/// A Discord channel; here the voice channel that a bot is in.
package struct ChannelID: Snowflake {
    package let rawValue: UInt64

    package init?(rawValue: UInt64) {
        guard Self.isValid(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}
