import Control
@testable import Service
import Testing
import Wire

/// Reads a configuration from texts.
func load(
    _ file: String? = nil,
    environment: [String: String] = [:],
    flags: [String: String] = [:],
    files: [String: String] = [:]
) throws(ConfigurationError) -> Configuration {
    var flags = flags
    var files = files
    if let file {
        flags["--config"] = "lavadeck.json"
        files["lavadeck.json"] = file
    }
    return try Configuration.load(flags: flags, environment: environment) {
        path throws(FileFault) in
        guard let text = files[path] else { throw FileFault(reason: "no such file") }
        return Array(text.utf8)
    }
}

/// The mistakes of a configuration, one a line; empty when there is none.
func mistakes(
    _ file: String? = nil,
    environment: [String: String] = [:],
    flags: [String: String] = [:],
    files: [String: String] = [:]
) -> [String] {
    do throws(ConfigurationError) {
        _ = try load(file, environment: environment, flags: flags, files: files)
        return []
    } catch {
        return error.mistakes.map(\.description)
    }
}

let exampleToken = "0123456789abcdef"
let exampleHash = "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f"

@Suite("A configuration")
struct ConfigurationTests {
    @Test("has defaults for everything, and says what is missing")
    func empty() throws {
        let configuration = try load()
        #expect(configuration == Configuration())
        #expect(configuration.listen.description == "127.0.0.1:8333")
        #expect(configuration.notices.count == 2)
    }

    @Test("is read from a file with comments")
    func file() throws {
        let configuration = try load(
            """
            // the example of the design
            {
              "$schema": "lavadeck.schema.json",
              "listen": "[::1]:0", /* any port */
              "database": "state.db",
              "userId": "170939974227591168",
              "drills": true,
              "resumeTimeout": 90,
              "nodes": [
                { "name": "main", "host": "localhost", "port": 2444, "auth": "secret",
                  "ssl": true, "region": "europe" },
                { "host": "10.0.0.2", "authFile": "/run/secrets/node" }
              ],
              "options": { "enableReconnect": false, "stateSaveInterval": 2.5,
                "maxReconnectAttempts": 7, "infiniteReconnect": false,
                "baseReconnectDelay": 0.5, "maxReconnectDelay": 30 },
              "limits": { "connections": 4000, "subscribers": 3000,
                "connectionsPerAddress": 0 },
              "tokens": ["\(exampleHash)"],
              "log": { "level": "debug", "format": "json" }
            }
            """,
            files: ["/run/secrets/node": "from file\n"]
        )
        #expect(configuration.listen == ListenAddress(host: "::1", port: 0))
        #expect(configuration.database == "state.db")
        #expect(configuration.bots.map(\.name.text) == ["default"])
        #expect(configuration.drills)
        #expect(configuration.nodes.map(\.name.text) == ["main", "10.0.0.2"])
        #expect(configuration.nodes.map(\.port) == [2444, 2333])
        #expect(configuration.nodes.map { $0.auth.reveal() } == ["secret", "from file"])
        #expect(configuration.nodes.map(\.ssl) == [true, false])
        #expect(configuration.nodes.map(\.region) == ["europe", nil])
        var options = Options()
        options.enableReconnect = false
        options.stateSaveInterval = .milliseconds(2_500)
        options.maxReconnectAttempts = 7
        options.infiniteReconnect = false
        options.baseReconnectDelay = .milliseconds(500)
        options.maxReconnectDelay = .seconds(30)
        options.resumeTimeout = .seconds(90)
        #expect(configuration.options == options)
        #expect(configuration.connections == 4_000)
        #expect(configuration.subscribers == 3_000)
        #expect(configuration.connectionsPerAddress == 0)
        #expect(configuration.tokens.map(\.name) == ["token-0"])
        #expect(configuration.logLevel == .debug)
        #expect(configuration.logFormat == .json)
        #expect(configuration.notices.isEmpty)
    }

