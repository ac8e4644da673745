import Service

/// `lavadeck simulated-node`: one node that behaves as Lavalink does.
enum SimulatedNodeCommand {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        Program.fail("simulated-node is not built yet", .software)
    }
}
