@testable import Service
import Testing

@Suite("A wrong configuration")
struct ConfigurationMistakesTests {
    @Test("has all its mistakes reported at once, each with its place")
    func allAtOnce() {
        let file = """
            {
              "listen": "here",
              "databse": "x.db",
              "userId": 170939974227591168,
              "nodes": [
                { "name": "main", "host": "http://a", "prot": 2333, "auth": "x" },
                { "name": "main", "host": "b", "port": 70000 }
              ],
              "options": { "stateSaveIntervall": 5, "baseReconnectDelay": "1" },
              "tokens": ["abc"],
              "log": { "level": "loud" }
            }
            """
        #expect(
            mistakes(
                file,
                environment: ["LAVADECK_LISTN": "x", "LAVADECK_DRILLS": "yes"],
                flags: ["--log-format": "xml"]
            ) == [
                "lavadeck.json:2:13: listen must be ADDRESS:PORT, for example 127.0.0.1:8333 or [::1]:8333",
                "lavadeck.json:3:3: databse is unknown; did you mean \"database\"?",
                "lavadeck.json:4:13: userId must be a string, not a number",
                "lavadeck.json:6:31: nodes[0].host must be a host name or an IP address,"
                    + " without scheme, port or path",
                "lavadeck.json:6:43: nodes[0].prot is unknown; did you mean \"port\"?",
                "lavadeck.json:7:44: nodes[1].port must be a whole number from 1 to 65535",
                "lavadeck.json:9:16: options.stateSaveIntervall is unknown;"
                    + " did you mean \"stateSaveInterval\"?",
                "lavadeck.json:9:63: options.baseReconnectDelay must be a number, not a string",
                "lavadeck.json:10:14: tokens[0].sha256 must be the SHA-256 of a token, 64"
                    + " hexadecimal digits; `lavadeck token new` creates both",
                "lavadeck.json:11:21: log.level must be one of \"debug\", \"info\", \"warning\","
                    + " \"error\"",
                "LAVADECK_DRILLS: must be true or false",
                "LAVADECK_LISTN: is unknown; did you mean LAVADECK_LISTEN?",
                "--log-format: must be one of \"auto\", \"json\", \"text\"",
                "lavadeck.json:7:5: nodes[1].auth is missing: set the node's password, or authFile",
                "lavadeck.json:7:15: nodes[1].name is also used by nodes[0]",
            ]
        )
    }

    @Test(
        "in a file is named with line and column",
        arguments: [
            ("", "lavadeck.json:1:1: the text ends before the value does"),
            ("{\n  \"a\": 1,\n}", "lavadeck.json:3:1: unexpected '}'"),
            ("[]", "lavadeck.json:1:1: the file must contain a JSON object"),
            (
                #"{"listen": "127.0.0.1:1", "listen": "127.0.0.1:2"}"#,
                "lavadeck.json:1:27: the key \"listen\" occurs twice in one object"
            ),
            (#"{"nodes": {}}"#, "lavadeck.json:1:11: nodes must be an array, not an object"),
            (#"{"nodes": [1]}"#, "lavadeck.json:1:12: nodes[0] must be an object, not a number"),
            (#"{"options": 5}"#, "lavadeck.json:1:13: options must be an object, not a number"),
            (#"{"drills": null}"#, "lavadeck.json:1:12: drills must be true or false, not null"),
            (
                #"{"token": "0123456789abcdef"}"#,
                "lavadeck.json:1:2: token is unknown; did you mean \"tokens\"?"
            ),
            (
                #"{"bots": [{"name": "a b"}]}"#,
                "lavadeck.json:1:20: bots[0].name must be 1 to 64 letters, digits, '.', '-' or '_'"
            ),
            (
                #"{"resumeTimeout": 0}"#,
                "lavadeck.json:1:19: resumeTimeout must be a whole number from 1 to 86400"
            ),
            (
                #"{"options": {"maxReconnectDelay": 1, "baseReconnectDelay": 2}}"#,
                "lavadeck.json:1:35: options.maxReconnectDelay must not be less than"
                    + " baseReconnectDelay"
            ),
            (
                #"{"limits": {"connections": 100}}"#,
                "lavadeck.json:1:28: limits.connections must not be less than limits.subscribers"
                    + " (512): each event stream is a connection"
            ),
        ]
    )
    func inFile(text: String, first: String) {
        #expect(mistakes(text).first == first)
    }

    @Test(
        "in the environment is named by its variable",
        arguments: [
            (
                ["LAVADECK_NODES_1_HOST": "a"],
                "LAVADECK_NODES_1_HOST: the numbers must start at 0 and have no gaps; the next number"
                    + " is 0"
            ),
            (
                ["LAVADECK_NODES_99999999999999999999_HOST": "a"],
                "LAVADECK_NODES_99999999999999999999_HOST: is unknown"
            ),
            (
                ["LAVADECK_NODES_0_HOTS": "a"],
                "LAVADECK_NODES_0_HOTS: is unknown; did you mean LAVADECK_NODES_0_HOST?"
            ),
            (
                ["LAVADECK_NODES_0_HOST": "a", "LAVADECK_USER_ID": "1"],
                "LAVADECK_NODES_0_AUTH: is missing: set the node's password, or authFile"
            ),
            (
                ["LAVADECK_NODES_0_HOST": "a", "LAVADECK_NODES_0_AUTH": "b"],
                "LAVADECK_USER_ID: is missing: nodes need the bot's Discord user id"
            ),
            (
                ["LAVADECK_USER_ID": "0x1"],
                "LAVADECK_USER_ID: must be a Discord id, a decimal number in a string"
            ),
            (
                ["LAVADECK_CONFIG": "gone.json"],
                "LAVADECK_CONFIG: cannot read gone.json: no such file"
            ),
            (
                ["LAVADECK_TOKEN_FILE": "gone"],
                "LAVADECK_TOKEN_FILE: cannot read gone: no such file"
            ),
            (
                ["LAVADECK_TOKEN": "short"],
                "LAVADECK_TOKEN: must be a token of at least 16 visible ASCII characters; "
                    + "`lavadeck token new` creates one"
            ),
            (
                ["LAVADECK_TOKEN": "0123456789abcdef", "LAVADECK_TOKEN_FILE": "f"],
                "LAVADECK_TOKEN: cannot be combined with tokenFile: set only one of them"
            ),
        ] as [([String: String], String)]
    )
    func inEnvironment(environment: [String: String], first: String) {
        #expect(mistakes(environment: environment).first == first)
    }

    @Test("never shows a secret, however it is printed")
    func secrets() throws {
        let configuration = try load(environment: [
            "LAVADECK_USER_ID": "5", "LAVADECK_NODES_0_HOST": "a",
            "LAVADECK_NODES_0_AUTH": "hunter2-hunter2", "LAVADECK_TOKEN": exampleToken,
        ])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains(exampleToken))
        }
    }

    @Test(
        "that listens for everybody without a token is refused, saying how to mend it",
        arguments: ["0.0.0.0:8333", "[::]:8333", "192.168.1.5:80"]
    )
    func openListening(address: String) {
        let found = mistakes(environment: ["LAVADECK_LISTEN": address])
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("LAVADECK_LISTEN: \(address) is reachable from other machines"))
        #expect(found[0].contains("lavadeck token new"))
        #expect(found[0].contains("or listen on 127.0.0.1:"))
        let withToken = ["LAVADECK_LISTEN": address, "LAVADECK_TOKEN": exampleToken]
        #expect(mistakes(environment: withToken).isEmpty)
    }

    @Test("refuses several bots beside the one, and the same bot twice")
    func bots() {
        #expect(
            mistakes(
                #"{"userId":"5","bots":[{"name":"a","userId":"6"},{"name":"a","userId":"6"},{}]}"#
            ) == [
                "lavadeck.json:1:11: userId cannot be combined with bots: move this bot into the list",
                "lavadeck.json:1:75: bots[2].name is missing: the bot's name in requests",
                "lavadeck.json:1:57: bots[1].name is also used by bots[0]",
                "lavadeck.json:1:70: bots[1].userId is also used by bots[0]",
            ]
        )
    }

    @Test("refuses a token for a bot that is not there, and the same token twice")
    func tokens() {
        #expect(
            mistakes(
                """
                {"tokens": [{"sha256": "\(exampleHash)", "bot": "nobody"},
                 "\(exampleHash.uppercased())", {}]}
                """
            ) == [
                "lavadeck.json:1:99: tokens[0].bot names an unknown bot: \"nobody\"",
                "lavadeck.json:2:70: tokens[2].sha256 is missing: create one with `lavadeck token new`",
                "lavadeck.json:2:2: tokens[1].sha256 is also used by tokens[0]",
            ]
        )
    }
}

@Suite("An address to listen on")
struct ListenAddressTests {
    @Test(
        "is an address and a port",
        arguments: [
            ("127.0.0.1:8333", "127.0.0.1", 8333, true), ("localhost:0", "localhost", 0, true),
            ("[::1]:80", "::1", 80, true), ("0.0.0.0:8333", "0.0.0.0", 8333, false),
            ("[::]:65535", "::", 65535, false),
        ] as [(String, String, UInt16, Bool)]
    )
    func good(text: String, host: String, port: UInt16, isLoopback: Bool) {
        let address = ListenAddress(text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address?.description == text)
        #expect(address?.isLoopback == isLoopback)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", ":", "8333", ":8333", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
            "[127.0.0.1]:80", "a b:80", "example.org:80", "http://a:80", "127.0.0.1:-1", "[]:80",
        ]
    )
    func bad(text: String) { #expect(ListenAddress(text) == nil) }
}
