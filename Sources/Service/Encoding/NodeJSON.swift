package import Control
import Lavalink
package import Wire

/// Nodes as the contract has them, and more.
extension JSONWriter {
    package mutating func nodeStatus(_ node: Node, clock: WallClock) {
        nodeStatus(NodeStatus(node), clock: clock)
    }

    mutating func nodeStatus(_ status: NodeStatus, clock: WallClock) {
        object { json in
            json.member("name", status.name)
            json.member("host", status.address)
            json.member("region", status.region)
            json.member("available", status.isAvailable)
            json.member("connected", status.isConnected)
            json.member("sessionId", status.session)
            json.member("state", status.state.name)
            json.member("wish", status.desiredState.rawValue)
            json.member("players", status.players)
            json.stats(status.stats)
            json.member("version", status.version)
            json.array("sources", status.sources) { json, name in json.value(name) }
            json.member("latency", status.latency?.milliseconds)
            json.member("circuitBreaker") { json in
                json.member("failures", status.failures)
                json.member("threshold", status.threshold)
                json.member(
                    "open_until",
                    status.openUntil.map { clock.timestamp(of: $0).description }
                )
            }
        }
    }

    private mutating func stats(_ stats: Stats?) {
        key("stats")
        if let stats { stats.write(into: &self) } else { null() }
    }

    package mutating func nodeHealth(_ node: Node) {
        object { json in
            json.member("connected", node.link.isReady)
            json.member("session_id", node.session.session)
            json.member("players", node.occupancy.players)
            json.member("reconnecting", node.link.isReconnecting)
            json.member("reconnect_attempts", node.link.failures)
            json.stats(node.stats)
        }
    }

    /// The contract's connection metrics, as members of the object that is being written.
    package mutating func connectionMetrics(_ metrics: ConnectionMetrics, clock: WallClock) {
        member("total_disconnects", metrics.disconnects)
        member("total_reconnects", metrics.reconnects)
        member("failed_reconnects", metrics.failedReconnects)
        member(
            "last_disconnect",
            metrics.lastDisconnect.map { clock.timestamp(of: $0).description }
        )
        member("players_restored", metrics.playersRestored)
        member("success_rate", metrics.successRate)
    }
}

extension NodeLink.State {
    package var name: String {
        switch self {
        case .disabled: "disabled"
        case .connecting: "connecting"
        case .ready: "ready"
        case .waiting: "waiting"
        case .exhausted: "exhausted"
        }
    }
}

extension NodeLink {
    /// The contract's `reconnecting`: an attempt is under way or waited for.
    package var isReconnecting: Bool {
        switch state {
        case .connecting, .waiting: true
        case .disabled, .ready, .exhausted: false
        }
    }
}
