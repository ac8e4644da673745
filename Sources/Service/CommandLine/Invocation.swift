import Wire

/// A command line that has been understood.
package struct Invocation: Sendable, Equatable {
    package var command: Command
    /// By name with its dashes; a flag that takes no value says `true`.
    package var flags: [String: String]
    /// The words that follow the command.
    package var operands: [String]

    package init(command: Command, flags: [String: String] = [:], operands: [String] = []) {
        self.command = command
        self.flags = flags
        self.operands = operands
    }

    /// Takes the words after the program's name.
    package init(parsing words: [String]) throws(UsageError) {
        self.init(command: .serve)
        var rest = words[...]
        if let word = rest.first, !word.hasPrefix("-") {
            command = try Self.command(named: word)
            rest = rest.dropFirst()
        }
        while let word = rest.popFirst() {
            switch word {
            case "--help", "-h":
                self = Invocation(command: .help, operands: [command.rawValue])
                return
            case "--version", "-V":
                self = Invocation(command: .version)
                return
            default:
                if word.hasPrefix("-") {
                    try take(flag: word, &rest)
                } else {
                    operands.append(word)
                }
            }
        }
        try checkOperands()
    }

    private static func command(named word: String) throws(UsageError) -> Command {
        guard let command = Command(rawValue: word) else {
            throw .unknownCommand(
                word,
                nearest: Spelling.nearest(to: word, among: Command.allCases.map(\.rawValue))
            )
        }
        return command
    }

    private mutating func take(
        flag word: String,
        _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = command.flags.first(where: { $0.name == name }) else {
            throw .unknownFlag(
                name,
                command,
                nearest: Spelling.nearest(to: name, among: command.flags.map(\.name))
            )
        }
        guard flags[name] == nil else { throw .repeatedFlag(name) }
        if parts.count == 2 {
            flags[name] = String(parts[1])
        } else if flag.placeholder == nil {
            flags[name] = "true"
        } else if let value = rest.first, !value.hasPrefix("--") {
            flags[name] = value
            rest = rest.dropFirst()
        } else {
            throw .missingValue(name)
        }
    }

    private func checkOperands() throws(UsageError) {
        if operands.count > command.operands.upperBound {
            throw .unexpectedWord(operands[command.operands.upperBound], command)
        }
        if operands.count < command.operands.lowerBound { throw .missingWord(command) }
        if command == .token, operands.first != "new" {
            throw .unexpectedWord(operands[0], command)
        }
        if command == .help, let word = operands.first { _ = try Self.command(named: word) }
    }
}

/// Why a command line is not understood; one line says it, and the exit code is 64.
package enum UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownCommand(String, nearest: String?)
    case unknownFlag(String, Command, nearest: String?)
    case repeatedFlag(String)
    case missingValue(String)
    case unexpectedWord(String, Command)
    case missingWord(Command)

    package var description: String {
        switch self {
        case .unknownCommand(let word, let nearest):
            "unknown command \"\(LogText.visible(word))\"" + question(nearest)
                + "; see `lavadeck help`"
        case .unknownFlag(let name, let command, let nearest):
            "\(command.rawValue): unknown flag \(LogText.visible(name))" + question(nearest)
                + "; see `lavadeck help \(command.rawValue)`"
        case .repeatedFlag(let name): "\(name) is given more than once"
        case .missingValue(let name): "\(name) needs a value"
        case .unexpectedWord(let word, .token):
            "token: unexpected argument \"\(LogText.visible(word))\"; usage: lavadeck token new"
        case .unexpectedWord(let word, let command):
            "\(command.rawValue): unexpected argument \"\(LogText.visible(word))\""
        case .missingWord(let command): "usage: lavadeck \(command.rawValue) new"
        }
    }

    private func question(_ nearest: String?) -> String {
        nearest.map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
