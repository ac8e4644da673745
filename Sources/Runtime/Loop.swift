package import Dispatch

/// The one serial queue on which everything stateful lives, as a global actor.
///
/// The listener, the nodes' connections and the control state share it, so nothing in the program
/// needs a lock. Nothing that blocks may run here.
@globalActor package actor Loop {
    package static let shared = Loop()
    nonisolated let executor = QueueExecutor(label: "loop")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    package static var queue: DispatchQueue { shared.executor.queue }

    /// Runs `body` as loop code, from a callback that is on the loop's queue already.
    ///
    /// Traps elsewhere.
    package nonisolated static func assumeIsolated<T: Sendable>(
        _ body: @Loop () throws -> T
    ) rethrows -> T {
        dispatchPrecondition(condition: .onQueue(shared.executor.queue))
        return try withoutActuallyEscaping(body) { escapable in
            // As MainActor.assumeIsolated of the standard library: the precondition is the proof.
            try unsafeBitCast(escapable, to: (() throws -> T).self)()
        }
    }
}

/// A serial DispatchQueue that is also an actor's executor.
///
/// `DispatchSerialQueue` does not exist on Linux, and a `DispatchQueue` is no executor.
final class QueueExecutor: SerialExecutor {
    let queue: DispatchQueue
    private static let key = DispatchSpecificKey<ObjectIdentifier>()

    init(label: String) {
        queue = DispatchQueue(label: label)
        queue.setSpecific(key: Self.key, value: ObjectIdentifier(self))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    func isIsolatingCurrentContext() -> Bool? {
        DispatchQueue.getSpecific(key: Self.key) == ObjectIdentifier(self)
    }
}
