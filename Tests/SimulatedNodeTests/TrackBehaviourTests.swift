import SimulatedNode
import Testing

@Suite("The name of a track")
struct TrackBehaviourTests {
    @Test(
        "says how it plays",
        arguments: [
            ("tone-3s", .plays), ("anything", .plays), ("fail", .plays), ("break-word", .plays),
            ("fail-30s", .failsToLoad(cause: "java.io.FileNotFoundException: fail-30s")),
            ("late-1m", .failsAfterItsEnd(cause: "java.io.IOException: late-1m")),
            (
                "music/break-30s-at-5s.wav",
                .breaks(at: 5_000, cause: "java.net.SocketException: Connection reset")
            ),
            (
                "stall-30s-at-500ms",
                .stalls(
                    at: 500,
                    wait: 1_000,
                    cause: "java.net.SocketTimeoutException: Read timed out"
                )
            ),
            ("https://h/stick-30s-at-2s", .sticks(at: 2_000)), ("slow-30s", .slow(rate: 0.32)),
        ] as [(String, TrackBehaviour)]
    )
    func named(name: String, behaviour: TrackBehaviour) {
        #expect(TrackBehaviour(named: name) == behaviour)
    }
}
