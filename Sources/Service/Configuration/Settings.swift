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
                help: "path of the SQLite file that keeps the state"
            ).flagged("--database"),
            .optionalText(
                "userId",
                \.userId,
                help: "the bot's Discord user id; for several bots use bots instead",
                checked: Checks.userID
            ).flagged("--user-id"),
            .flag(
                "drills",
                \.configuration.drills,
                help: "allow simulate-failure and other drills"
            ).flagged("--drills"),
            .whole(
                "resumeTimeout",
                \.resumeSeconds,
                in: 1...86_400,
                help: "seconds for which a node keeps the session of a lost connection"
            ).flagged("--resume-timeout"),
            .secret(
                "token",
                \.token,
                help: "a bearer token in plain text, at least 16 characters; not in the file"
            ).onlyOutsideTheFile(),
            .optionalText(
                "tokenFile",
                \.tokenFile,
                help: "path of a file that holds a bearer token in plain text"
            ).flagged("--token-file"),
            .choice(
                "log.level",
                \.configuration.logLevel,
                help: "lowest level that is written: debug, info, warning, error"
            ).flagged("--log-level"),
            .choice(
                "log.format",
                \.configuration.logFormat,
                help: "json, text, or auto: text on a terminal, JSON elsewhere"
            ).flagged("--log-format"),
        ] + reconnecting

    private static let listen = Setting<Draft>(
        key: "listen",
        type: .text,
        help: "address and port of the HTTP interface; port 0 takes any free one"
    ) { draft, text throws(SettingFault) in
        guard let address = ListenAddress(text) else {
            throw SettingFault("must be ADDRESS:PORT, as 127.0.0.1:8333 or [::1]:8333")
        }
        draft.configuration.listen = address
    } show: {
        $0.configuration.listen.description
    }

    private static let reconnecting: [Setting<Draft>] = [
        .flag(
            "options.enableReconnect",
            \.configuration.options.enableReconnect,
            help: "reconnect to nodes, save and restore players by itself"
        ),
        .seconds(
            "options.stateSaveInterval",
            \.configuration.options.stateSaveInterval,
            in: 0.1...3_600,
            help: "seconds between two savings of the players' positions"
        ),
        .whole(
            "options.maxReconnectAttempts",
            \.configuration.options.maxReconnectAttempts,
            in: 1...1_000_000,
            help: "attempts before giving up, unless infiniteReconnect"
        ),
        .flag(
            "options.infiniteReconnect",
            \.configuration.options.infiniteReconnect,
            help: "never give up"
        ),
        .seconds(
            "options.baseReconnectDelay",
            \.configuration.options.baseReconnectDelay,
            in: 0.01...3_600,
            help: "seconds before the second attempt; each further one waits twice as long"
        ),
        .seconds(
            "options.maxReconnectDelay",
            \.configuration.options.maxReconnectDelay,
            in: 0.01...86_400,
            help: "seconds that no attempt waits longer than"
        ),
    ]

    static let nodes: [Setting<NodeDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "what requests and events call the node; its host unless given",
            checked: Checks.name
        ),
        .optionalText("host", \.host, help: "host name or address", checked: Checks.host),
        .whole("port", \.port, in: 1...65_535, help: "port"),
        .secret("auth", \.auth, help: "the node's password"),
        .optionalText("authFile", \.authFile, help: "path of a file that holds the password"),
        .flag("ssl", \.ssl, help: "https and wss"),
        .optionalText("region", \.region, help: "Discord voice region it is near to"),
    ]

    static let bots: [Setting<BotDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "what requests and events call the bot",
            checked: Checks.name
        ),
        .optionalText("userId", \.userId, help: "its Discord user id", checked: Checks.userID),
    ]

    static let tokens: [Setting<TokenDraft>] = [
        .optionalText(
            "name",
            \.name,
            help: "what the log calls its bearer",
            checked: Checks.name
        ),
        .optionalText(
            "sha256",
            \.sha256,
            help: "SHA-256 of the token, in hexadecimal digits",
            checked: Checks.sha256
        ),
        .optionalText(
            "bot",
            \.bot,
            help: "name or user id of the one bot that it is for",
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
