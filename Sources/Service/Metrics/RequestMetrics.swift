package import Wire

/// What was asked over HTTP, by route, method and class of status.
package struct RequestMetrics: Sendable {
    package struct Key: Hashable, Sendable {
        /// The route's template, never the path: what clients make up must not make series.
        package var route: String
        package var method: Method
        /// 2 for 200 to 299, and so on.
        package var statusClass: Int
    }

    package private(set) var counts: [Key: Int] = [:]
    package private(set) var durations: [String: Histogram] = [:]

    /// What requests are counted as that found no route.
    package static let unknownRoute = "unknown"

    /// Seconds: from half a millisecond, which is a plain answer, to ten, which is a node's
    /// time-out.
    package static let bounds = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    package init() {}

    package mutating func record(route: String, method: Method, status: Int, seconds: Double) {
        let key = Key(route: route, method: method, statusClass: status / 100)
        counts[key, default: 0] += 1
        durations[route, default: Histogram(bounds: Self.bounds)].observe(seconds)
    }
}
