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
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: Loop.queue)
            source.setEventHandler { Loop.assumeIsolated { body(number) } }
            return source
        }
        for source in sources {
            source.setRegistrationHandler { [weak self] in
                Loop.assumeIsolated { self?.oneIsRegistered() }
            }
            source.resume()
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
