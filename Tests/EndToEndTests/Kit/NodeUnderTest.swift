import Glibc
import Runtime
import SimulatedNode
import Support
import Synchronization
import Wire

/// A Lavalink node that a scenario is played on.
protocol NodeUnderTest: Sendable {
    var host: String { get }
    var port: UInt16 { get }
    var password: String { get }
    /// Identifiers of tracks that it can load.
    var tracks: TestTracks { get }
    /// What the gateway would name as the voice server.
    var voiceEndpoint: String { get }

    /// Ends the node's process as SIGKILL does.
    func kill() async throws
    /// Starts it again on the same port, with nothing left of before.
    func start() async throws
    /// The end of the test.
    func end() async
    /// The PATCHes of players that the node was sent; nil where nobody writes them down.
    func patches() async -> [String]?
}

/// Hands a node to a test, and ends it whatever happens.
func withNode<Node: NodeUnderTest>(
    _ node: Node,
    _ body: (Node) async throws -> Void
) async throws {
    do {
        try await body(node)
        await node.end()
    } catch {
        await node.end()
        throw error
    }
}

/// A long track, for what takes time, and three short ones to queue.
struct TestTracks: Sendable {
    var long = "tone-180s"
    var short = ["tone-15s", "tone-16s", "tone-17s"]
}

extension NodeUnderTest {
    /// What the node itself says of a player; nil when it has none.
    func player(_ guild: String, session: String) async throws -> JSONValue? {
        var client = HTTPClient(port: port, authorization: password)
        client.host = host
        let answer = try await client.get("/v4/sessions/\(session)/players")
        guard answer.status == 200 else {
            throw Missed("the node's players: \(answer.status) \(answer.text)")
        }
        return answer.json.elements.first { $0["guildId"]?.string == guild }
    }

    var configured: TestConfiguration.Node {
        TestConfiguration.Node(name: "main", host: host, port: port, password: password)
    }
}

/// A simulated node in the process of the tests, whose script and log are at hand.
struct NodeHere: NodeUnderTest {
    let node: SimulatedNode
    let port: UInt16
    let host = "127.0.0.1"
    let password = NodeSettings().password
    let tracks = TestTracks()
    let voiceEndpoint = "sim.discord.media:443"

    @Loop static func started(_ settings: NodeSettings = NodeSettings()) throws -> NodeHere {
        let seed = UInt64.random(in: .min ... .max)
        let node = try SimulatedNode.started(settings: settings, seed: seed)
        return NodeHere(node: node, port: node.port)
    }

    /// Positions every second, as real nodes are configured in the recordings.
    static func startedQuickly() async throws -> NodeHere {
        var settings = NodeSettings()
        settings.playerUpdateInterval = 1_000
        return try await started(settings)
    }

    /// Changes what goes wrong from now on.
    @Loop func script(_ change: (inout NodeScript) -> Void) { change(&node.script) }

    func kill() async { await node.kill() }
    func start() async throws { try await node.restart() }
    func end() async { await node.kill() }

    func patches() async -> [String]? {
        await node.log.filter { $0.method == .patch && $0.path.contains("/players/") }
            .map { "\($0.path.suffix(4)) \(String(decoding: $0.body, as: UTF8.self))" }
    }
}

/// A simulated node as a process of its own, which takes a real SIGKILL.
final class NodeProcess: NodeUnderTest {
    let port: UInt16
    let host = "127.0.0.1"
    let password = "a password of this test"
    let tracks = TestTracks()
    let voiceEndpoint = "sim.discord.media:443"
    private let process: Mutex<ChildProcess>

    private init(_ process: ChildProcess, port: UInt16) {
        self.process = Mutex(process)
        self.port = port
    }

    static func started() async throws -> NodeProcess {
        let process = try spawned(port: 0)
        return NodeProcess(process, port: try await listening(process))
    }

    private static func spawned(port: UInt16) throws -> ChildProcess {
        try ChildProcess(
            LavadeckProcess.program,
            ["simulated-node", "--port", "\(port)", "--update-interval", "1"],
            environment: ["LAVADECK_NODE_PASSWORD": "a password of this test"]
        )
    }

    private static func listening(_ process: ChildProcess) async throws -> UInt16 {
        let line = try await process.line { $0.hasPrefix("listening on ") }
        guard let port = line.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw Missed("a port in \(line)")
        }
        return port
    }

    func kill() async throws { try await process.withLock { $0 }.killed() }

    func start() async throws {
        let next = try Self.spawned(port: port)
        process.withLock { $0 = next }
        _ = try await Self.listening(next)
    }

    func end() async { process.withLock { $0 }.signal(SIGKILL) }
    func patches() async -> [String]? { nil }
}
