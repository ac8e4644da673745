import Control
package import Runtime
import Wire

/// The nodes: status, health, connection metrics, and what an operator does to a connection.
@Loop package struct NodeEndpoints {
    let planes: ControlPlanes
    let clock: WallClock
    let drills: Bool
    private let statuses: NodeStatusCache

    package init(planes: ControlPlanes, clock: WallClock, drills: Bool) {
        statuses = NodeStatusCache(clock: clock)
        self.planes = planes
        self.clock = clock
        self.drills = drills
    }

    package var routes: [Route] {
        let node = "/v1/nodes/{node}"
        return [
            Route(.get, "/v1/nodes", "listNodes", query: ["bot"], .immediate(list)),
            Route(.get, node, "getNode", query: ["bot"], .immediate(get)),
            Route(.post, node + "/connect", "connectNode", query: ["bot"], .waiting(connect)),
            Route(
                .post,
                node + "/disconnect",
                "disconnectNode",
                query: ["bot"],
                .waiting(disconnect)
            ),
            Route(
                .post,
                node + "/simulate-failure",
                "simulateFailure",
                query: ["bot"],
                .waiting(simulateFailure)
            ),
            Route(.get, "/v1/health", "getHealth", query: ["bot"], .immediate(health)),
            Route(.get, "/v1/metrics", "getMetrics", query: ["bot"], .immediate(metrics)),
        ]
    }

    private func list(_ context: Context) throws(Problem) -> Response {
        let fleet = try planes.plane(for: context).fleet
        return .json { json in
            json.array("nodes", fleet.nodes) { json, node in
                json.nodeStatus(node, clock: clock)
            }
        }
    }

    private func get(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let name = NodeName(try context.path("node"))
        guard let bytes = statuses.json(of: name, on: plane) else {
            throw Problem(ControlError.command(.unknownNode(name)))
        }
        return .json(bytes: bytes)
    }

    private func health(_ context: Context) throws(Problem) -> Response {
        let fleet = try planes.plane(for: context).fleet
        let ready = fleet.nodes.count(where: \.isAvailable)
        return .json { json in
            json.member("nodes") { json in
                for node in fleet.nodes {
                    json.key(named: node.name.text)
                    json.nodeHealth(node)
                }
            }
            json.member(
                "status",
                ready == 0 ? "down" : ready < fleet.nodes.count ? "degraded" : "ok"
            )
        }
    }

    private func metrics(_ context: Context) throws(Problem) -> Response {
        let fleet = try planes.plane(for: context).fleet
        let total = fleet.nodes.reduce(ConnectionMetrics()) { $0 + $1.metrics }
        return .json { json in
            json.connectionMetrics(total, clock: clock)
            json.member("nodes") { json in
                for node in fleet.nodes {
                    json.key(named: node.name.text)
                    json.object { json in json.connectionMetrics(node.metrics, clock: clock) }
                }
            }
        }
    }

    // MARK: Operators

    private func connect(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        let name = NodeName(try context.path("node"))
        _ = try await plane.carryOut { .node(name, .connect, $0) }
        return Response(status: 202)
    }

    private func disconnect(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        let name = NodeName(try context.path("node"))
        _ = try await plane.carryOut { .node(name, .disconnect, $0) }
        return Response(status: 202)
    }

    /// Breaks the node's WebSocket as a failing network would (1006).
    private func simulateFailure(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        let name = NodeName(try context.path("node"))
        guard drills else {
            throw Problem(
                .forbidden,
                "Drills are disabled. Set \"drills\": true in the configuration, or LAVADECK_DRILLS=true."
            )
        }
        let reply = try await plane.carryOut { .node(name, .breakConnection, $0) }
        return .json(202) { json in json.member("affectedPlayers", reply.players) }
    }
}
