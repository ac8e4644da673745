import Control
import Testing

@Suite("A circuit breaker")
struct CircuitBreakerTests {
    private static func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 1...5 { breaker.record(success: false, at: .start) }
        return breaker
    }

    @Test("opens at the fifth failure in a row")
    func opens() {
        var breaker = CircuitBreaker()
        for failures in 1...4 {
            breaker.record(success: false, at: .start)
            #expect(breaker.failures == failures && breaker.isClosed)
        }
        breaker.record(success: false, at: .start)
        #expect(!breaker.isClosed && breaker.failures == 5)
        #expect(breaker.openUntil == .start + .seconds(60))
    }

    @Test("counts only failures in a row")
    func successResets() {
        var breaker = CircuitBreaker()
        for _ in 1...4 { breaker.record(success: false, at: .start) }
        breaker.record(success: true, at: .start)
        for _ in 1...4 { breaker.record(success: false, at: .start) }
        #expect(breaker.isClosed)
    }

    @Test("lets nothing through until its rest is over, then one probe")
    func oneProbe() {
        var breaker = Self.opened()
        let later = Instant.start + .seconds(60)
        let early = breaker.admit(at: .start + .seconds(59))
        let admitted = [breaker.admit(at: later), breaker.admit(at: later)]
        #expect(!early && admitted == [true, false])
        #expect(breaker.state == .probing && breaker.openUntil == nil)
        #expect(!breaker.admits(at: later + .seconds(600)))
    }

    @Test("says whether it would admit without admitting")
    func asks() {
        var breaker = Self.opened()
        let later = Instant.start + .seconds(60)
        #expect(!breaker.admits(at: .start) && breaker.admits(at: later))
        #expect(breaker.admits(at: later))
        let admitted = breaker.admit(at: later)
        #expect(admitted)
    }

    @Test("closes when the probe comes out well, and opens again when it does not")
    func probeDecides() {
        let later = Instant.start + .seconds(60)
        for success in [true, false] {
            var breaker = Self.opened()
            _ = breaker.admit(at: later)
            breaker.record(success: success, at: later)
            #expect(breaker.isClosed == success)
            #expect(breaker.openUntil == (success ? nil : later + .seconds(60)))
        }
    }

    @Test("does not move its end for late failures of before")
    func lateFailures() {
        var breaker = Self.opened()
        breaker.record(success: false, at: .start + .seconds(30))
        #expect(breaker.openUntil == .start + .seconds(60))
    }

    @Test(
        "lets one request out after each rest, whatever comes out late",
        arguments: UInt64(0)..<100
    )
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var breaker = CircuitBreaker(threshold: 3, openDuration: .seconds(10))
        var now = Instant.start
        var inARow = 0
        var openUntil: Instant?
        var isProbing = false
        trial.run(300) { trial in
            switch trial.roll(0...9) {
            case 0...3:
                let isDue = openUntil.map { now >= $0 } ?? true
                let admits = breaker.admits(at: now)
                trial.check(admits == (isDue && !isProbing), "what it would admit")
                trial.check(breaker.admit(at: now) == admits, "it admits something else")
                if admits, openUntil != nil { (openUntil, isProbing) = (nil, true) }
            case 4:
                breaker.record(success: true, at: now)
                (inARow, openUntil, isProbing) = (0, nil, false)
            case 5...7:
                breaker.record(success: false, at: now)
                guard openUntil == nil else { return }
                inARow += 1
                guard isProbing || inARow >= 3 else { return }
                (inARow, openUntil, isProbing) = (3, now + .seconds(10), false)
            default: now = now + .seconds(trial.roll(0...9))
            }
            trial.check(breaker.openUntil == openUntil, "it opens at another moment")
            trial.check(
                breaker.isClosed == (openUntil == nil && !isProbing),
                "whether it is closed"
            )
            trial.check(breaker.failures == min(inARow, 3), "another number of failures")
        }
        trial.expectSuccess()
    }
}
