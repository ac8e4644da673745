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
        case .serve: "run the service (the default)"
        case .demo: "run the service with two simulated nodes and a few players, to try it out"
        case .checkConfig: "check the configuration, report every mistake, and exit"
        case .healthcheck:
            "check that the service is alive, or with --ready that it is ready; exit with 0 or 1"
        case .token: "token new: create a bearer token, print it and its SHA-256"
        case .config: "print all settings as a table or as a JSON Schema"
        case .simulatedNode: "run one simulated Lavalink node"
        case .version: "print the version"
        case .help: "print this help, or that of one command: lavadeck help COMMAND"
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
        case .simulatedNode:
            [
                Flag.port, Flag.password, Flag.updateInterval, Flag.startTime,
                Flag.firstTrackTime, Flag.loadSwing,
            ]
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
        help: "address and port of the service to check (LAVADECK_LISTEN)"
    )
    static let ready = Flag(
        name: "--ready",
        placeholder: nil,
        help: "check GET /readyz (ready to serve) instead of GET /livez (alive)"
    )
    static let table = Flag(
        name: "--table",
        placeholder: nil,
        help: "print the settings as a Markdown table"
    )
    static let schema = Flag(
        name: "--schema",
        placeholder: nil,
        help: "print the JSON Schema of the configuration file, for editors"
    )
    static let port = Flag(
        name: "--port",
        placeholder: "PORT",
        help: "port to listen on; 0 takes any free port"
    )
    static let password = Flag(
        name: "--password",
        placeholder: "TEXT",
        help: "the node's password (LAVADECK_NODE_PASSWORD); default youshallnotpass"
    )
    static let updateInterval = Flag(
        name: "--update-interval",
        placeholder: "SECONDS",
        help: "seconds between two player updates, from 1 to 60; default 5"
    )

    static let startTime = Flag(
        name: "--start-time",
        placeholder: "SECONDS",
        help: "seconds until the port listens, as a JVM starts, from 0 to 60; 0 unless given"
    )
    static let firstTrackTime = Flag(
        name: "--first-track-time",
        placeholder: "MILLISECONDS",
        help: "what the first track takes beyond the usual, from 0 to 10000; 0 unless given"
    )
    static let loadSwing = Flag(
        name: "--load-swing",
        placeholder: "PERCENT",
        help: "how far the load in one stats message may be off, from 0 to 100; 5 unless given"
    )

    /// The flags that the settings have.
    static let settings: [Flag] = Settings.root.compactMap { setting in
        guard let name = setting.flag else { return nil }
        let fallback = setting.show(Draft())
        let value = fallback.isEmpty ? "" : "; default \(fallback)"
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
