import Control
import Foundation
import Testing

@Suite("A fleet in a world that fails")
struct SimulationTests {
    /// Runs in a row, of which each test case makes one part.
    private static let seeds =
        ProcessInfo.processInfo.environment["SEEDS"].flatMap { UInt64($0) } ?? 1_000
    private static let first =
        ProcessInfo.processInfo.environment["FIRST_SEED"].flatMap { UInt64($0) } ?? 0
    private static let parts: UInt64 = 8

    /// Seeds that once found a mistake: 17 and 24 music that was heard twice after a track broke,
    /// 278 and 10,380 a place that was taken for the one at which a track ended, 13,720 voice data
    /// that was asked for without end.
    static let regressionSeeds: [UInt64] = [17, 24, 278, 10_380, 13_720]

    @Test("keeps every promise in every weather", arguments: UInt64(0)..<parts)
    func manySeeds(part: UInt64) {
        for seed in Self.first..<(Self.first + Self.seeds) where seed % Self.parts == part {
            guard holds(seed) else { return }
        }
    }

    @Test("keeps the promises that it once broke", arguments: regressionSeeds)
    func oldMistakes(seed: UInt64) { _ = holds(seed) }

    /// What a simulation must meet to be worth anything.
    private static let wanted: Set<String> = [
        "nodeReconnectExhausted", "nodeError", "nodeEvent", "playersRestored", "playerRestored",
        "playerMove", "playerDestroy", "trackStuck", "trackError", "trackSkip", "queueEnd",
        "queueSuspended", "voiceReconnectRequired", "playerWebSocketClosed", "queueFull",
        "tooManyPlayers", "noNode", "circuitOpen", "timedOut", "unreachable", "rejected",
        "notPlayable", "nothingPlays", "the store fails", "refused by the store", "rescue",
        "rescue by hand", "another configuration", "early voice",
    ]

    @Test("meets everything that it is there for")
    func meetsEverything() {
        var missing = Self.wanted
        // 384: a command meets an open circuit breaker, which is rare.
        for seed in [384] + (UInt64(0)..<200) where !missing.isEmpty {
            var world = World(seed: seed)
            world.marks = []
            world.run()
            missing.subtract(world.marks ?? [])
        }
        #expect(missing.isEmpty, "\(missing.sorted()) did not happen")
    }

    @Test("does the same again for the same seed", arguments: [UInt64(1), 2, 3])
    func repeats(seed: UInt64) {
        #expect(Self.trace(of: seed) == Self.trace(of: seed))
    }

    private func holds(_ seed: UInt64) -> Bool {
        var world = World(seed: seed)
        world.run()
        guard let failure = world.failure else { return true }
        Issue.record(
            """
            seed \(seed): \(failure)
            \(Self.trace(of: seed))
            """
        )
        return false
    }

    private static func trace(of seed: UInt64) -> String {
        var world = World(seed: seed)
        world.trace.isOn = true
        world.run()
        return world.trace.text + "\n" + (world.failure ?? "all was well")
    }
}
