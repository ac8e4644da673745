import Control
import Lavalink
import Wire

/// What must hold of the values together, and how a draft becomes a configuration.
extension ConfigurationReader {
    typealias FileReader = (String) throws(FileFault) -> [UInt8]

    mutating func finish(readFile: FileReader) -> Configuration {
        var configuration = draft.configuration
        configuration.bots = finishBots()
        configuration.nodes = finishNodes(readFile)
        configuration.tokens = finishTokens(bots: configuration.bots, readFile)
        checkDelays(configuration.options)
        checkListening(configuration)
        checkLimits(configuration)
        if configuration.bots.isEmpty, !configuration.nodes.isEmpty, mistakes.isEmpty {
            note("is missing: nodes need the bot's Discord user id", about: "userId")
        }
        return configuration
    }

    // MARK: Bots

    private mutating func finishBots() -> [ConfiguredBot] {
        var bots: [ConfiguredBot] = []
        if let userId = draft.userId.flatMap({ UserID($0) }) {
            bots.append(ConfiguredBot(name: ConfiguredBot.onlyName, userId: userId))
            if !draft.bots.isEmpty {
                note("cannot be combined with bots: move this bot into the list", about: "userId")
            }
        }
        for (index, bot) in draft.bots.enumerated() {
            guard
                let name = required(bot.name, "bots[\(index)].name", "the bot's name in requests"),
                let text = required(
                    bot.userId,
                    "bots[\(index)].userId",
                    "the bot's Discord user id"
                ),
                let userId = UserID(text)
            else { continue }
            bots.append(ConfiguredBot(name: BotName(name), userId: userId))
        }
        refuseRepeats(draft.bots.map(\.name), "bots", "name")
        refuseRepeats(draft.bots.map(\.userId), "bots", "userId")
        return bots
    }

    // MARK: Nodes

    private mutating func finishNodes(_ readFile: FileReader) -> [ConfiguredNode] {
        var nodes: [ConfiguredNode] = []
        for (index, node) in draft.nodes.enumerated() {
            let host = required(node.host, "nodes[\(index)].host", "a host name or an IP address")
            let auth = password(of: node, "nodes[\(index)]", readFile)
            guard let host, let auth else { continue }
            if node.name == nil, host.contains(":") {
                note(
                    "is missing: an IP address cannot be used as the name",
                    about: "nodes[\(index)].name"
                )
            }
            nodes.append(
                ConfiguredNode(
                    name: NodeName(node.name ?? host),
                    host: host,
                    port: node.port,
                    auth: auth,
                    ssl: node.ssl,
                    region: node.region
                )
            )
        }
        refuseRepeats(draft.nodes.map { $0.name ?? $0.host }, "nodes", "name")
        return nodes
    }

    private mutating func password(
        of node: NodeDraft,
        _ path: String,
        _ readFile: FileReader
    ) -> Secret? {
        let fromFile = chooseFile(value: "\(path).auth", file: "\(path).authFile")
        if fromFile, let file = node.authFile {
            return secret(in: file, "\(path).authFile", readFile)
        }
        return required(node.auth, "\(path).auth", "set the node's password, or authFile")
    }

    // MARK: Tokens

    private mutating func finishTokens(
        bots: [ConfiguredBot],
        _ readFile: FileReader
    ) -> [ConfiguredToken] {
        var tokens: [ConfiguredToken] = []
        for (index, token) in draft.tokens.enumerated() {
            let path = "tokens[\(index)]"
            guard
                let text = required(
                    token.sha256,
                    "\(path).sha256",
                    "create one with `lavadeck token new`"
                ),
                let hash = Hexadecimal.bytes(text), hash.count == SHA256.digestLength
            else { continue }
            let bot = bots.first { $0.name.text == token.bot || $0.userId.description == token.bot }
            if let wanted = token.bot, bot == nil {
                note("names an unknown bot: \"\(wanted)\"", about: "\(path).bot")
            }
            let name = token.name ?? "token-\(index)"
            tokens.append(ConfiguredToken(name: name, sha256: hash, bot: bot?.name))
        }
        refuseRepeats(draft.tokens.map { $0.sha256?.lowercased() }, "tokens", "sha256")
        if let plain = plainToken(readFile) { tokens.append(plain) }
        return tokens
    }

