import Service
import Testing
import Wire

@Suite("The metrics of requests")
struct RequestMetricsTests {
    @Test("count each route by method and class of status, in whatever order they come")
    func counts() {
        var metrics = RequestMetrics()
        let routes = ["/a", "/b", "/c", "/b", "/a"]
        for _ in 1...3 {
            for route in routes {
                metrics.record(route: route, method: .get, status: 200, seconds: 0.001)
                metrics.record(route: route, method: .post, status: 404, seconds: 0.001)
            }
        }
        let byRoute = ["/a", "/b", "/c"].map { route in
            metrics.counts.filter { $0.key.route == route }.values.sorted()
        }
        #expect(byRoute == [[6, 6], [6, 6], [3, 3]])
        #expect(metrics.durations.count == 3)
    }
}
