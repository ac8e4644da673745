import CLinux
import Glibc

/// One epoll descriptor, and the timers: what the loop's thread waits for.
///
/// Registration is synchronous, so a descriptor number that is closed and used again can never be
/// taken for its predecessor; the generation keeps events of one batch from reaching a successor.
/// Level triggered: what is left over comes again.
@Loop package final class EventLoop {
    package static let shared = EventLoop()

    /// Events that are taken before other work gets its turn.
    private static let eventsPerTurn = 128
    /// What the kernel says of the executor's own descriptor; no registration is called so.
    private static let wakeUpMark = UInt64.max

    var timers = LoopTimers()
    private let epoll: Int32
    private let batch = UnsafeMutablePointer<epoll_event>.allocate(capacity: eventsPerTurn)
    /// By descriptor.
    private var watched: [Registration?] = []
    private var generation: UInt32 = 0
    private var unflushed: [HTTPConnection] = []

    /// What is to be done at the end of this turn.
    private var endings: [@Loop () -> Void] = []

    private struct Registration {
        let generation: UInt32
        let handler: @Loop (UInt32) -> Void
    }

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "epoll_create1 failed")
        // Edge triggered: every write to it ends one wait, and needs no read.
        var event = epoll_event(
            events: EPOLLIN.rawValue | EPOLLET.rawValue,
            data: epoll_data_t(u64: Self.wakeUpMark)
        )
        let code = epoll_ctl(epoll, EPOLL_CTL_ADD, Loop.queue.wakeUp, &event)
        precondition(code == 0, "epoll_ctl failed")
    }

    /// Calls `handler` with the ready events of `descriptor`; a second call replaces the first.
    package func watch(
        _ descriptor: Int32,
        for events: UInt32,
        _ handler: @escaping @Loop (UInt32) -> Void
    ) {
        generation &+= 1
        let index = Int(descriptor)
        while watched.count <= index { watched.append(nil) }
        register(descriptor, events, generation)
        watched[index] = Registration(generation: generation, handler: handler)
    }

    /// Changes which events are waited for, and keeps the handler.
    package func change(_ descriptor: Int32, to events: UInt32) {
        guard let registration = registration(of: descriptor) else { return }
        register(descriptor, events, registration.generation)
    }

    /// Forgets `descriptor`; call it before closing.
    package func unwatch(_ descriptor: Int32) {
        guard registration(of: descriptor) != nil else { return }
        watched[Int(descriptor)] = nil
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)  // EBADF when it is closed already: fine
    }

    private func registration(of descriptor: Int32) -> Registration? {
        watched.indices.contains(Int(descriptor)) ? watched[Int(descriptor)] : nil
    }

    private func register(_ descriptor: Int32, _ events: UInt32, _ generation: UInt32) {
        var event = epoll_event(
            events: events,
            data: epoll_data_t(u64: UInt64(generation) << 32 | UInt64(UInt32(descriptor)))
        )
        // The kernel forgets a closed descriptor by itself: MOD then says ENOENT, and ADD is right.
        if registration(of: descriptor) == nil
            || epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0
        {
            epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    // MARK: The thread

    /// Has a connection flushed before the thread waits again.
    ///
    /// What a turn writes to one connection leaves in one `send`, and all that it writes leaves
    /// after all that it reads: a peer that is woken finds more than one message.
    func flushLater(_ connection: HTTPConnection) { unflushed.append(connection) }

    private func flush() {
        while !unflushed.isEmpty {
            let due = unflushed
            unflushed = []
            for connection in due where connection.isGathering { connection.flush() }
        }
    }

    /// Calls `body` once what is ready now has been handled, before the thread waits again.
    package func atEndOfTurn(_ body: @escaping @Loop () -> Void) { endings.append(body) }

    private func endTurn() {
        while !endings.isEmpty {
            let due = endings
            endings.removeAll(keepingCapacity: true)
            for body in due { body() }
        }
    }

    /// Waits until something happens, and tells whom it concerns.
    func turn() {
        // A flush may go on with requests that were held up, and these may publish.
        repeat {
            endTurn()
            flush()
        } while !endings.isEmpty
        let mayWait = Loop.queue.mayWait()
        let count = Int(
            epoll_wait(epoll, batch, Int32(Self.eventsPerTurn), mayWait ? untilTimers : 0)
        )
        if mayWait { Loop.queue.hasWaited() }
        if count > 0 {
            for index in 0..<count { deliver(batch[index]) }
        }
        guard timers.earliest < .max else { return }
        let now = MonotonicClock.nanoseconds()
        for timer in timers.take(dueAt: now) { timer.fire(at: now) }
    }

    /// Milliseconds until a timer may be due, rounded up; -1 for any time.
    private var untilTimers: Int32 {
        guard timers.earliest < .max else { return -1 }
        let left = max(0, timers.earliest - MonotonicClock.nanoseconds())
        return Int32(clamping: (left + 999_999) / 1_000_000)
    }

    private func deliver(_ event: epoll_event) {
        let data = event.data.u64
        guard data != Self.wakeUpMark else { return }
        let descriptor = Int32(truncatingIfNeeded: data & 0xffff_ffff)
        guard let registration = registration(of: descriptor),
            registration.generation == UInt32(data >> 32)
        else { return }
        registration.handler(event.events)
    }
}
