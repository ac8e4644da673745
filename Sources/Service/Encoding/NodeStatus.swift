import Control
import Lavalink
import Runtime
import Wire

/// What is shown of a node; two that are equal are written alike.
struct NodeStatus: Equatable {
    let name: String
    let address: String
    let region: String?
    let isAvailable: Bool
    let isConnected: Bool
    let session: String?
    let state: NodeLink.State
    let desiredState: Node.DesiredState
    let players: Int
    let stats: Stats?
    let version: String?
    let sources: [String]
    let latency: Duration?
    let failures: Int
    let threshold: Int
    let openUntil: Instant?

    init(_ node: borrowing Node) {
        name = node.settings.name.text
        address = node.settings.address
        region = node.settings.region
        isAvailable = node.isAvailable
        isConnected = node.link.isReady
        session = node.session.session
        state = node.link.state
        desiredState = node.desiredState
        players = node.occupancy.players
        stats = node.stats
        version = node.info?.semver
        sources = node.info?.sourceManagers ?? []
        latency = node.link.latency
        failures = node.breaker.failures
        threshold = node.breaker.threshold
        openUntil = node.breaker.openUntil
    }
}

/// The JSON of nodes as it was written last, which holds as long as they are shown the same.
///
/// Nothing in `NodeStatus` follows from the time alone.
@Loop final class NodeStatusCache {
    private struct Key: Hashable {
        let plane: ObjectIdentifier
        let node: String
    }

    private struct Entry {
        /// Of the nodes of the plane, when they were last looked at.
        var revision: UInt64
        let status: NodeStatus
        let bytes: [UInt8]
    }

    private let clock: WallClock
    private var entries: [Key: Entry] = [:]

    init(clock: WallClock) { self.clock = clock }

    /// The JSON of a node of `plane`; nil when it has none of that name.
    func json(of name: NodeName, on plane: ControlPlane) -> [UInt8]? {
        let key = Key(plane: ObjectIdentifier(plane), node: name.text)
        let revision = plane.fleet.nodes.revision
        let known = entries[key]
        if let known, known.revision == revision { return known.bytes }
        guard let status = plane.fleet.look(at: name, { NodeStatus($0) }) else {
            entries[key] = nil
            return nil
        }
        if let known, known.status == status {
            entries[key]?.revision = revision
            return known.bytes
        }
        var json = JSONWriter(capacity: 1_024)
        json.nodeStatus(status, clock: clock)
        entries[key] = Entry(revision: revision, status: status, bytes: json.bytes)
        return json.bytes
    }
}
