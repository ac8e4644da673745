import Service

/// `lavadeck check-config`: reads the configuration as `serve` would, and says what it found.
enum CheckConfig {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        let configuration = Program.configuration(flags, environment)
        for notice in configuration.notices { Program.say("note: \(notice)\n") }
        Program.say(
            "The configuration is valid: listening on \(configuration.listen), "
                + "\(configuration.bots.count) bots, \(configuration.nodes.count) nodes, "
                + "\(configuration.tokens.count) tokens.\n"
        )
    }
}
