import Glibc
import Support

/// Asks again and again until the answer is the one that was waited for.
func eventually<Value: Sendable>(
    _ what: String,
    within patience: Duration = .seconds(10),
    _ ask: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
        if let value = try await ask() { return value }
        // A breath between two questions, on a thread that nobody else needs.
        await blocking { _ = poll(nil, 0, 20) }
    }
    throw Missed("\(what) within \(patience)")
}

extension ContinuousClock.Instant {
    /// Milliseconds since then, as places in music are counted.
    var elapsedMilliseconds: Int64 {
        let (seconds, attoseconds) = duration(to: .now).components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
