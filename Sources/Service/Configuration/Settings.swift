import Control
/// Every setting there is: parsing, `--help`, the documentation's table and the JSON Schema are
/// made from these lists.
enum Settings {
    static let root: [Setting<Draft>] =
        [
            listen.flagged("--listen"),
            .text(
                "database",
                \.configuration.database,
                help: "path of the SQLite database file"
            ).flagged("--database"),
            .optionalText(
                "userId",
                \.userId,
                help: "the bot's Discord user id; for several bots, use bots instead",
                checked: Checks.userID
            ).flagged("--user-id"),
            .flag(
                "drills",
                \.configuration.drills,
                help: "allow POST /v1/nodes/{node}/simulate-failure"
            ).flagged("--drills"),
            .whole(
                "resumeTimeout",
                \.resumeSeconds,
                in: 1...86_400,
                help: "seconds that a node keeps the session after the connection is lost"
            ).flagged("--resume-timeout"),
            .secret(
                "token",
                \.token,
                help: "a bearer token in plain text, at least 16 characters; environment only"
            ).onlyOutsideTheFile(),
            .optionalText(
                "tokenFile",
                \.tokenFile,
                help: "path of a file that contains a bearer token in plain text"
            ).flagged("--token-file"),
            .choice(
                "log.level",
                \.configuration.logLevel,
                help: "lowest level to write: debug, info, warning or error"
            ).flagged("--log-level"),
            .choice(
                "log.format",
                \.configuration.logFormat,
                help: "json, text, or auto (text on a terminal, otherwise JSON)"
            ).flagged("--log-format"),
        ] + reconnecting + limits

    private static let listen = Setting<Draft>(
        key: "listen",
        type: .text,
        help: "address and port of the HTTP server; port 0 takes any free port"
    ) { draft, text throws(SettingFault) in
        guard let address = ListenAddress(text) else {
            throw SettingFault("must be ADDRESS:PORT, for example 127.0.0.1:8333 or [::1]:8333")
        }
        draft.configuration.listen = address
    } show: {
        $0.configuration.listen.description
    }

    private static let reconnecting: [Setting<Draft>] = [
        .flag(
            "options.enableReconnect",
            \.configuration.options.enableReconnect,
            help: "reconnect to nodes, and save and restore players, automatically"
        ),
        .seconds(
            "options.stateSaveInterval",
            \.configuration.options.stateSaveInterval,
            in: 0.1...3_600,
            help: "seconds between two saves of the players' positions"
        ),
        .whole(
            "options.maxReconnectAttempts",
            \.configuration.options.maxReconnectAttempts,
            in: 1...1_000_000,
            help: "attempts to reconnect before stopping, if infiniteReconnect is false"
        ),
        .flag(
            "options.infiniteReconnect",
            \.configuration.options.infiniteReconnect,
            help: "never stop reconnecting"
        ),
        .seconds(
            "options.baseReconnectDelay",
            \.configuration.options.baseReconnectDelay,
            in: 0.01...3_600,
            help: "delay in seconds before the second attempt; doubled for each further attempt"
        ),
        .seconds(
            "options.maxReconnectDelay",
            \.configuration.options.maxReconnectDelay,
            in: 0.01...86_400,
            help: "longest delay in seconds before an attempt"
        ),
    ]

    private static let limits: [Setting<Draft>] = [
        .whole(
            "limits.connections",
            \.configuration.connections,
            in: 16...65_000,
            help: "open client connections; requests on more are answered with 503"
        ),
        .whole(
            "limits.connectionsPerAddress",
            \.configuration.connectionsPerAddress,
            in: 0...65_000,
            help: "the same of one address, 0 for no limit; not on a loopback address"
        ),
        .whole(
            "limits.subscribers",
            \.configuration.subscribers,
            in: 1...65_000,
            help: "open event streams, each of which is a connection; more are answered with 429"
        ),
    ]

    static let nodes: [Setting<NodeDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "name of the node in requests and events; its host if not set",
            checked: Checks.name
        ),
        .optionalText("host", \.host, help: "host name or IP address", checked: Checks.host),
        .whole("port", \.port, in: 1...65_535, help: "port"),
        .secret("auth", \.auth, help: "the node's password"),
        .optionalText("authFile", \.authFile, help: "path of a file that contains the password"),
        .flag("ssl", \.ssl, help: "use https and wss"),
        .optionalText("region", \.region, help: "Discord voice region that the node is close to"),
    ]

    static let bots: [Setting<BotDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "name of the bot in requests and events",
            checked: Checks.name
        ),
        .optionalText(
            "userId",
            \.userId,
            help: "the bot's Discord user id",
            checked: Checks.userID
        ),
    ]

    static let tokens: [Setting<TokenDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "name of the token in the log",
            checked: Checks.name
        ),
        .optionalText(
            "sha256",
            \.sha256,
            help: "SHA-256 of the token, 64 hexadecimal digits",
            checked: Checks.sha256
        ),
        .optionalText(
            "bot",
            \.bot,
            help: "name or user id of the only bot that the token may access",
            checked: Checks.name
        ),
    ]
}

extension Draft {
    fileprivate var resumeSeconds: Int64 {
        get { configuration.options.resumeTimeout.components.seconds }
        set { configuration.options.resumeTimeout = .seconds(newValue) }
    }
}
