import Dispatch
import Glibc

/// Turns POSIX signals into calls on the loop, while it lives.
@Loop package final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Watches `numbers`, such as `SIGTERM`; their default action is off from now on.
    package init(_ numbers: [Int32], _ body: @escaping @Loop (Int32) -> Void) {
        sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: Loop.queue)
            source.setEventHandler { Loop.assumeIsolated { body(number) } }
            source.resume()
            return source
        }
    }

    package func cancel() {
        for source in sources { source.cancel() }
    }

    /// A write to a connection whose peer is gone must be an error, not the end of the process.
    package nonisolated static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
