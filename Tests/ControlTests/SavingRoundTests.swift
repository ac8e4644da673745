@testable import Control
import Lavalink
import Testing

@Suite("A round of savings")
struct SavingRoundTests {
    @Test("saves nothing before it is started")
    func idle() { #expect(SavingRound().nextAt == nil) }

    /// Saves as the fleet does, and says when each part came and how much it was.
    private static func saves(_ count: Int, atOnce: Int, rounds: Int) -> [(at: Int64, guilds: Int)]
    {
        var limits = Limits.standard
        limits.positionsAtOnce = atOnce
        var saving = SavingRound()
        var now = Instant.start
        saving.start(.seconds(6), now: now)
        let guilds = (0..<count).map { GuildID(named: UInt64($0) + 1) }
        var saved: [(at: Int64, guilds: Int)] = []
        while let at = saving.nextAt, at < .start + .seconds(6 * rounds + 6) {
            now = at
            let last = saving.last
            let behind = last.map { last in guilds.filter { $0 > last } } ?? guilds
            let chosen = behind.prefix(atOnce)
            saving.saved(
                upTo: chosen.last,
                isLast: chosen.count == behind.count,
                of: count,
                limits,
                now: now
            )
            saved.append((Instant.start.duration(to: now).milliseconds, chosen.count))
        }
        return saved
    }

    @Test("saves few players at once, every interval")
    func few() {
        let saved = Self.saves(3, atOnce: 10, rounds: 3)
        #expect(saved.map(\.at) == [6_000, 12_000, 18_000])
        #expect(saved.map(\.guilds) == [3, 3, 3])
    }

    @Test("spreads many over the interval, and keeps to it")
    func many() {
        let saved = Self.saves(5, atOnce: 2, rounds: 2)
        #expect(saved.map(\.at) == [6_000, 8_000, 10_000, 12_000, 14_000, 16_000])
        #expect(saved.map(\.guilds) == [2, 2, 1, 2, 2, 1])
    }

    @Test("saves every player once a round, and never more at once", arguments: UInt64(0)..<60)
    func everyone(seed: UInt64) throws {
        var trial = Trial(seed: seed)
        let (count, atOnce) = (trial.roll(1...40), trial.roll(1...9))
        let saved = Self.saves(count, atOnce: atOnce, rounds: 4)
        let parts = (count + atOnce - 1) / atOnce
        try #require(saved.count == parts * 4)
        for round in 0..<4 {
            let some = saved[round * parts..<(round + 1) * parts]
            #expect(some.reduce(0) { $0 + $1.guilds } == count)
            #expect(some.first?.at == Int64(round + 1) * 6_000)
            #expect(some.allSatisfy { $0.guilds <= atOnce })
        }
    }
}
