package import Control
package import Lavalink

/// The configured bots, and which of them a request means.
package struct BotDirectory: Sendable {
    package struct Bot: Sendable, Equatable {
        package var name: BotName
        package var userId: UserID

        package init(name: BotName, userId: UserID) {
            self.name = name
            self.userId = userId
        }
    }

    package let bots: [Bot]

    package init(_ bots: [Bot]) { self.bots = bots }

    package init(_ configuration: Configuration) {
        bots = configuration.bots.map { Bot(name: $0.name, userId: $0.userId) }
    }

    /// The bot of that name or user id.
    package func bot(_ text: String) -> Bot? {
        bots.first { $0.name.text == text || $0.userId.description == text }
    }

    /// The one that the token is bound to; else the one that `?bot=` names; else the only one.
    package func bot(named text: String?, boundTo name: BotName?) throws(Problem) -> Bot {
        let named = try text.map { text throws(Problem) in try find(text, boundTo: name) }
        if let named { return named }
        if let name, let bound = bot(name.text) { return bound }
        switch bots.count {
        case 1: return bots[0]
        case 0:
            throw Problem(
                .noSuchBot,
                "No bot is configured: set \"userId\" in the configuration or LAVADECK_USER_ID."
            )
        default:
            let names = bots.map(\.name.text).joined(separator: ", ")
            throw Problem(.botNotNamed, "Name the bot with ?bot=, one of: \(names).")
        }
    }

    private func find(_ text: String, boundTo name: BotName?) throws(Problem) -> Bot {
        // To a bearer of one bot the others do not exist, so that names are no secret to try out.
        guard let bot = bot(text), name == nil || bot.name == name else {
            throw Problem(.noSuchBot, "No bot is named \"\(text)\".")
        }
        return bot
    }
}
