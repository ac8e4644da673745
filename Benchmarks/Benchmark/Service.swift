import Glibc
import Lavalink
import Wire

/// The program that is measured, with its nodes, all as processes of their own.
final class Service {
    static let nodePassword = "benchmark"
    private static let token = "benchmark-token-of-no-worth"

    /// The one guild id that all others are counted from.
    private static let firstGuild = 817_327_181_659_111_454

    let folder: String
    private(set) var process: Child
    private(set) var nodes: [Child]
    private let nodeWords: [String]

    var port: UInt16 { process.port }

    /// Starts `nodes` nodes, and a service that is to use them; waits until it does.
    init(
        nodes count: Int = 1,
        updateInterval: Int = 60_000,
        latency: Int = 0,
        logLevel: String = "info"
    ) throws {
        folder = try Self.newFolder()
        let words = ["--update-interval", "\(updateInterval)", "--latency", "\(latency)"]
        nodeWords = words
        nodes = []
        for index in 0..<count {
            nodes.append(
                try Child(
                    Programs.benchmark,
                    ["--node", "--port", "0"] + words,
                    output: "\(folder)/node\(index)"
                )
            )
        }
        // Only "info" has the line that tells the port.
        let isTold = logLevel == "info"
        let port = isTold ? 0 : try Socket.freePort()
        File.write(
            Self.configuration(nodes.map(\.port), port: port, logLevel: logLevel),
            to: "\(folder)/lavadeck.json"
        )
        process = try Self.process(in: folder, waits: isTold)
        if !isTold { try process.waitUntilListening(on: port) }
        try waitForNodes()
    }

    deinit {
        process.end()
        for node in nodes { node.killed() }
        File.removeFolder(folder)
    }

