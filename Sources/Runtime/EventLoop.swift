import CLinux
import Dispatch
import Glibc

/// One epoll descriptor under one DispatchSource.
///
/// Registration is synchronous, so a descriptor number that is closed and used again can never be
/// taken for its predecessor; the generation keeps events of one batch from reaching a successor.
/// Level triggered: what is left over fires the source again.
@Loop package final class EventLoop {
    package static let shared = EventLoop()

    /// Rounds of `epoll_wait` before other work on the queue gets its turn.
    private static let roundsBeforeYielding = 64
    private static let eventsPerRound = 128

    private let epoll: Int32
    private let source: any DispatchSourceRead
    private var watched: [Int32: Registration] = [:]
    private var generation: UInt32 = 0
    /// What is to be done at the end of this turn.
    private var endings: [@Loop () -> Void] = []
    private var isInTurn = false
    private var batch = [epoll_event](repeating: epoll_event(), count: eventsPerRound)

    private struct Registration {
        let generation: UInt32
        let handler: @Loop (UInt32) -> Void
    }

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "epoll_create1 failed")
        source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: Loop.queue)
        source.setEventHandler { Loop.assumeIsolated { EventLoop.shared.drain() } }
        source.resume()
    }

    /// Calls `handler` with the ready events of `descriptor`; a second call replaces the first.
    package func watch(
        _ descriptor: Int32,
        for events: UInt32,
        _ handler: @escaping @Loop (UInt32) -> Void
    ) {
        generation &+= 1
        register(descriptor, events, generation)
        watched[descriptor] = Registration(generation: generation, handler: handler)
    }

    /// Changes which events are waited for, and keeps the handler.
    package func change(_ descriptor: Int32, to events: UInt32) {
        guard let registration = watched[descriptor] else { return }
        register(descriptor, events, registration.generation)
    }

    /// Forgets `descriptor`; call it before closing.
    package func unwatch(_ descriptor: Int32) {
        guard watched.removeValue(forKey: descriptor) != nil else { return }
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)  // EBADF when it is closed already: fine
    }

    private func register(_ descriptor: Int32, _ events: UInt32, _ generation: UInt32) {
        var event = epoll_event(
            events: events,
            data: epoll_data_t(u64: UInt64(generation) << 32 | UInt64(UInt32(descriptor)))
        )
        // The kernel forgets a closed descriptor by itself: MOD then says ENOENT, and ADD is right.
        if watched[descriptor] == nil
            || epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0
        {
            epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
        }
    }

    /// Calls `body` once what is ready now has been handled.
    ///
    /// That is the end of a round of events, or, from anything else on the loop, what comes next
    /// on its queue.
    package func atEndOfTurn(_ body: @escaping @Loop () -> Void) {
        endings.append(body)
        guard !isInTurn, endings.count == 1 else { return }
        Loop.queue.async { Loop.assumeIsolated { EventLoop.shared.endTurn() } }
    }

    private func endTurn() {
        while !endings.isEmpty {
            let due = endings
            endings.removeAll(keepingCapacity: true)
            for body in due { body() }
        }
    }

    private func drain() {
        isInTurn = true
        defer { isInTurn = false }
        for _ in 0..<Self.roundsBeforeYielding {
            let count = Int(epoll_wait(epoll, &batch, Int32(Self.eventsPerRound), 0))
            guard count > 0 else { return }
            for index in 0..<count { deliver(batch[index]) }
            endTurn()
            if count < Self.eventsPerRound { return }
        }
    }

    private func deliver(_ event: epoll_event) {
        let data = event.data.u64
        let descriptor = Int32(truncatingIfNeeded: data & 0xffff_ffff)
        guard let registration = watched[descriptor], registration.generation == UInt32(data >> 32)
        else { return }
        registration.handler(event.events)
    }
}
