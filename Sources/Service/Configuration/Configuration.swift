package import Control
package import Lavalink
import Runtime

/// Everything that an operator may decide, checked: nothing else reads files or the environment.
package struct Configuration: Sendable, Equatable {
    package var listen = ListenAddress.standard
    /// Path of the SQLite file.
    package var database = "lavadeck.db"
    /// The bots whose sessions are held; each has a fleet of its own.
    package var bots: [ConfiguredBot] = []
    /// Whether `simulate-failure` and its like may be called.
    package var drills = false
    package var nodes: [ConfiguredNode] = []
    package var options = Options()
    /// Open client connections, event streams among them; requests on more are answered with 503.
    package var connections = ListenerOptions().connections
    /// Open connections of one address, 0 for no limit; requests on more are answered with 503.
    ///
    /// On the loopback interface, where all clients have one address, there is no such limit.
    package var connectionsPerAddress = 128
    /// Open event streams; more are answered with 429.
    package var subscribers = EventHub.Limits().subscribers
    package var tokens: [ConfiguredToken] = []
    package var logLevel = LogLevel.info
    package var logFormat = LogFormat.auto

    package init() {}

    /// What an operator would want to hear at the start although nothing is wrong.
    package var notices: [String] {
        var notices: [String] = []
        if bots.isEmpty {
            notices.append("no bot is configured: set \"userId\" or LAVADECK_USER_ID")
        }
        if nodes.isEmpty {
            notices.append(
                "no node is configured: add one to \"nodes\", or set LAVADECK_NODES_0_HOST and"
                    + " LAVADECK_NODES_0_AUTH"
            )
        }
        return notices
    }
}

/// A bot: the user id that its nodes are told, and what requests call it.
package struct ConfiguredBot: Sendable, Equatable {
    package var name: BotName
    package var userId: UserID

    /// The name of the only bot when it is given as `userId`.
    package static let onlyName = BotName("default")

    package init(name: BotName, userId: UserID) {
        self.name = name
        self.userId = userId
    }
}

package struct ConfiguredNode: Sendable, Equatable {
    package var name: NodeName
    package var host: String
    package var port: UInt16
    /// The node's password.
    package var auth: Secret
    package var ssl: Bool
    package var region: String?

    package init(
        name: NodeName,
        host: String,
        port: UInt16 = 2333,
        auth: Secret,
        ssl: Bool = false,
        region: String? = nil
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.auth = auth
        self.ssl = ssl
        self.region = region
    }
}

/// A token that requests may carry, of which only the hash is known.
package struct ConfiguredToken: Sendable, Equatable {
    package var name: String
    package var sha256: [UInt8]
    /// The name of the one bot that its bearer may see; nil for all.
    package var bot: BotName?

    package init(name: String, sha256: [UInt8], bot: BotName? = nil) {
        self.name = name
        self.sha256 = sha256
        self.bot = bot
    }
}