    private static func newFolder() throws -> String {
        var template = Array("/tmp/lavadeck-benchmark-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Child.Failed("mkdtemp: errno \(errno)") }
        return String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    private static func process(in folder: String, waits: Bool = true) throws -> Child {
        try Child(
            Programs.lavadeck,
            [
                "serve", "--config", "\(folder)/lavadeck.json", "--database",
                "\(folder)/lavadeck.db",
            ],
            output: "\(folder)/log",
            waits: waits
        )
    }

    /// Event streams that may be open.
    static let subscribers = 1_000

    /// The defaults of every setting that has one, but for quick attempts to reach a node again and
    /// the limit of event streams.
    private static func configuration(
        _ ports: [UInt16],
        port: UInt16,
        logLevel: String
    ) -> String {
        var json = JSONWriter()
        let hash = SHA256.hash(Array(token.utf8))
        let digits = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        json.object { json in
            json.member("listen", "127.0.0.1:\(port)")
            json.member("log") { json in json.member("level", logLevel) }
            json.member("userId", "170939974227591168")
            json.array("nodes", ports.enumerated()) { json, node in
                json.object { json in
                    json.member("name", "node\(node.offset)")
                    json.member("host", "127.0.0.1")
                    json.member("port", Int(node.element))
                    json.member("auth", nodePassword)
                }
            }
            json.array("tokens", [digits.joined()]) { json, hash in
                json.object { json in
                    json.member("name", "benchmark")
                    json.member("sha256", hash)
                }
            }
            json.member("limits") { json in
                json.member("connections", Self.subscribers * 2)
                json.member("subscribers", Self.subscribers)
            }
            json.member("options") { json in json.member("baseReconnectDelay", 0.1) }
        }
        return json.raw.description
    }

    // MARK: Requests

    /// The bytes of a request, as a client of a library would send it.
    static func request(
        _ method: String = "GET",
        _ path: String,
        _ body: String? = nil,
        withToken: Bool = true
    ) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: benchmark\r\n"
        text += "Accept: */*\r\n"
        if withToken { text += "Authorization: Bearer \(token)\r\n" }
        if let body {
            text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            text += "\r\n\(body)"
        } else {
            text += "\r\n"
        }
        return Array(text.utf8)
    }

    /// Asks once.
    func get(_ path: String) throws -> JSONValue {
        let client = try LoadClient(port: port, connections: 1) { _ in Self.request("GET", path) }
        try client.run(1)
        return try JSONDocument(parsing: client.lastBody).root
    }

    func text(_ path: String) throws -> String {
        let client = try LoadClient(port: port, connections: 1) { _ in Self.request("GET", path) }
        try client.run(1)
        return String(decoding: client.lastBody, as: UTF8.self)
    }

    // MARK: Players

    static func guild(_ number: Int) -> String { String(firstGuild + number * 7_919) }

    /// Makes players that play, each with so many tracks in all, and waits until they do.
    func fill(players: Int, tracks: Int = 1) throws {
        var missing = Array(0..<players)
        for _ in 0..<10 where !missing.isEmpty {
            let numbers = missing
            let client = try LoadClient(port: port, connections: 64) { index in
                Self.request(
                    "PUT",
                    "/v1/players/\(Self.guild(numbers[index]))/state",
                    Self.state(of: numbers[index], tracks: tracks)
                )
            }
            let outcome = try client.run(numbers.count)
            guard outcome.refused == outcome.overloaded.count else {
                throw Child.Failed("players were refused: \(outcome.statuses)")
            }
            // On a busy machine some are too many at a time: those are asked for again.
            missing = outcome.overloaded.map { numbers[$0] }
            if !missing.isEmpty { Clock.rest(2) }
        }
        try waitForPlayers(players)
    }

    private static func state(of number: Int, tracks: Int) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("current", track(number * tracks))
            json.array("queue", 1..<tracks) { json, index in
                json.value(track(number * tracks + index))
            }
            json.member("volume", 100)
            json.member("voice") { json in
                json.member("token", "0123456789abcdef")
                json.member("endpoint", "rotterdam1234.discord.media:443")
                json.member("sessionId", "0123456789abcdef0123456789abcdef")
                json.member("channelId", guild(number))
            }
        }
        return json.raw.description
    }

    /// A track as a video site's source encodes it: some 200 characters, and three hours long.
    private static func track(_ number: Int) -> String {
        let name = String(UInt64(number) &* 0x9e37_79b9_7f4a_7c15 | 1 << 63, radix: 36)
        let identifier = String(name.prefix(11))
        return EncodedTrack(
            info: TrackInfo(
                identifier: identifier,
                author: "Some Artist \(number % 1_000)",
                length: 10_800_000,
                title: "Song number \(number) (Official Video)",
                uri: "https://www.youtube.com/watch?v=\(identifier)",
                sourceName: "youtube"
            )
        ).encoded()
    }

    /// Waits until as many players play as are said to.
    func waitForPlayers(_ count: Int, every seconds: Double = 0.02) throws {
        let wanted = "lavadeck_players{bot=\"default\",state=\"playing\"} \(count)\n"
        guard try Clock.wait(upTo: 60, every: seconds, { try text("/metrics").contains(wanted) })
        else { throw Child.Failed("\(count) players do not play") }
    }

    func waitForNodes() throws {
        let all = try Clock.wait(upTo: 30) {
            try get("/v1/nodes")["nodes"]?.elements.allSatisfy { $0["connected"]?.bool == true }
                ?? false
        }
        guard all else { throw Child.Failed("the nodes are not connected") }
    }

    // MARK: Processes

    /// Ends the service orderly and starts it again; returns once it listens.
    func restart() throws {
        process.end()
        process = try Self.process(in: folder)
    }

    /// Ends a node as SIGKILL does.
    func killNode(_ index: Int) { nodes[index].killed() }

    /// Starts a node anew, with nothing of before, on the same port.
    func startNode(_ index: Int) throws {
        nodes[index] = try Child(
            Programs.benchmark,
            ["--node", "--port", "\(nodes[index].port)"] + nodeWords,
            output: "\(folder)/node\(index)"
        )
    }

    /// The PATCHes of players that all nodes got since `forgetPatches`.
    func patches() throws -> Int {
        try nodes.reduce(0) { sum, node in
            let line = try Self.answer(of: node, to: "patches", with: "patches ")
            return sum + (Int(line.dropFirst(8)) ?? 0)
        }
    }

    func forgetPatches() throws {
        for node in nodes { _ = try Self.answer(of: node, to: "forget", with: "forgotten") }
    }

    /// Tells a node something, and waits for the line that it writes.
    private static func answer(
        of node: Child,
        to words: String,
        with prefix: String
    ) throws -> Substring {
        func lines() -> [Substring] {
            node.written.split(separator: "\n").filter { $0.hasPrefix(prefix) }
        }
        let count = lines().count
        node.tell(words)
        guard Clock.wait(upTo: 10, { lines().count > count }), let line = lines().last else {
            throw Child.Failed("a node does not answer")
        }
        return line
    }
}

/// The programs, which the build puts beside one another.
enum Programs {
    static let benchmark = path(of: "Benchmark")
    static let lavadeck = path(of: "lavadeck")
    static let floor = path(of: "Floor")
    /// Nil where it is not installed.
    static let nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"].first {
        (path: String) in
        access(path, X_OK) == 0
    }

    private static func path(of name: String) -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        let own = String(decoding: bytes[..<max(count, 0)].map(UInt8.init), as: UTF8.self)
        return own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/\(name)"
    }
}
