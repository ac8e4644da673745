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

    /// Seeds that once found a mistake.
    static let regressionSeeds: [UInt64] = [
        7, 54, 170, 233, 327, 682, 752, 759, 873, 1431, 2381, 2867, 4480, 5598, 286, 828, 21, 164,
        195, 22_809,
    ]

    @Test("keeps every promise in every weather", arguments: UInt64(0)..<parts)
    func manySeeds(part: UInt64) {
        for seed in Self.first..<(Self.first + Self.seeds) where seed % Self.parts == part {
            guard holds(seed) else { return }
        }
    }

    @Test("keeps the promises that it once broke", arguments: regressionSeeds)
    func oldMistakes(seed: UInt64) { _ = holds(seed) }

    @Test("does the same again for the same seed", arguments: [UInt64(1), 2, 3])
    func repeats(seed: UInt64) {
        #expect(Self.trace(of: seed) == Self.trace(of: seed))
    }

    private func holds(_ seed: UInt64) -> Bool {
        var world = World(seed: seed)
        world.run()
        guard let failure = world.checks.failure else { return true }
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
        return world.trace.text + "\n" + (world.checks.failure ?? "all was well")
    }
}
