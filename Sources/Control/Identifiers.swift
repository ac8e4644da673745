import Wire

/// The name of a configured bot: its rows, effects and events carry it.
package struct BotName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
    package static func < (left: BotName, right: BotName) -> Bool { left.text < right.text }
}

/// The name of a configured node.
package struct NodeName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
    package static func < (left: NodeName, right: NodeName) -> Bool { left.text < right.text }
}

/// One playing of one track; every event of a node that does not carry the current one changes
/// nothing.
package struct PlayID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package init?(_ text: String) {
        guard let value = UInt64(text, radix: 16) else { return nil }
        rawValue = value
    }

    package var description: String { String(rawValue, radix: 16) }
}

/// The name of one entry of a queue, the same for as long as the entry lives.
package struct EntryID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package init?(_ text: String) {
        guard text.hasPrefix("e"), let value = UInt64(text.dropFirst(), radix: 16) else {
            return nil
        }
        rawValue = value
    }

    package var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func append(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "e"))
        text.append(hexadecimal: rawValue)
    }
}

/// A request to a node whose outcome comes back as an event.
package struct RequestID: Hashable, Comparable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (left: RequestID, right: RequestID) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One attempt to hold a node's WebSocket; what a former attempt still sends is ignored.
package struct ConnectionID: Hashable, Sendable {
    package let rawValue: UInt64
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}
