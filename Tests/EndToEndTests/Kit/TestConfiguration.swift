import Wire

/// A configuration file, written as an operator would.
struct TestConfiguration: Sendable {
    struct Node: Sendable {
        var name: String
        var host = "127.0.0.1"
        var port: UInt16
        var password: String
    }

    struct Token: Sendable {
        var name: String
        var text: String
        var bot: String?
    }

    struct Bot: Sendable {
        var name: String
        var userId: String
    }

    var listen = "127.0.0.1:0"
    var nodes: [Node] = []
    /// One bot alone is configured by its `userId`.
    var bots = [Bot(name: "default", userId: "170939974227591168")]
    var tokens: [Token] = []
    var drills = true
    var resumeTimeout = 60
    /// The contract's six; quick ones, so that what takes minutes elsewhere takes a second here.
    var enableReconnect = true
    var infiniteReconnect = true
    var maxReconnectAttempts = 5
    var baseReconnectDelay = 0.1
    var maxReconnectDelay = 2.0
    var stateSaveInterval = 0.5

    init(_ nodes: any NodeUnderTest...) {
        self.nodes = nodes.map(\.configured)
    }

    var text: String {
        var json = JSONWriter()
        json.object { json in
            json.member("listen", listen)
            json.member("drills", drills)
            json.member("resumeTimeout", resumeTimeout)
            writeBots(into: &json)
            json.array("nodes", nodes) { json, node in
                json.object { json in
                    json.member("name", node.name)
                    json.member("host", node.host)
                    json.member("port", node.port)
                    json.member("auth", node.password)
                }
            }
            json.array("tokens", tokens) { json, token in write(token, into: &json) }
            json.member("options") { json in writeOptions(into: &json) }
        }
        return json.raw.description
    }

    private func writeBots(into json: inout JSONWriter) {
        guard bots.count > 1 else { return json.member("userId", bots.first?.userId) }
        json.array("bots", bots) { json, bot in
            json.object { json in
                json.member("name", bot.name)
                json.member("userId", bot.userId)
            }
        }
    }

    private func writeOptions(into json: inout JSONWriter) {
        json.member("enableReconnect", enableReconnect)
        json.member("infiniteReconnect", infiniteReconnect)
        json.member("maxReconnectAttempts", maxReconnectAttempts)
        json.member("baseReconnectDelay", baseReconnectDelay)
        json.member("maxReconnectDelay", maxReconnectDelay)
        json.member("stateSaveInterval", stateSaveInterval)
    }

    private func write(_ token: Token, into json: inout JSONWriter) {
        let hash = SHA256.hash(Array(token.text.utf8))
        let digits = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        json.object { json in
            json.member("name", token.name)
            json.member("sha256", digits.joined())
            // A null would be a value of the wrong type.
            if let bot = token.bot { json.member("bot", bot) }
        }
    }
}
