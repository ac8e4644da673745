package import Control
package import Lavalink
import Wire

/// Which events a subscriber wants to see.
package struct EventFilter: Sendable, Equatable {
    package var types: Set<String>?
    /// Events of other guilds and of none are left out.
    package var guilds: Set<GuildID>?
    /// Events of other nodes and of none are left out.
    package var nodes: Set<NodeName>?
    /// The guilds of one process of a sharded bot; events of no guild concern every process.
    package var shard: Shard?
    package var bot: BotName?

    package struct Shard: Sendable, Equatable {
        package var index: UInt64
        package var count: UInt64

        /// Discord's rule: which process has a guild.
        package func has(_ guild: GuildID) -> Bool { (guild.rawValue >> 22) % count == index }
    }

    /// Guilds, nodes or types that one subscriber may name.
    static let longestList = 100
    /// Processes that a bot may have.
    static let mostShards: UInt64 = 65_536

    package init() {}

    /// Whether every event passes.
    package var isOpen: Bool { self == EventFilter() }

    package func passes(_ event: EventTopic) -> Bool {
        if let bot, let other = event.bot, other != bot { return false }
        if let types, !types.contains(event.name) { return false }
        if let guilds {
            guard let guild = event.guild, guilds.contains(guild) else { return false }
        }
        if let nodes {
            guard let node = event.node, nodes.contains(node) else { return false }
        }
        if let shard, let guild = event.guild, !shard.has(guild) { return false }
        return true
    }
}

extension EventFilter {
    /// The query parameters that it is read from.
    package static let parameters = ["types", "guildId", "node", "shard", "bot"]

    /// Reads the query of a request; several values are separated by commas.
    package init(_ context: Context) throws(Problem) {
        self.init()
        if let words = try Self.words("types", context) {
            for word in words where !EventNames.all.contains(word) {
                let nearest = Spelling.nearest(to: word, among: EventNames.all)
                let question = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw .query("types", "names an unknown event type \"\(word)\"\(question)")
            }
            types = Set(words)
        }
        if let words = try Self.words("guildId", context) {
            var guilds: Set<GuildID> = []
            for word in words {
                guard let guild = GuildID(word) else {
                    throw .query(
                        "guildId",
                        "must be Discord ids, decimal numbers separated by commas"
                    )
                }
                guilds.insert(guild)
            }
            self.guilds = guilds
        }
        nodes = try Self.words("node", context).map { Set($0.map { NodeName($0) }) }
        shard = try Self.shard(context)
        if context.query("bot") != nil || context.bearer?.bot != nil {
            bot = try context.bot().name
        }
    }

    private static func words(_ name: String, _ context: Context) throws(Problem) -> [String]? {
        guard let text = context.query(name) else { return nil }
        let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard words.count <= longestList, !words.contains("") else {
            throw .query(name, "must have 1 to \(longestList) values, separated by commas")
        }
        return words
    }

    private static func shard(_ context: Context) throws(Problem) -> Shard? {
        guard let text = context.query("shard") else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = UInt64(parts[0]), let count = UInt64(parts[1]),
            index < count, count <= mostShards
        else { throw .query("shard", "must be INDEX/COUNT, for example 3/16") }
        return Shard(index: index, count: count)
    }
}
