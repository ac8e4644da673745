package import Control
package import Lavalink
package import Wire

/// Something that happened, ready to be sent: its data is encoded once, for every subscriber.
package struct ServerEvent: Sendable {
    package let name: String
    package let bot: BotName?
    package let node: NodeName?
    package let guild: GuildID?
    /// Whether it has an id, and those who were away get it later: not what is old so soon that
    /// the next of its kind is worth more.
    package let isReplayed: Bool
    /// One line of JSON.
    package let data: [UInt8]

    /// Writes `type`, `at`, `bot`, `node` and `guildId` where they apply, then the fields.
    package init(
        _ name: String,
        at: Timestamp,
        bot: BotName? = nil,
        node: NodeName? = nil,
        guild: GuildID? = nil,
        isReplayed: Bool = true,
        _ fields: (inout JSONWriter) -> Void = { _ in }
    ) {
        precondition(!name.utf8.contains { $0 < 0x20 }, "a name that would forge an event")
        self.name = name
        self.bot = bot
        self.node = node
        self.guild = guild
        self.isReplayed = isReplayed
        var writer = JSONWriter(capacity: 512)
        writer.object { json in
            json.member("type", name)
            json.member("at", at.description)
            if let bot { json.member("bot", bot.text) }
            if let node { json.member("node", node.text) }
            if let guild { json.member("guildId", guild.description) }
            fields(&json)
        }
        data = Self.oneLine(writer.bytes)
    }

    /// A line's end between the tokens of JSON that passes through would end the event's data;
    /// within strings there is none.
    private static func oneLine(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: isLineEnd) else { return bytes }
        return bytes.map { isLineEnd($0) ? UInt8(ascii: " ") : $0 }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0a || byte == 0x0d }
}

/// The name that an event goes by: the run of the program, and its number within it.
package struct EventID: Hashable, Sendable, CustomStringConvertible {
    package var epoch: String
    package var sequence: UInt64

    package init(epoch: String, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    package init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"), dash != text.startIndex,
            let sequence = UInt64(text[text.index(after: dash)...])
        else { return nil }
        self.init(epoch: String(text[..<dash]), sequence: sequence)
    }

    package var description: String { "\(epoch)-\(sequence)" }
}
