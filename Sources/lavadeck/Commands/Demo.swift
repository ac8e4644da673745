import Service

/// `lavadeck demo`: the service with two simulated nodes and a few players.
enum Demo {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        Program.fail("demo is not built yet", .software)
    }
}
