/// A moment on a clock that only goes forward, in nanoseconds since some start.
///
/// Nothing in this module reads a clock: the caller says what time it is.
package struct Instant: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let start = Instant(nanoseconds: 0)

    package func advanced(by duration: Duration) -> Instant {
        Instant(nanoseconds: nanoseconds + duration.nanoseconds)
    }

    /// How long it is from this moment until `other`; negative when `other` came first.
    package func duration(to other: Instant) -> Duration {
        .nanoseconds(other.nanoseconds - nanoseconds)
    }

    /// The same in seconds, where it is often asked for.
    package func seconds(to other: Instant) -> Double {
        Double(other.nanoseconds - nanoseconds) / 1e9
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds; nothing here lasts the 292 years that would overflow.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
