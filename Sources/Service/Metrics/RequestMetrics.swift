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

    private struct Series: Sendable {
        let route: String
        var counts: [(method: Method, statusClass: Int, count: Int)] = []
        var durations = Histogram(bounds: bounds)
    }

    private var series: [Series] = []
    private var indices: [String: Int] = [:]
    /// Where the series of the last request is: the next one mostly asks for the same.
    private var lastIndex: Int?

    /// What requests are counted as that found no route.
    package static let unknownRoute = "unknown"

    /// Seconds: from half a millisecond, which is a plain answer, to ten, which is a node's
    /// time-out.
    package static let bounds = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    package init() {}

    package var counts: [Key: Int] {
        var counts: [Key: Int] = [:]
        for series in series {
            for (method, statusClass, count) in series.counts {
                counts[Key(route: series.route, method: method, statusClass: statusClass)] = count
            }
        }
        return counts
    }

    package var durations: [String: Histogram] {
        Dictionary(uniqueKeysWithValues: series.map { ($0.route, $0.durations) })
    }

    package mutating func record(route: String, method: Method, status: Int, seconds: Double) {
        let row = index(of: route)
        series[row].durations.observe(seconds)
        let statusClass = status / 100
        for index in series[row].counts.indices
        where series[row].counts[index].method == method
            && series[row].counts[index].statusClass == statusClass
        {
            series[row].counts[index].count += 1
            return
        }
        series[row].counts.append((method, statusClass, 1))
    }

    private mutating func index(of route: String) -> Int {
        if let lastIndex, series[lastIndex].route == route { return lastIndex }
        let index = indices[route] ?? series.count
        if index == series.count {
            series.append(Series(route: route))
            indices[route] = index
        }
        lastIndex = index
        return index
    }
}
