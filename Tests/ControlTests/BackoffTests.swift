import Control
import Testing

@Suite("A backoff")
struct BackoffTests {
    private static let standard = Backoff(base: .seconds(1), ceiling: .seconds(300))

    @Test("doubles within its spread and never passes the ceiling", arguments: UInt64(0)..<200)
    func bounds(seed: UInt64) {
        var generator = Generator(seed: seed)
        for attempt in 1...40 {
            let delay = Self.standard.delay(
                attempt: attempt,
                resumable: nil,
                using: &generator
            ).inSeconds
            let wanted = min(Double(UInt64(1) << UInt64(attempt - 1)), 300)
            #expect(delay >= wanted * 0.75 - 1e-6 && delay <= min(wanted * 1.25, 300) + 1e-6)
        }
    }

    @Test("waits no longer than a sixth of a session that can be resumed", arguments: 1...60)
    func resumeCap(attempt: Int) {
        var generator = Generator(seed: UInt64(attempt))
        let delay = Self.standard.delay(
            attempt: attempt,
            resumable: .seconds(60),
            using: &generator
        )
        #expect(delay <= .seconds(10))
    }

    @Test("takes any attempt number", arguments: [Int.min, -1, 0, 41, 64, 1_000, Int.max])
    func extremes(attempt: Int) {
        var generator = Generator(seed: 3)
        let delay = Self.standard.delay(attempt: attempt, resumable: nil, using: &generator)
        #expect(delay > .zero && delay <= .seconds(300))
    }

    @Test("is not the same for everybody")
    func spreads() {
        var generator = Generator(seed: 4)
        let delays = (0..<20).map { _ in
            Self.standard.delay(attempt: 4, resumable: nil, using: &generator)
        }
        #expect(Set(delays).count > 15)
    }
}
