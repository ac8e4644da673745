import Glibc
import Service

/// The program: understands the command line, and hands over to the command.
enum Program {
    /// Runs the command that the process was started with; commands that serve do not return.
    static func run() {
        let environment = SystemEnvironment.variables
        do throws(UsageError) {
            let words = Array(CommandLine.arguments.dropFirst())
            run(try Invocation(parsing: words), environment)
        } catch {
            fail("\(error)", .usage)
        }
    }

    private static func run(_ invocation: Invocation, _ environment: [String: String]) {
        switch invocation.command {
        case .serve: Serve.run(invocation.flags, environment)
        case .demo: Demo.run(invocation.flags, environment)
        case .checkConfig: CheckConfig.run(invocation.flags, environment)
        case .healthcheck: Healthcheck.run(invocation.flags, environment)
        case .token: makeToken()
        case .config: printSettings(invocation.flags)
        case .simulatedNode: SimulatedNodeCommand.run(invocation.flags, environment)
        case .version: say("lavadeck \(Version.text)\n")
        case .help: help(invocation.operands.first)
        }
    }

    private static func help(_ word: String?) {
        say(word.flatMap { Command(rawValue: $0) }.map(Help.text) ?? Help.overview)
    }

    private static func makeToken() {
        var generator = SystemRandomNumberGenerator()
        let token = Token(using: &generator)
        say("token:  \(token.text.reveal())\nsha256: \(token.sha256)\n")
        StandardOutput.writeError(
            "Give the token to the bot, and add its SHA-256 to \"tokens\" in the configuration.\n"
        )
    }

    private static func printSettings(_ flags: [String: String]) {
        if flags["--schema"] != nil { return say("\(SettingsTable.schema)\n") }
        say(SettingsTable.markdown)
    }

    // MARK: Saying

    static func say(_ text: String) { StandardOutput.write(Array(text.utf8)) }

    /// Ends the program; every line of the reason begins with its name.
    static func fail(_ reason: String, _ code: ExitCode) -> Never {
        for line in reason.split(separator: "\n") {
            StandardOutput.writeError("lavadeck: \(line)\n")
        }
        exit(code.rawValue)
    }

    /// The configuration, or the end of the program with all that is wrong with it.
    static func configuration(
        _ flags: [String: String],
        _ environment: [String: String]
    ) -> Configuration {
        do throws(ConfigurationError) {
            return try Configuration.load(
                flags: flags,
                environment: environment,
                readFile: SystemFile.read
            )
        } catch {
            fail("\(error)", .configuration)
        }
    }
}

/// The process's environment.
enum SystemEnvironment {
    static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
