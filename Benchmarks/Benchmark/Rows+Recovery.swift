import Wire

/// How soon music plays again when a node is gone.
enum RecoveryRows {
    private static let players = 1_000
    /// Milliseconds that a node takes for each answer.
    private static let latency = 50

    static var all: [Row] {
        [
            Row(name: "restore") { _ in try restore() },
            Row(name: "failover") { _ in try failover() },
        ]
    }

    /// The node comes back with nothing, and gets everything again.
    private static func restore() throws -> [Figure] {
        let service = try Service(latency: latency)
        try service.fill(players: players)
        service.killNode(0)
        try waitForLoss(service)
        try service.startNode(0)
        let start = Clock.seconds
        try service.waitForPlayers(players, every: 0.005)
        let time = Clock.seconds - start
        return [
            Figure(
                what: "restore of 1,000 players, 50 ms an answer, from the node's start",
                value: Form.seconds(time),
                goal: "<= 3.00 s",
                isMet: time <= 3
            )
        ]
    }

    /// The other node takes over.
    private static func failover() throws -> [Figure] {
        let service = try Service(nodes: 2, latency: latency)
        service.killNode(1)
        try waitForLoss(service)
        try service.fill(players: players)
        try service.startNode(1)
        try service.waitForNodes()
        service.killNode(0)
        let start = Clock.seconds
        try waitForLoss(service)
        try service.waitForPlayers(players, every: 0.005)
        let time = Clock.seconds - start
        return [
            Figure(
                what: "failover of 1,000 players, 50 ms an answer, from the node's end",
                value: Form.seconds(time),
                goal: "<= 1.00 s",
                isMet: time <= 1
            )
        ]
    }

    private static func waitForLoss(_ service: Service) throws {
        let isLost = try Clock.wait(upTo: 10) {
            try service.get("/v1/nodes")["nodes"]?.elements.contains {
                $0["connected"]?.bool == false
            } ?? false
        }
        guard isLost else { throw Child.Failed("the end of a node was not noticed") }
    }
}
