/// A configuration while it is read: what is there, not yet what must be.
struct Draft: Sendable {
    var configuration = Configuration()
    var userId: String?
    var token: Secret?
    var tokenFile: String?
    var bots: [BotDraft] = []
    var nodes: [NodeDraft] = []
    var tokens: [TokenDraft] = []
}

struct BotDraft: Sendable {
    var name: String?
    var userId: String?
}

struct NodeDraft: Sendable {
    var name: String?
    var host: String?
    var port: UInt16 = 2333
    var auth: Secret?
    var authFile: String?
    var ssl = false
    var region: String?
}

struct TokenDraft: Sendable {
    var name: String?
    var sha256: String?
    var bot: String?
}
