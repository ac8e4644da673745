package import Control
package import Lavalink
package import Wire

/// What an event is about, which is all that filters look at.
package struct EventTopic: Sendable {
    package let name: String
    package let bot: BotName?
    package let node: NodeName?
    package let guild: GuildID?
}

/// Something that happened, to be sent: it becomes bytes when somebody is there to read them.
package struct ServerEvent: Sendable {
    package let topic: EventTopic
    package let at: Timestamp
    /// Whether it has an id, and those who were away get it later: not what is old so soon that
    /// the next of its kind is worth more.
    package let isReplayed: Bool
    private let fields: @Sendable (inout JSONWriter) -> Void

    /// Its data is `type`, `at`, `bot`, `node` and `guildId` where they apply, then what `fields`
    /// writes.
    package init(
        _ name: String,
        at: Timestamp,
        bot: BotName? = nil,
        node: NodeName? = nil,
        guild: GuildID? = nil,
        isReplayed: Bool = true,
        _ fields: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
    ) {
        topic = EventTopic(name: name, bot: bot, node: node, guild: guild)
        self.at = at
        self.isReplayed = isReplayed
        self.fields = fields
    }

    /// JSON; line ends between its tokens are taken out where it is framed.
    package var data: [UInt8] {
        var bytes: [UInt8] = []
        appendData(to: &bytes)
        return bytes
    }

    /// Appends the event as a subscriber gets it.
    package func append(to bytes: inout [UInt8], id: EventID? = nil) {
        ServerSentEvent.append(id: id?.description, name: topic.name, to: &bytes) { bytes in
            appendData(to: &bytes)
        }
    }

    private func appendData(to bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.object { json in
                json.member("type", topic.name)
                json.member("at", plain: at.append)
                if let bot = topic.bot { json.member("bot", bot.text) }
                if let node = topic.node { json.member("node", node.text) }
                if let guild = topic.guild { json.member("guildId", quoted: guild.rawValue) }
                fields(&json)
            }
        }
    }
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
