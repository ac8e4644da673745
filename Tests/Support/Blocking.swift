import Dispatch

/// Runs what blocks away from the threads that tests and the loop share.
package func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}

/// Something that a test waited for and that did not happen.
package struct Missed: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension Duration {
    /// As poll(2) takes it, never negative.
    var inPollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        return Int32(max(0, min(seconds * 1_000 + attoseconds / 1_000_000_000_000_000, 3_600_000)))
    }
}
