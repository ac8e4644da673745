import CLinux
import Glibc
import Synchronization

/// The loop's thread, as an actor's executor: runs what it is given, then waits for events.
///
/// Work that comes from another thread wakes it through an eventfd; work that the loop gives
/// itself costs no system call.
package final class LoopExecutor: SerialExecutor {
    private enum Work: Sendable {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct Inbox: Sendable {
        var work: [Work] = []
        /// The thread waits, or is about to, and has not been woken since.
        var isAsleep = false
    }

    private let inbox = Mutex(Inbox())
    /// The thread, once it runs.
    private let thread = Atomic<UInt>(0)
    /// The descriptor that ends a wait.
    let wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

    init() {
        precondition(wakeUp >= 0, "eventfd failed")
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&thread, &attributes, runLoop, this)
        precondition(code == 0, "pthread_create failed")
        pthread_attr_destroy(&attributes)
    }

    /// Has `body` run on the loop, after what was given before.
    package func async(_ body: @escaping @Sendable () -> Void) { take(.body(body)) }

    package func enqueue(_ job: consuming ExecutorJob) { take(.job(UnownedJob(job))) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() { precondition(isCurrent, "this is not the loop's thread") }

    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func take(_ work: Work) {
        let mustWake = inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        guard mustWake else { return }
        var one: UInt64 = 1
        write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    // MARK: The thread

    fileprivate func run() -> Never {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        clinux_name_thread("loop")
        while true {
            runWork()
            Loop.assumeIsolated { EventLoop.shared.turn() }
        }
    }

    /// Runs what is there now; what that gives the loop comes after the next look at events.
    private func runWork() {
        let due = inbox.withLock { inbox in
            defer { inbox.work = [] }
            return inbox.work
        }
        let executor = asUnownedSerialExecutor()
        for work in due {
            switch work {
            case .job(let job): job.runSynchronously(on: executor)
            case .body(let body): body()
            }
        }
    }

    /// Whether the thread may wait: nothing is there, and whatever comes will wake it.
    func mayWait() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.work.isEmpty
            return inbox.isAsleep
        }
    }

    /// The wait has ended: until the next one the thread needs no waking.
    func hasWaited() { inbox.withLock { $0.isAsleep = false } }
}

private func runLoop(_ this: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let this else { return nil }
    Unmanaged<LoopExecutor>.fromOpaque(this).takeRetainedValue().run()
}