    /// The token that is given in plain text, which is hashed at once.
    private mutating func plainToken(_ readFile: FileReader) -> ConfiguredToken? {
        let fromFile = chooseFile(value: "token", file: "tokenFile")
        let path = fromFile ? "tokenFile" : "token"
        var token = draft.token
        if fromFile, let file = draft.tokenFile { token = secret(in: file, path, readFile) }
        guard let token else { return nil }
        let bytes = Array(token.reveal().utf8)
        guard bytes.count >= Token.shortest, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            note(
                "must be a token of at least \(Token.shortest) visible ASCII characters; "
                    + "`lavadeck token new` creates one",
                about: path
            )
            return nil
        }
        return ConfiguredToken(name: path, sha256: SHA256.hash(bytes))
    }

    // MARK: Together

    private mutating func checkDelays(_ options: Options) {
        guard options.baseReconnectDelay > options.maxReconnectDelay else { return }
        note("must not be less than baseReconnectDelay", about: "options.maxReconnectDelay")
    }

    private mutating func checkLimits(_ configuration: Configuration) {
        guard configuration.subscribers > configuration.connections else { return }
        note(
            "must not be less than limits.subscribers (\(configuration.subscribers)): each event "
                + "stream is a connection",
            about: "limits.connections"
        )
    }

    private mutating func checkListening(_ configuration: Configuration) {
        guard !configuration.listen.isLoopback, configuration.tokens.isEmpty,
            draft.token == nil, draft.tokenFile == nil, draft.tokens.isEmpty
        else { return }
        note(
            "\(configuration.listen) is reachable from other machines and no token is set: create "
                + "one with `lavadeck token new` and set LAVADECK_TOKEN, or put its SHA-256 into "
                + "\"tokens\", or listen on 127.0.0.1:\(configuration.listen.port)",
            about: "listen"
        )
    }

    /// Whether the file holds the secret: the stronger source decides, one source must not have
    /// both.
    private mutating func chooseFile(value: String, file: String) -> Bool {
        guard let fileOrigin = origin(of: file) else { return false }
        guard let valueOrigin = origin(of: value) else { return true }
        if fileOrigin.isBeside(valueOrigin) {
            let other = file.split(separator: ".").last ?? ""
            note("cannot be combined with \(other): set only one of them", about: value)
            return false
        }
        return fileOrigin.strength > valueOrigin.strength
    }

    private mutating func secret(
        in file: String,
        _ path: String,
        _ readFile: FileReader
    ) -> Secret? {
        do throws(FileFault) {
            var bytes = try readFile(file)[...]
            while let last = bytes.last, last == 0x0a || last == 0x0d { bytes = bytes.dropLast() }
            guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
                note("is the path of an empty file: \(file)", about: path)
                return nil
            }
            return Secret(text)
        } catch {
            note("cannot read \(file): \(error.reason)", about: path)
            return nil
        }
    }

    private mutating func required<Value>(
        _ value: Value?,
        _ path: String,
        _ what: String
    ) -> Value? {
        // A value that was there and wrong has been reported as wrong.
        if value == nil, origin(of: path) == nil { note("is missing: \(what)", about: path) }
        return value
    }

    private mutating func refuseRepeats(_ values: [String?], _ list: String, _ key: String) {
        var first: [String: Int] = [:]
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            if let earlier = first[value] {
                note(
                    "is also used by \(list)[\(earlier)]",
                    about: "\(list)[\(index)].\(key)"
                )
            } else {
                first[value] = index
            }
        }
    }
}

extension ConfigurationReader.Origin {
    /// Flags over environment over file.
    fileprivate var strength: Int {
        switch self {
        case .file: 0
        case .environment: 1
        case .flag: 2
        }
    }
}
