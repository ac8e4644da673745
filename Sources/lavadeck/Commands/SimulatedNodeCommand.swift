import Dispatch
import Glibc
import Runtime
import Service
import SimulatedNode

/// `lavadeck simulated-node`: one node that behaves as Lavalink does, until it is killed.
enum SimulatedNodeCommand {
    private static let standardPort: UInt16 = 2333

    static func run(_ flags: [String: String], _ environment: [String: String]) {
        guard let port = UInt16(flags["--port"] ?? "\(standardPort)") else {
            Program.fail("--port must be a number from 0 to 65535", .usage)
        }
        var settings = NodeSettings()
        settings.password =
            flags["--password"] ?? environment["LAVADECK_NODE_PASSWORD"] ?? settings.password
        if let text = flags["--update-interval"] {
            guard let seconds = Int64(text), (1...60).contains(seconds) else {
                Program.fail("--update-interval must be a number from 1 to 60", .usage)
            }
            settings.playerUpdateInterval = seconds * 1_000
        }
        let chosen = settings
        Signals.ignoreBrokenPipes()
        Task { @Loop in RunningNode.start(port, chosen) }
        dispatchMain()
    }
}

/// The node of this process.
@Loop private enum RunningNode {
    private static var node: SimulatedNode?
    private static var signals: Signals?

    static func start(_ port: UInt16, _ settings: NodeSettings) {
        do throws(ListenerError) {
            let node = try SimulatedNode.started(
                port: port,
                password: settings.password,
                settings: settings,
                seed: UInt64.random(in: .min ... .max)
            )
            self.node = node
            signals = Signals([SIGTERM, SIGINT]) { _ in
                Task { @Loop in
                    await node.stop()
                    exit(0)
                }
            }
            Program.say("listening on 127.0.0.1:\(node.port)\n")
        } catch {
            Program.fail(error.description, .unavailable)
        }
    }
}
