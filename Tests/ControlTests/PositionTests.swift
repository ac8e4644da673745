import Control
import Testing

@Suite("A position in the music")
struct PositionTests {
    private static func started(at position: Int64 = 0, rate: Double = 1) -> Position {
        var new = Position()
        new.start(at: position, length: 180_000, rate: rate, running: true, now: .start)
        return new
    }

    private func at(_ seconds: Double) -> Instant {
        .start + .milliseconds(Int64(seconds * 1000))
    }

    @Test("runs with the clock and stops at the end")
    func runs() {
        let position = Self.started(at: 1_000)
        #expect(position.milliseconds(at: at(2)) == 3_000)
        #expect(position.milliseconds(at: at(2_000)) == 180_000)
    }

    @Test("believes what the node reports")
    func reports() {
        var position = Self.started()
        position.report(4_300, now: at(4))
        #expect(position.milliseconds(at: at(5)) == 5_300)
    }

    @Test("uses up 20 s of music in 4 s at 1x, 4 s at 2x and 8 s at 1x")
    func timescale() {
        // Seen on a real node (lavalink-v4.md §19): it reported 15.9 s meanwhile.
        var position = Self.started()
        position.report(4_000, now: at(4))
        position.change(rate: 2, now: at(4))
        #expect(position.milliseconds(at: at(8)) == 12_000)
        position.report(7_950, now: at(8))
        position.change(rate: 1, now: at(8))
        position.report(15_900, now: at(16))
        let reached = position.milliseconds(at: at(16))
        #expect((19_700...20_000).contains(reached))
    }

    @Test("stands still while paused, whatever the node says then")
    func pause() {
        var position = Self.started()
        position.freeze(now: at(10))
        position.report(0, now: at(12))
        #expect(position.milliseconds(at: at(60)) == 10_000)
        position.run(now: at(60))
        #expect(position.milliseconds(at: at(61)) == 11_000)
        position.report(11_500, now: at(61))
        #expect(position.milliseconds(at: at(61)) == 11_500)
    }

    @Test("stands where it was sought, paused or not")
    func seek() {
        var position = Self.started()
        position.freeze(now: at(5))
        position.seek(to: 90_000, now: at(6))
        #expect(position.milliseconds(at: at(20)) == 90_000)
        position.run(now: at(20))
        position.seek(to: 30_000, now: at(21))
        #expect(position.milliseconds(at: at(22)) == 31_000)
        position.report(31_200, now: at(22))
        #expect(position.milliseconds(at: at(22)) == 31_200)
    }

    @Test(
        "keeps within the music",
        arguments: [(-5, 0), (10, 10), (200_000, 180_000)] as [(Int64, Int64)]
    )
    func clamps(wanted: Int64, reached: Int64) {
        var position = Self.started()
        position.freeze(now: .start)
        position.seek(to: wanted, now: .start)
        #expect(position.milliseconds(at: .start) == reached)
    }

    @Test("is told by the node's count after an absence")
    func resume() {
        var position = Self.started(at: 60_000, rate: 2)
        position.freeze(now: at(10))
        #expect(position.milliseconds(at: at(30)) == 80_000)
        // The node counted on from 60 s, as at a start: 10 s before the absence, 20 s in it.
        position.resume(reported: 90_000, running: true, now: at(30))
        #expect(position.milliseconds(at: at(30)) == 120_000)
    }

    @Test("comes back from what was saved, and goes on by the node's count")
    func saved() {
        var position = Self.started(rate: 1.5)
        position.report(10_000, now: at(10))
        let kept = (position.milliseconds(at: at(12)), position.reportedPosition(at: at(12)))
        #expect(kept == (18_000, 12_000))
        var again = Position(standingAt: kept.0, reported: kept.1, length: 180_000, rate: 1.5)
        #expect(again.milliseconds(at: at(99)) == 18_000)
        again.resume(reported: 20_000, running: true, now: .start)
        #expect(again.milliseconds(at: .start) == 30_000)
    }

    @Test("of a paused player is not told by the node's count")
    func pausedResume() {
        var position = Self.started()
        position.freeze(now: at(10))
        position.resume(reported: 0, running: false, now: at(20))
        #expect(position.milliseconds(at: at(30)) == 10_000)
    }

    @Test("of a stream has no end")
    func stream() {
        var position = Position()
        position.start(at: 0, length: nil, rate: 1, running: true, now: .start)
        #expect(position.milliseconds(at: at(1_000_000)) == 1_000_000_000)
    }

    @Test("uses up music at each speed for as long as it lasts, with no word between")
    func speeds() {
        var position = Self.started()
        position.report(2_000, now: at(2))
        position.change(rate: 2, now: at(4))
        #expect(position.milliseconds(at: at(5)) == 6_000)
        position.report(5_000, now: at(5))
        #expect(position.milliseconds(at: at(5)) == 6_000)
        position.freeze(now: at(6))
        position.run(now: at(10))
        position.report(7_000, now: at(11))
        #expect(position.milliseconds(at: at(11)) == 10_000)
    }

    @Test("that stood still a while ago goes on by the count of then")
    func doubtful() {
        var position = Self.started(rate: 2)
        position.freeze(at: 6_000, now: at(5))
        #expect(position.milliseconds(at: at(9)) == 6_000)
        position.resume(reported: 4_000, running: true, now: at(9))
        #expect(position.milliseconds(at: at(9)) == 8_000)
    }
}