    @Test("prefers flags to the environment, and the environment to the file")
    func precedence() throws {
        let file = #"{"database": "file.db", "log": {"level": "error"}, "drills": false}"#
        let environment = ["LAVADECK_DATABASE": "env.db", "LAVADECK_LOG_LEVEL": "debug"]
        let fromBoth = try load(file, environment: environment)
        #expect(fromBoth.database == "env.db")
        #expect(fromBoth.logLevel == .debug)
        let fromAll = try load(
            file,
            environment: environment,
            flags: ["--database": "flag.db", "--drills": "true"]
        )
        #expect(fromAll.database == "flag.db")
        #expect(fromAll.drills)
    }

    @Test("needs no file: the environment can hold all of it")
    func environment() throws {
        let configuration = try load(
            environment: [
                "LAVADECK_LISTEN": "0.0.0.0:8333",
                "LAVADECK_TOKEN_FILE": "/run/token",
                "LAVADECK_BOTS_0_NAME": "radio",
                "LAVADECK_BOTS_0_USER_ID": "170939974227591168",
                "LAVADECK_NODES_0_HOST": "lavalink",
                "LAVADECK_NODES_0_AUTH_FILE": "/run/node",
                "LAVADECK_NODES_1_HOST": "second",
                "LAVADECK_NODES_1_AUTH": "plain",
                "LAVADECK_NODES_1_PORT": "80",
                "LAVADECK_NODES_1_NAME": "other",
                "LAVADECK_OPTIONS_MAX_RECONNECT_DELAY": "12.5",
                "LAVADECK_REGION": "",
                "HOME": "/root",
            ],
            files: ["/run/token": exampleToken + "\n", "/run/node": "pass"]
        )
        #expect(configuration.nodes.map(\.name.text) == ["lavalink", "other"])
        #expect(configuration.nodes.map { $0.auth.reveal() } == ["pass", "plain"])
        #expect(configuration.bots.map(\.name.text) == ["radio"])
        #expect(configuration.options.maxReconnectDelay == .milliseconds(12_500))
        #expect(configuration.tokens.map { Hexadecimal.text($0.sha256) } == [exampleHash])
    }

    @Test("counts the elements of a list by number, not by letter")
    func manyNodes() throws {
        var environment = ["LAVADECK_USER_ID": "1"]
        for index in 0..<12 {
            environment["LAVADECK_NODES_\(index)_HOST"] = "node-\(index)"
            environment["LAVADECK_NODES_\(index)_AUTH"] = "secret"
        }
        let nodes = try load(environment: environment).nodes
        #expect(nodes.map(\.host) == (0..<12).map { "node-\($0)" })
    }

    @Test("lets the environment change one member of a node in the file")
    func override() throws {
        let configuration = try load(
            #"{"userId": "5", "nodes": [{"host": "a", "authFile": "f"}, {"host": "b", "auth": "y"}]}"#,
            environment: ["LAVADECK_NODES_0_AUTH": "x", "LAVADECK_NODES_1_PORT": "99"]
        )
        #expect(configuration.nodes.map { $0.auth.reveal() } == ["x", "y"])
        #expect(configuration.nodes.map(\.port) == [2333, 99])
    }

    @Test("takes its file's name from the environment")
    func fileVariable() throws {
        let configuration = try load(
            environment: ["LAVADECK_CONFIG": "other.json"],
            files: ["other.json": #"{"database": "other.db"}"#]
        )
        #expect(configuration.database == "other.db")
    }

    @Test("binds a token to a bot by name or by user id")
    func boundTokens() throws {
        let other = String(repeating: "ab", count: 32)
        let configuration = try load(
            """
            {"bots": [{"name": "radio", "userId": "7"}], "tokens": [
              {"name": "one", "sha256": "\(exampleHash)", "bot": "radio"},
              {"name": "two", "sha256": "\(other)", "bot": "7"}]}
            """
        )
        #expect(configuration.tokens.map(\.bot?.text) == ["radio", "radio"])
    }

    @Test("ignores the variables that Kubernetes makes of services")
    func kubernetes() {
        #expect(
            mistakes(environment: [
                "LAVADECK_PORT": "tcp://10.0.0.1:8333",
                "LAVADECK_PORT_8333_TCP_ADDR": "10.0.0.1",
                "LAVADECK_SERVICE_HOST": "10.0.0.1",
            ]).isEmpty
        )
    }
}
