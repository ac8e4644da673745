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
