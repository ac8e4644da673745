import Control
import Lavalink
import Runtime
@testable import Service
import Storage
import Support
import Testing
import Wire

/// One bot with two nodes that nobody goes to, and to which everything happens.
@Loop private final class Rig {
    static let names = [NodeName("main"), NodeName("other")]

    let plane: ControlPlane
    private let connections: NodeConnections
    private let client = CurlClient()
    private var dice: SplitMix

    init(seed: UInt64) throws {
        let user = try #require(UserID("7"))
        dice = SplitMix(seed: seed)
        connections = NodeConnections(user: user, addresses: [:], client: client)
        let fleet = Fleet(
            bot: BotName("radio"),
            user: user,
            nodes: Self.names.map { NodeSettings(name: $0, address: "nowhere:1", region: nil) },
            seed: seed
        )
        plane = ControlPlane(fleet: fleet, connections: connections, store: InMemoryStore()) {
            _,
            _ in
        }
        plane.start()
    }

    /// Something happens to one of the nodes, or to a player.
    func step() async throws {
        let node = Self.names[roll(0...1)]
        switch roll(0...9) {
        case 0...2: try connect(node)
        case 3: tell(node, .message(.stats(try stats())))
        case 4: tell(node, .pong)
        case 5: tell(node, .ended([.silent, .refused("no"), .handshakeTimeout][roll(0...2)]))
        case 6: connections.onEvent?(.answer(RequestID(UInt64(roll(1...40))), answer()))
        case 7: connections.onEvent?(.tick)
        case 8:
            let guild = try #require(GuildID("\(roll(1...9))"))
            _ = await plane.submit { .player(guild, .put(PlayerSettings()), $0) }
        default:
            if roll(0...1) == 0 {
                _ = await plane.submit { .node(node, .connect, $0) }
            } else {
                _ = await plane.submit { .node(node, .disconnect, $0) }
            }
        }
    }

    private func connect(_ node: NodeName) throws {
        tell(node, .opened)
        tell(node, .message(.ready(sessionId: "s\(roll(0...9))", resumed: roll(0...1) == 0)))
    }

    private func tell(_ node: NodeName, _ event: Fleet.SocketEvent) {
        let id: ConnectionID? =
            switch plane.fleet.node(node)?.link.state {
            case .connecting(let id, _, _): id
            case .ready(let id, _, _): id
            default: nil
            }
        if let id { connections.onEvent?(.socket(node, id, event)) }
    }

    private func answer() -> Fleet.NodeAnswer {
        let bodies = [
            "{}", "[]", #"{"version":{"semver":"4.0.\#(roll(0...9))"},"sourceManagers":["http"]}"#,
        ]
        return .response(
            status: [200, 204, 404, 500][roll(0...3)],
            body: Array(bodies[roll(0...2)].utf8),
            retryAfter: nil
        )
    }

    private func stats() throws -> Stats {
        let json = """
            {"players":\(roll(0...9)),"playingPlayers":1,"uptime":\(roll(0...99)),
            "memory":{"free":1,"used":2,"allocated":3,"reservable":4},
            "cpu":{"cores":1,"systemLoad":0.5,"lavalinkLoad":0.25}}
            """
        return try Stats(try JSONDocument(parsing: json).root, at: "")
    }

    private func roll(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &dice) }

    func end() {
        plane.stop()
        client.shutdown()
    }
}

@Suite("The written statuses of nodes")
struct NodeStatusCacheTests {
    private let clock = WallClock(wall: Timestamp(milliseconds: 0), moment: .start)

    @Test("are as the nodes are now, whatever happens to them", arguments: UInt64(0)..<20)
    @Loop func fresh(seed: UInt64) async throws {
        let rig = try Rig(seed: seed)
        let cache = NodeStatusCache(clock: clock)
        for step in 0..<200 {
            try await rig.step()
            for name in Rig.names {
                let node = try #require(rig.plane.fleet.node(name))
                var json = JSONWriter()
                json.nodeStatus(node, clock: clock)
                let written = cache.json(of: name, on: rig.plane)
                guard written == json.bytes else {
                    Issue.record("seed \(seed), step \(step): \(name) is shown as it was")
                    return
                }
            }
        }
        #expect(cache.json(of: NodeName("nowhere"), on: rig.plane) == nil)
        rig.end()
    }
}
