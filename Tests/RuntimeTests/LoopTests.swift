import Glibc
import Runtime
import Support
import Testing

@Suite("A loop timer")
@Loop struct LoopTimerTests {
    @Test("calls back once, in the order of the delays")
    func order() async {
        let order = Order()
        let first = LoopTimer()
        let second = LoopTimer()
        second.schedule(after: .milliseconds(20)) { order.note("second") }
        first.schedule(after: .milliseconds(5)) { order.note("first") }
        #expect(await order.has(2) == ["first", "second"])
    }

    @Test("forgets what it was scheduled for before")
    func replaces() async {
        let order = Order()
        let timer = LoopTimer()
        timer.schedule(after: .milliseconds(1)) { order.note("never") }
        timer.schedule(after: .milliseconds(10)) { order.note("then") }
        #expect(await order.has(1) == ["then"])
        timer.schedule(after: .zero) { order.note("cancelled") }
        timer.cancel()
        timer.schedule(after: .milliseconds(5)) {
            timer.schedule(after: .zero) { order.note("from inside") }
        }
        #expect(await order.has(2) == ["then", "from inside"])
    }

    @Test("is not called back when a timer that was due with it cancels it or puts it off")
    func cancelledWhileDue() async {
        let order = Order()
        let (first, second, third) = (LoopTimer(), LoopTimer(), LoopTimer())
        third.schedule(after: .milliseconds(2)) { order.note("never") }
        second.schedule(after: .milliseconds(1)) { order.note("too early") }
        first.schedule(after: .zero) {
            order.note("first")
            third.cancel()
            second.schedule(after: .milliseconds(5)) { order.note("second") }
        }
        let start = MonotonicClock.nanoseconds()
        while MonotonicClock.nanoseconds() - start < 4_000_000 {}  // all are due at once
        #expect(await order.has(2) == ["first", "second"])
    }

    @Test("may go away while it is scheduled")
    func released() async {
        let order = Order()
        do {
            let timer = LoopTimer()
            timer.schedule(after: .milliseconds(1)) { order.note("never") }
        }
        let other = LoopTimer()
        other.schedule(after: .milliseconds(10)) { order.note("other") }
        #expect(await order.has(1) == ["other"])
    }
}

@Suite("The event loop")
@Loop struct EventLoopTests {
    @Test("tells a descriptor that is used again from its predecessor")
    func reusedDescriptor() async {
        let order = Order()
        let old = pipes()
        EventLoop.shared.watch(old.read, for: readable) { _ in order.note("old") }
        write(old.write, "x", 1)
        EventLoop.shared.unwatch(old.read)
        close(old.read)
        close(old.write)
        let new = pipes()
        #expect(new.read == old.read)
        EventLoop.shared.watch(new.read, for: readable) { _ in
            order.note("new")
            EventLoop.shared.unwatch(new.read)
        }
        write(new.write, "x", 1)
        #expect(await order.has(1) == ["new"])
        close(new.read)
        close(new.write)
    }

    @Test("says again what is left over, and nothing that is not waited for")
    func levelTriggered() async {
        let order = Order()
        let pipe = pipes()
        write(pipe.write, "x", 1)
        EventLoop.shared.watch(pipe.read, for: 0) { _ in
            order.note("event")
            if order.count == 3 { EventLoop.shared.unwatch(pipe.read) }
        }
        let timer = LoopTimer()
        timer.schedule(after: .milliseconds(5)) {
            #expect(order.count == 0)
            EventLoop.shared.change(pipe.read, to: readable)
        }
        #expect(await order.has(3).count == 3)
        close(pipe.read)
        close(pipe.write)
    }

    private let readable: UInt32 = 1  // EPOLLIN

    private func pipes() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        return (ends[0], ends[1])
    }
}

@Suite("The loop's thread")
struct LoopExecutorTests {
    @Test("runs what other threads give it, all of it and in their order")
    func order() async {
        let order = Order()
        for number in 0..<1_000 {
            Loop.queue.async { Loop.assumeIsolated { order.note("\(number)") } }
        }
        #expect(await order.has(1_000) == (0..<1_000).map(String.init))
    }

    @Test("hears of events and of work in the same time")
    func fairness() async {
        let order = Order()
        await Self.workUntilHeard(order)
        #expect(await order.has(1) == ["timer"])
    }

    /// Gives the loop work that leaves more, until a timer that is due is heard.
    @Loop private static func workUntilHeard(_ order: Order) {
        let timer = LoopTimer()
        timer.schedule(after: .zero) { order.note("timer") }
        keepWorking(timer, order)
    }

    @Loop private static func keepWorking(_ timer: LoopTimer, _ order: Order) {
        guard order.count == 0 else { return }
        Loop.queue.async { Loop.assumeIsolated { keepWorking(timer, order) } }
    }
}

@Suite("Signals")
@Loop struct SignalsTests {
    @Test("become calls on the loop")
    func arrive() async {
        let order = Order()
        let signals = Signals([SIGUSR1, SIGWINCH]) { order.note("\($0)") }
        await signals.registered()
        kill(getpid(), SIGUSR1)
        #expect(await order.has(1) == ["\(SIGUSR1)"])
        kill(getpid(), SIGWINCH)
        #expect(await order.has(2) == ["\(SIGUSR1)", "\(SIGWINCH)"])
        signals.cancel()
    }
}

/// What happened, in its order.
@Loop private final class Order {
    private var notes: [String] = []
    private var waiting: (count: Int, continuation: CheckedContinuation<[String], Never>)?

    var count: Int { notes.count }

    func note(_ text: String) {
        notes.append(text)
        guard let waiting, notes.count >= waiting.count else { return }
        self.waiting = nil
        waiting.continuation.resume(returning: notes)
    }

    func has(_ count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            guard notes.count < count else { return continuation.resume(returning: notes) }
            waiting = (count, continuation)
        }
    }
}
