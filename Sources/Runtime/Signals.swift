import Dispatch
import Glibc

/// Turns POSIX signals into calls on the loop, while it lives.
@Loop package final class Signals {
    private let sources: [any DispatchSourceSignal]
    private var unregistered: Int
    private var whenRegistered: CheckedContinuation<Void, Never>?

    /// Watches `numbers`, such as `SIGTERM`; their default action is off from now on.
    package init(_ numbers: [Int32], _ body: @escaping @Loop (Int32) -> Void) {
        unregistered = numbers.count
        let queue = DispatchQueue(label: "signals")
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            return Self.source(number, on: queue, body)
        }
        for source in sources {
            Self.tell(of: source) { [weak self] in self?.oneIsRegistered() }
            source.resume()
        }
    }

    // Not on the loop: Dispatch calls what these make on its own queue.

    private nonisolated static func source(
        _ number: Int32,
        on queue: DispatchQueue,
        _ body: @escaping @Loop (Int32) -> Void
    ) -> any DispatchSourceSignal {
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler {
            Loop.queue.async { Loop.assumeIsolated { body(number) } }
        }
        return source
    }

    private nonisolated static func tell(
        of source: any DispatchSourceSignal,
        _ body: @escaping @Loop () -> Void
    ) {
        source.setRegistrationHandler {
            Loop.queue.async { Loop.assumeIsolated { body() } }
        }
    }

    /// Waits until a signal can no longer get lost: Dispatch begins to watch on another thread.
    package func registered() async {
        guard unregistered > 0 else { return }
        await withCheckedContinuation { whenRegistered = $0 }
    }

    private func oneIsRegistered() {
        unregistered -= 1
        guard unregistered == 0 else { return }
        whenRegistered?.resume()
        whenRegistered = nil
    }

    package func cancel() {
        for source in sources { source.cancel() }
    }

    /// A write to a connection whose peer is gone must be an error, not the end of the process.
    package nonisolated static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
