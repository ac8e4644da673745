/// How often something took how long, by upper bounds in seconds.
package struct Histogram: Sendable, Equatable {
    package let bounds: [Double]
    /// One for each bound and one for what is above all of them; not yet added up.
    package private(set) var counts: [Int]
    package private(set) var sum = 0.0

    /// From half a millisecond, which is a plain answer, to ten seconds, which is a node's time-out.
    package static let secondsOfRequests = [
        0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    package init(bounds: [Double] = secondsOfRequests) {
        precondition(bounds == bounds.sorted(), "bounds rise")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package mutating func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    package var count: Int { counts.reduce(0, +) }

    /// For each bound how many were not above it.
    package var cumulative: [Int] {
        var total = 0
        return counts.dropLast().map { count in
            total += count
            return total
        }
    }
}
