import Support
import Testing

/// How a node comes into a test.
enum SimulatedKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case here = "in this process"
    case process = "as a process"

    var testDescription: String { "a simulated node \(rawValue)" }

    func started() async throws -> any NodeUnderTest {
        switch self {
        case .here: try await NodeHere.startedQuickly()
        case .process: try await NodeProcess.started()
        }
    }
}

@Suite("The scenario on a simulated node", .serialized)
struct ScenarioTests {
    @Test(
        "plays, queues, skips and obeys",
        .timeLimit(.minutes(2)),
        arguments: SimulatedKind.allCases
    )
    func plays(_ kind: SimulatedKind) async throws {
        try await withNode(try await kind.started()) { try await Scenario.plays(on: $0) }
    }

    @Test(
        "brings players back after kill -9 of the node",
        .timeLimit(.minutes(2)),
        arguments: SimulatedKind.allCases
    )
    func survivesTheNode(_ kind: SimulatedKind) async throws {
        try await withNode(try await kind.started()) {
            try await Scenario.survivesTheDeathOfTheNode($0)
        }
    }

    @Test(
        "resumes after a dropped WebSocket and after kill -9 of Lavadeck",
        .timeLimit(.minutes(2)),
        arguments: SimulatedKind.allCases
    )
    func resumes(_ kind: SimulatedKind) async throws {
        try await withNode(try await kind.started()) { try await Scenario.resumes(on: $0) }
    }
}

/// The same on a real Lavalink.
///
/// Skipped, and reported as skipped, unless `LAVALINK_TEST_URI` and `LAVALINK_TEST_PASSWORD` name
/// one; `RealNode` tells what else there is to set.
@Suite(
    "The scenario on a real node",
    .serialized,
    .enabled(
        if: RealNode.isConfigured,
        "LAVALINK_TEST_URI and LAVALINK_TEST_PASSWORD name no real Lavalink"
    )
)
struct RealNodeTests {
    @Test("plays, queues, skips and obeys", .timeLimit(.minutes(2)))
    func plays() async throws { try await Scenario.plays(on: try RealNode()) }

    @Test(
        "brings players back after kill -9 of the node",
        .timeLimit(.minutes(3)),
        .enabled(
            if: RealNode.canBeKilled,
            "LAVALINK_TEST_KILL and LAVALINK_TEST_START say no commands"
        )
    )
    func survivesTheNode() async throws {
        try await Scenario.survivesTheDeathOfTheNode(try RealNode())
    }

    @Test(
        "resumes after a dropped WebSocket and after kill -9 of Lavadeck",
        .timeLimit(.minutes(2))
    )
    func resumes() async throws { try await Scenario.resumes(on: try RealNode()) }
}
