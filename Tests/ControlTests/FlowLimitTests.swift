import Control
import Testing

@Suite("A flow limit")
struct FlowLimitTests {
    @Test("starts at eight and has no room beyond")
    func room() {
        var flow = FlowLimit()
        for _ in 1...8 {
            #expect(flow.hasRoom)
            flow.sent()
        }
        #expect(!flow.hasRoom && flow.inFlight == 8)
    }

    @Test("grows by one with each answer as fast as the fastest, up to 128")
    func grows() {
        var flow = FlowLimit()
        for _ in 1...300 {
            flow.sent()
            flow.answered(after: .milliseconds(10), of: .voice)
        }
        #expect(flow.limit == 128 && flow.inFlight == 0)
    }

    @Test("halves on every timeout, down to four")
    func timeouts() {
        var flow = FlowLimit()
        for _ in 1...33 {
            flow.sent()
            flow.answered(after: .milliseconds(10), of: .voice)
        }
        var limits = [flow.limit]
        for _ in 1...5 {
            flow.sent()
            flow.timedOut()
            limits.append(flow.limit)
        }
        #expect(limits == [41, 20, 10, 5, 4, 4])
    }

    @Test("halves when the median passes four times the fastest")
    func slowMedian() {
        var flow = FlowLimit()
        for _ in 1...30 {
            flow.sent()
            flow.answered(after: .milliseconds(10), of: .voice)
        }
        #expect(flow.limit == 38)
        for milliseconds in [41, 40] as [Int64] {
            var other = flow
            for _ in 1...15 {
                other.sent()
                other.answered(after: .milliseconds(milliseconds), of: .voice)
            }
            #expect(other.limit == (milliseconds == 41 ? 19 : 38))
        }
    }

    @Test("compares answers with others of their weight alone, and light ones with none")
    func weights() {
        var flow = FlowLimit()
        let answers: [(Int64, FlowLimit.Weight)] = [
            (1, .light), (500, .light), (100, .voice), (10, .track), (200, .voice), (20, .track),
            (201, .voice), (21, .track), (90, .voice),
        ]
        var limits: [Int] = []
        for (milliseconds, weight) in answers {
            flow.sent()
            flow.answered(after: .milliseconds(milliseconds), of: weight)
            limits.append(flow.limit)
        }
        #expect(limits == [8, 8, 9, 10, 11, 12, 12, 12, 13])
    }

    @Test("counts what is under way, and stays within its range", arguments: UInt64(0)..<100)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var flow = FlowLimit()
        var inFlight = 0
        trial.run(300) { trial in
            let before = flow.limit
            switch trial.roll(0...9) {
            case 0...3:
                flow.sent()
                inFlight += 1
                trial.check(flow.limit == before, "a request changes the limit")
            case 4:
                flow.timedOut()
                inFlight = max(0, inFlight - 1)
                trial.check(flow.limit == max(before / 2, 4), "a timeout does not halve it")
            case 5:
                flow.failed()
                inFlight = max(0, inFlight - 1)
                trial.check(flow.limit == before, "a failure changes it")
            default:
                let weight: FlowLimit.Weight = trial.pick([.voice, .track, .light]) ?? .light
                flow.answered(after: .milliseconds(trial.roll(0...50)), of: weight)
                inFlight = max(0, inFlight - 1)
                let next = [before, min(before + 1, 128), max(before / 2, 4)]
                trial.check(next.contains(flow.limit), "it jumps")
                trial.check(weight != .light || flow.limit == before, "a light one changes it")
            }
            trial.check(flow.inFlight == inFlight, "another number is under way")
            trial.check(flow.hasRoom == (inFlight < flow.limit), "whether there is room")
            trial.check((4...128).contains(flow.limit), "it leaves its range")
        }
        trial.expectSuccess()
    }

    @Test("keeps its limit on answers that are neither fast nor slow")
    func between() {
        var flow = FlowLimit()
        flow.sent()
        flow.answered(after: .milliseconds(10), of: .voice)
        for _ in 1...100 {
            flow.sent()
            flow.answered(after: .milliseconds(30), of: .voice)
        }
        #expect(flow.limit == 9)
    }

    @Test("never counts below nothing")
    func neverNegative() {
        var flow = FlowLimit()
        flow.failed()
        flow.timedOut()
        flow.answered(after: .milliseconds(1), of: .voice)
        #expect(flow.inFlight == 0)
    }
}
