/// How many requests a node bears at once, learnt from how fast it answers.
///
/// A node on two cores takes 0.2 s for one voice connection and 15 s for one of 128
/// (`lavalink-v4.md` §19); a big one takes hundreds. So the limit starts at 8, grows by one with
/// each answer within twice the fastest seen, and halves on a timeout or when the median of the
/// recent answers passes four times the fastest, between 4 and 128. Each weight has a fastest of
/// its own: beside a change of volume, which takes 1 ms, every voice connection would seem slow.
package struct FlowLimit: Sendable {
    package static let initial = 8
    package static let range = 4...128
    private static let window = 15

    /// What a request costs the node, by orders of magnitude.
    package enum Weight: Sendable, Equatable {
        /// A voice connection to be made.
        case voice
        /// A track to be started.
        case track
        /// Answered at once, whatever the load: its speed says nothing.
        case light
    }

    package private(set) var limit = initial
    package private(set) var inFlight = 0
    private var fastest: [Weight: Duration] = [:]
    /// How many times as long as the fastest of their weight they took.
    private var recent: [Double] = []

    package init() {}

    package var hasRoom: Bool { inFlight < limit }

    package mutating func sent() { inFlight += 1 }

    package mutating func answered(after latency: Duration, of weight: Weight) {
        inFlight = max(0, inFlight - 1)
        guard weight != .light else { return }
        let fastest = min(fastest[weight] ?? latency, latency)
        self.fastest[weight] = fastest
        let ratio = fastest > .zero ? latency / fastest : 1
        recent.append(ratio)
        if recent.count >= Self.window {
            let median = recent.sorted()[recent.count / 2]
            recent.removeAll(keepingCapacity: true)
            if median > 4 { return halve() }
        }
        if ratio <= 2 { limit = min(limit + 1, Self.range.upperBound) }
    }

    package mutating func timedOut() {
        inFlight = max(0, inFlight - 1)
        halve()
    }

    /// An outcome that says nothing of speed.
    package mutating func failed() { inFlight = max(0, inFlight - 1) }

    private mutating func halve() { limit = max(limit / 2, Self.range.lowerBound) }
}
