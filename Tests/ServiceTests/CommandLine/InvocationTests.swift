import Foundation
@testable import Service
import Testing
import Wire

@Suite("A command line")
struct InvocationTests {
    private func parse(_ text: String) throws(UsageError) -> Invocation {
        try Invocation(parsing: text.split(separator: " ").map(String.init))
    }

    private func refusal(_ text: String) -> String? {
        do throws(UsageError) {
            _ = try parse(text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("is understood")
    func understood() throws {
        #expect(try parse("") == Invocation(command: .serve))
        #expect(try parse("--config a.json").flags == ["--config": "a.json"])
        #expect(try parse("serve --config=a=b.json --drills").flags["--config"] == "a=b.json")
        #expect(try parse("serve --drills").flags == ["--drills": "true"])
        #expect(try parse("serve --drills=false").flags == ["--drills": "false"])
        #expect(try parse("check-config --config x").command == .checkConfig)
        #expect(try parse("token new") == Invocation(command: .token, operands: ["new"]))
        #expect(try parse("demo --listen 127.0.0.1:0").flags == ["--listen": "127.0.0.1:0"])
        #expect(
            try parse("simulated-node --port 0 --password x").flags
                == ["--port": "0", "--password": "x"]
        )
        #expect(try parse("demo -h") == Invocation(command: .help, operands: ["demo"]))
        #expect(try parse("--help") == Invocation(command: .help, operands: ["serve"]))
        #expect(try parse("--version").command == .version)
        #expect(try parse("help token").operands == ["token"])
    }

    @Test(
        "that is not understood gets one line with the nearest name",
        arguments: [
            (
                "serv",
                "unknown command \"serv\"; did you mean \"serve\"?; see `lavadeck help`"
            ),
            ("xyzzy", "unknown command \"xyzzy\"; see `lavadeck help`"),
            (
                "serve --lisen a:1",
                "serve: unknown flag --lisen; did you mean \"--listen\"?; "
                    + "see `lavadeck help serve`"
            ),
            ("demo --drills", "demo: unknown flag --drills; see `lavadeck help demo`"),
            ("--config", "--config needs a value"),
            ("--config --drills", "--config needs a value"),
            ("--config a --config b", "--config is given more than once"),
            ("serve now", "serve: unexpected argument \"now\""),
            ("token", "usage: lavadeck token new"),
            ("token old", "token: unexpected argument \"old\"; usage: lavadeck token new"),
            ("help me", "unknown command \"me\"; see `lavadeck help`"),
            ("-x", "serve: unknown flag -x; see `lavadeck help serve`"),
        ]
    )
    func refused(text: String, line: String) {
        #expect(refusal(text) == line)
    }

    @Test("has help for every command and every flag")
    func help() {
        for command in Command.allCases {
            #expect(Help.overview.contains("  \(command.rawValue) "))
            let text = Help.text(for: command)
            for flag in command.flags { #expect(text.contains(flag.name)) }
        }
        #expect(Help.overview.contains("--database"))
        #expect(Help.overview.contains("default 127.0.0.1:8333 (LAVADECK_LISTEN)"))
    }

    @Test("never takes a secret as a flag, since everybody can read a process's words")
    func noSecretFlags() {
        let flags = Flag.settings.map(\.name)
        #expect(!flags.contains("--token"))
        #expect(!flags.contains("--auth"))
    }
}

@Suite("The table of settings")
struct SettingsTableTests {
    @Test("has a variable for each, under one rule and no two the same")
    func variables() {
        let names = SettingsTable.rows.map(\.environment)
        #expect(Set(names).count == names.count)
        for row in SettingsTable.rows where !row.key.isEmpty {
            let path = row.key.replacing("[0]", with: ".0")
            #expect(EnvironmentName.of(path) == row.environment)
        }
        #expect(names.contains("LAVADECK_NODES_0_AUTH_FILE"))
        #expect(names.contains("LAVADECK_OPTIONS_STATE_SAVE_INTERVAL"))
    }

    @Test("keeps the six options of the contract with their defaults")
    func contract() {
        let options = SettingsTable.rows.filter { $0.key.hasPrefix("options.") }
        #expect(
            options.map { "\($0.key.dropFirst(8))=\($0.standard)" } == [
                "enableReconnect=true", "stateSaveInterval=5", "maxReconnectAttempts=5",
                "infiniteReconnect=true", "baseReconnectDelay=1", "maxReconnectDelay=300",
            ]
        )
    }

    @Test("is Markdown with a line for each")
    func markdown() {
        let lines = SettingsTable.markdown.split(separator: "\n")
        #expect(lines.count == SettingsTable.rows.count + 2)
        #expect(lines.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    }

    @Test("is the one that the README shows")
    func readme() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "README.md")
        // Without a README there is nothing that could be out of date.
        guard let text = try? String(contentsOf: file, encoding: .utf8),
            text.contains("| Key | Environment |")
        else { return }
        #expect(text.contains(SettingsTable.markdown), "run `lavadeck config --table`")
    }

    @Test("is a schema that knows every key of the file")
    func schema() throws {
        let root = try #require(SettingsTable.schema.value["properties"])
        for row in SettingsTable.rows where !row.key.isEmpty {
            var value: JSONValue? = root
            for (index, word) in row.key.replacing("[0]", with: "").split(separator: ".")
                .enumerated()
            {
                if index > 0 {
                    value = value?["items"]?["properties"] ?? value?["properties"]
                }
                value = value?.members.first { $0.key.string == String(word) }?.value
            }
            #expect(value != nil, "\(row.key)")
        }
    }

    @Test("accepts its own defaults from every source")
    func defaults() {
        var environment: [String: String] = [:]
        for row in SettingsTable.rows where !row.standard.isEmpty && !row.key.contains("[") {
            environment[row.environment] = row.standard
        }
        #expect(mistakes(environment: environment).isEmpty)
    }
}

@Suite("A new token")
struct TokenTests {
    @Test("is long, never the same, and goes with its hash")
    func new() throws {
        var generator = SystemRandomNumberGenerator()
        let token = Token(using: &generator)
        #expect(token.text.reveal().utf8.count == 67)
        #expect(token.text != Token(using: &generator).text)
        let configuration = try load(#"{"tokens": ["\#(token.sha256)"]}"#)
        #expect(configuration.tokens[0].sha256 == SHA256.hash(Array(token.text.reveal().utf8)))
        #expect("\(token)" == "Token(text: redacted)")
    }
}
