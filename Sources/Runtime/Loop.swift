/// The one thread on which everything stateful lives, as a global actor.
///
/// The listener, the nodes' connections and the control state share it, so nothing in the program
/// needs a lock. Nothing that blocks may run here.
@globalActor package actor Loop {
    package static let shared = Loop()
    nonisolated let executor = LoopExecutor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// What runs on the loop, in the order of the calls.
    package static var queue: LoopExecutor { shared.executor }

    /// Runs `body` as loop code, from a callback that is on the loop already.
    ///
    /// Traps elsewhere.
    package nonisolated static func assumeIsolated<T: Sendable>(
        _ body: @Loop () throws -> T
    ) rethrows -> T {
        shared.executor.checkIsolated()
        return try withoutActuallyEscaping(body) { escapable in
            // As MainActor.assumeIsolated of the standard library: the precondition is the proof.
            try unsafeBitCast(escapable, to: (() throws -> T).self)()
        }
    }
}
