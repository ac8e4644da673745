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

    package init() {}

    package mutating func record(route: String, method: Method, status: Int, seconds: Double) {
        let key = Key(route: route, method: method, statusClass: status / 100)
        counts[key, default: 0] += 1
        durations[route, default: Histogram()].record(seconds)
    }
}
