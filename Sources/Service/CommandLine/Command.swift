/// What the program can be asked to do.
package enum Command: String, CaseIterable, Sendable {
    case serve
    case demo
    case checkConfig = "check-config"
    case healthcheck
    case token
    case config
    case simulatedNode = "simulated-node"
    case version
    case help

    package var summary: String {
        switch self {
        case .serve: "run the service (this is what happens without a command)"
        case .demo: "run it with two simulated nodes and a few players, to look around"
        case .checkConfig: "read the configuration, report every mistake, and exit"
        case .healthcheck: "ask a running service whether it lives, or is ready; exit 0 when so"
        case .token: "token new: make a bearer token, print it and its SHA-256"
        case .config: "print the table of settings, or their JSON Schema"
        case .simulatedNode: "run one simulated Lavalink node"
        case .version: "print the version"
        case .help: "print this, or the flags of a command: lavadeck help COMMAND"
        }
    }

    /// Words that follow the command.
    var operands: ClosedRange<Int> {
        switch self {
        case .token: 1...1
        case .help: 0...1
        case .serve, .demo, .checkConfig, .healthcheck, .config, .simulatedNode, .version: 0...0
        }
    }

    var flags: [Flag] {
        switch self {
        case .serve, .checkConfig: [Flag.config] + Flag.settings
        case .demo:
            Flag.settings.filter { ["--listen", "--log-level", "--log-format"].contains($0.name) }
        case .healthcheck: [Flag.config, Flag.listen, Flag.ready]
        case .config: [Flag.table, Flag.schema]
        case .simulatedNode: [Flag.port, Flag.password, Flag.updateInterval]
        case .token, .version, .help: []
        }
    }
}

/// One flag of a command.
struct Flag: Sendable, Equatable {
    /// With its dashes.
    let name: String
    /// What its value is called in help; nil when it takes none and says true.
    let placeholder: String?
    let help: String

    static let config = Flag(
        name: "--config",
        placeholder: "FILE",
        help: "the configuration file, JSON with comments (LAVADECK_CONFIG)"
    )
    static let listen = Flag(
        name: "--listen",
        placeholder: "ADDRESS",
        help: "where the service listens (LAVADECK_LISTEN)"
    )
    static let ready = Flag(
        name: "--ready",
        placeholder: nil,
        help: "ask GET /readyz, whether it can do its work, instead of GET /livez"
    )
    static let table = Flag(
        name: "--table",
        placeholder: nil,
        help: "the table of settings, as Markdown"
    )
    static let schema = Flag(
        name: "--schema",
        placeholder: nil,
        help: "the JSON Schema of the file, for editors"
    )
    static let port = Flag(name: "--port", placeholder: "PORT", help: "port; 0 takes any free one")
    static let password = Flag(
        name: "--password",
        placeholder: "TEXT",
        help: "the node's password (LAVADECK_NODE_PASSWORD); youshallnotpass unless given"
    )
    static let updateInterval = Flag(
        name: "--update-interval",
        placeholder: "SECONDS",
        help: "seconds between two reports of a player's position, from 1 to 60; 5 unless given"
    )

    /// The flags that the settings have.
    static let settings: [Flag] = Settings.root.compactMap { setting in
        guard let name = setting.flag else { return nil }
        let fallback = setting.show(Draft())
        let value = fallback.isEmpty ? "" : "; \(fallback) unless given"
        return Flag(
            name: name,
            placeholder: setting.type == .boolean ? nil : setting.placeholder,
            help: "\(setting.help)\(value) (\(setting.environmentName()))"
        )
    }
}

extension Setting {
    /// What a value is called in help.
    fileprivate var placeholder: String {
        switch key {
        case "listen": "ADDRESS"
        case "database", "tokenFile": "FILE"
        case "userId": "ID"
        default: type == .number ? "NUMBER" : "WORD"
        }
    }
}
