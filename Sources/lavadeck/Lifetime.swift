import Dispatch
import Glibc
import Runtime
import Service

/// The running program: from the start of the service to the signal that ends it.
@Loop final class Lifetime {
    /// Kept for as long as the process lives: a signal source that is let go of hears nothing.
    private static let current = Lifetime()

    private static let signals = [SIGTERM, SIGINT]
    /// How many seconds an end in order may take; then the process ends as it is.
    nonisolated private static let longestEnd = 10

    private var running: (application: Application, afterwards: @Loop () async -> Void)?
    private var signals: Signals?
    private var isEnding = false

    private init() {}

    /// Runs what `make` puts together, on the loop, until SIGTERM or SIGINT.
    nonisolated static func run(
        _ make: @escaping @Loop () async -> (Application, afterwards: @Loop () async -> Void)
    ) -> Never {
        Signals.ignoreBrokenPipes()
        guard CurlClient.verifyAsynchronousDNS() else {
            Program.fail(
                "this libcurl resolves host names synchronously; install one with a threaded resolver",
                .software
            )
        }
        Task { @Loop in
            let signals = Signals(Self.signals) { current.end($0) }
            current.signals = signals
            await signals.registered()
            let (application, afterwards) = await make()
            current.running = (application, afterwards)
        }
        dispatchMain()
    }

    /// The first signal ends in order, the second at once.
    private func end(_ signal: Int32) {
        guard !isEnding, let running else { exit(128 + signal) }
        isEnding = true
        Self.watchTheEnd()
        Task { @Loop in
            await running.application.stop()
            await running.afterwards()
            running.application.log.flush()
            exit(0)
        }
    }

    /// From now on nothing needs the loop to end the process, in case that is what hangs.
    private static func watchTheEnd() {
        for number in signals { signal(number) { _exit(128 + $0) } }
        DispatchQueue(label: "end").asyncAfter(deadline: .now() + .seconds(longestEnd)) {
            StandardOutput.writeError("lavadeck: the shutdown exceeded \(longestEnd) s; exiting\n")
            _exit(ExitCode.software.rawValue)
        }
    }
}
