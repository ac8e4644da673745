/// What `lavadeck help` prints.
package enum Help {
    package static let overview: String = {
        var text =
            "Lavadeck controls a fleet of Lavalink nodes for Discord music bots, over HTTP.\n\n"
        text += "Usage: lavadeck [COMMAND] [FLAGS]\n\nCommands:\n"
        text += table(Command.allCases.map { ($0.rawValue, $0.summary) })
        text += "\nFlags of serve:\n" + flags(of: .serve)
        text += "\nSettings can also be given in the configuration file and in the environment;\n"
        text += "`lavadeck config --table` lists all of them.\n"
        return text
    }()

    /// The flags of one command.
    package static func text(for command: Command) -> String {
        var text = "lavadeck \(command.rawValue): \(command.summary)\n"
        if !command.flags.isEmpty { text += "\nFlags:\n" + flags(of: command) }
        return text
    }

    private static func flags(of command: Command) -> String {
        table(
            command.flags.map { flag in
                (flag.placeholder.map { "\(flag.name) \($0)" } ?? flag.name, flag.help)
            }
        )
    }

    private static func table(_ rows: [(name: String, text: String)]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            let padding = String(repeating: " ", count: width - row.name.count)
            return "  \(row.name)\(padding)  \(row.text)\n"
        }.joined()
    }
}
