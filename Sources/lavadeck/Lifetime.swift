import Dispatch
import Glibc
import Runtime
import Service

/// The running program: from the start of the service to the signal that ends it.
@Loop final class Lifetime {
    /// Kept for as long as the process lives: a signal source that is let go of hears nothing.
    private static var current: Lifetime?

    private let application: Application
    private let afterwards: @Loop () async -> Void
    private var signals: Signals?
    private var isEnding = false

    private init(_ application: Application, afterwards: @escaping @Loop () async -> Void) {
        self.application = application
        self.afterwards = afterwards
    }

    /// Runs what `make` puts together, on the loop, until SIGTERM or SIGINT.
    nonisolated static func run(
        _ make: @escaping @Loop () async -> (Application, afterwards: @Loop () async -> Void)
    ) -> Never {
        Signals.ignoreBrokenPipes()
        guard CurlClient.verifyAsynchronousDNS() else {
            Program.fail("this libcurl resolves names while everything waits for it", .software)
        }
        Task { @Loop in
            let (application, afterwards) = await make()
            let lifetime = Lifetime(application, afterwards: afterwards)
            current = lifetime
            lifetime.signals = Signals([SIGTERM, SIGINT]) { [weak lifetime] in lifetime?.end($0) }
        }
        dispatchMain()
    }

    /// The first signal ends in order, the second at once.
    private func end(_ signal: Int32) {
        guard !isEnding else { exit(128 + signal) }
        isEnding = true
        Task { @Loop in
            await application.stop()
            await afterwards()
            application.log.flush()
            exit(0)
        }
    }
}
