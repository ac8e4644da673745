import Testing
import Wire

@Suite("Prometheus text")
struct PrometheusTextTests {
    @Test("has families, samples and labels in their form")
    func form() {
        var text = PrometheusText()
        text.family("lavadeck_nodes_ready", .gauge, help: "Nodes that are ready.")
        text.sample(2)
        text.family("lavadeck_requests_total", .counter, help: "a \\ b\nc \"d\"")
        text.sample(7, [("node", "main"), ("path", "C:\\x \"y\"\nz")])
        text.sample(0.25, [("node", "é")])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP lavadeck_nodes_ready Nodes that are ready.
                # TYPE lavadeck_nodes_ready gauge
                lavadeck_nodes_ready 2
                # HELP lavadeck_requests_total a \\\\ b\\nc "d"
                # TYPE lavadeck_requests_total counter
                lavadeck_requests_total{node="main",path="C:\\\\x \\"y\\"\\nz"} 7
                lavadeck_requests_total{node="é"} 0.25

                """
        )
    }

    @Test("has histograms with cumulated buckets")
    func histogram() {
        var histogram = Histogram(bounds: [0.005, 0.1, 1])
        for value in [0.001, 0.005, 0.05, 0.5, 1, 2.5] { histogram.observe(value) }
        #expect(histogram.count == 6)
        #expect(histogram.counts == [2, 1, 2, 1])
        var text = PrometheusText()
        text.family("lavadeck_latency_seconds", .histogram, help: "Latency.")
        text.sample(histogram, [("node", "a")])
        text.sample(Histogram(bounds: []))
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP lavadeck_latency_seconds Latency.
                # TYPE lavadeck_latency_seconds histogram
                lavadeck_latency_seconds_bucket{node="a",le="0.005"} 2
                lavadeck_latency_seconds_bucket{node="a",le="0.1"} 3
                lavadeck_latency_seconds_bucket{node="a",le="1"} 5
                lavadeck_latency_seconds_bucket{node="a",le="+Inf"} 6
                lavadeck_latency_seconds_sum{node="a"} 4.056
                lavadeck_latency_seconds_count{node="a"} 6
                lavadeck_latency_seconds_bucket{le="+Inf"} 0
                lavadeck_latency_seconds_sum 0
                lavadeck_latency_seconds_count 0

                """
        )
    }

    @Test(
        "writes numbers as Prometheus reads them",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (1.5, "1.5"), (0.1, "0.1"),
            (1e15, "1000000000000000"), (1e21, "1e+21"), (1e-7, "1e-07"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"), (1_700_000_000.123, "1700000000.123"),
        ] as [(Double, String)]
    )
    func numbers(value: Double, text: String) {
        #expect(PrometheusText.format(value) == text)
    }

    @Test("traps what would make a scrape fail")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            var text = PrometheusText()
            text.family("a", .gauge, help: "")
            text.family("a", .gauge, help: "")
        }
        await #expect(processExitsWith: .failure) {
            var text = PrometheusText()
            text.family("1a", .gauge, help: "")
        }
        await #expect(processExitsWith: .failure) {
            var text = PrometheusText()
            text.family("requests", .counter, help: "")
        }
        await #expect(processExitsWith: .failure) {
            var text = PrometheusText()
            text.family("a", .gauge, help: "")
            text.sample(1, [("b-c", "")])
        }
    }
}
