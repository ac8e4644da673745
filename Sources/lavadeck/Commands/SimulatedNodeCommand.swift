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
        let password = flags["--password"] ?? "youshallnotpass"
        Signals.ignoreBrokenPipes()
        Task { @Loop in RunningNode.start(port, password) }
        dispatchMain()
    }
}

/// The node of this process.
@Loop private enum RunningNode {
    private static var node: SimulatedNode?
    private static var signals: Signals?

    static func start(_ port: UInt16, _ password: String) {
        do throws(ListenerError) {
            let node = try SimulatedNode.started(port: port, password: password)
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
