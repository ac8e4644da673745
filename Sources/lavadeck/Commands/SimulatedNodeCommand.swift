import Dispatch
import Glibc
import Runtime
import Service
import SimulatedNode

/// `lavadeck simulated-node`: one node that behaves as Lavalink does, until it is killed.
enum SimulatedNodeCommand {
    private static let standardPort: UInt16 = 2333
    /// Percent by which the load in one message may be off.
    private static let standardLoadSwing: Int64 = 5

    static func run(_ flags: [String: String], _ environment: [String: String]) {
        guard let port = UInt16(flags["--port"] ?? "\(standardPort)") else {
            Program.fail("--port must be a number from 0 to 65535", .usage)
        }
        var settings = NodeSettings()
        settings.password =
            flags["--password"] ?? environment["LAVADECK_NODE_PASSWORD"] ?? settings.password
        if let seconds = number("--update-interval", in: 1...60, flags) {
            settings.playerUpdateInterval = seconds * 1_000
        }
        if let seconds = number("--start-time", in: 0...60, flags) {
            settings.startTime = seconds * 1_000
        }
        if let milliseconds = number("--first-track-time", in: 0...10_000, flags) {
            settings.firstTrackTime = milliseconds
        }
        let swing = number("--load-swing", in: 0...100, flags) ?? standardLoadSwing
        let chosen = settings
        Signals.ignoreBrokenPipes()
        Task { @Loop in RunningNode.start(port, chosen, loadSwing: Double(swing) / 100) }
        dispatchMain()
    }

    private static func number(
        _ flag: String,
        in range: ClosedRange<Int64>,
        _ flags: [String: String]
    ) -> Int64? {
        guard let text = flags[flag] else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            Program.fail("\(flag) must be a number from \(bounds)", .usage)
        }
        return number
    }
}

/// The node of this process.
@Loop private enum RunningNode {
    private static var node: SimulatedNode?
    private static var signals: Signals?

    static func start(_ port: UInt16, _ settings: NodeSettings, loadSwing: Double) {
        let node = SimulatedNode(settings: settings, seed: UInt64.random(in: .min ... .max))
        node.script.load.swing = loadSwing
        node.onListening = { result in
            switch result {
            case .success(let port): Program.say("listening on 127.0.0.1:\(port)\n")
            case .failure(let error): Program.fail(error.description, .unavailable)
            }
        }
        self.node = node
        signals = Signals([SIGTERM, SIGINT]) { _ in
            Task { @Loop in
                await node.stop()
                exit(0)
            }
        }
        do throws(ListenerError) {
            try node.start(port: port)
        } catch {
            Program.fail(error.description, .unavailable)
        }
    }
}
