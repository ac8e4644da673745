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
        var limits: [Int] = []
        for _ in 1...3 {
            flow.sent()
            flow.timedOut()
            limits.append(flow.limit)
        }
        #expect(limits == [4, 4, 4])
    }

    @Test("halves when the median passes four times the fastest")
    func slowMedian() {
        var flow = FlowLimit()
        flow.sent()
        flow.answered(after: .milliseconds(10), of: .voice)
        for _ in 1...14 {
            flow.sent()
            flow.answered(after: .milliseconds(50), of: .voice)
        }
        #expect(flow.limit == 4)
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
