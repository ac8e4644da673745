package import Lavalink

/// Chooses the node for a player, by the penalty that clients of Lavalink share.
package enum Placement {
    /// What is known of a node when a choice is made.
    package struct Candidate: Sendable, Equatable {
        package var name: NodeName
        /// Ready, active, and settled after its last connection.
        package var isReady: Bool
        /// Closed, and the node has not answered 429 with a Retry-After that lasts.
        package var breakerIsClosed: Bool
        /// Sources that it has; nil when it has not said yet.
        package var sources: Set<String>?
        package var stats: Stats?
        /// How old the stats are.
        package var statsAge: Duration?
        /// Players of ours that play there, and those on their way.
        package var playing: Int
        package var reserved: Int
        package var failures: Failures
        package var region: String?

        package init(name: NodeName) {
            self.name = name
            isReady = false
            breakerIsClosed = true
            playing = 0
            reserved = 0
            failures = Failures()
        }
    }

    /// What went wrong on a node in the last ten minutes.
    package struct Failures: Sendable, Equatable {
        package var loads = 0
        package var failedLoads = 0
        package var stuck = 0
        package var exceptions = 0

        package init() {}
    }

    /// Why a node ranks where it does; lower is better, and every term is 0 or more.
    package struct Penalty: Sendable, Equatable {
        package var players: Double = 0
        package var cpu: Double = 0
        package var deficit: Double = 0
        package var nulled: Double = 0
        package var memory: Double = 0
        package var loads: Double = 0
        package var failures: Double = 0
        package var region: Double = 0
        /// Whether the numbers are too old to be believed: such a node ranks last.
        package var isStale = false

        package var total: Double {
            players + cpu + deficit + nulled + memory + loads + failures + region
        }
    }

    /// Stats come every 60 s: beyond two of them the numbers are no longer believed.
    static let staleAfter: Duration = .seconds(130)
    /// What another region than the desired one costs.
    static let regionMismatch = 1000.0

    /// The best of the nodes that may take a player.
    ///
    /// - Parameters:
    ///   - candidates: every node of the bot.
    ///   - source: the source of the track, which the node must have when it says what it has.
    ///   - region: the region near which the voice channel is, when known.
    /// - Returns: nil when none is ready. Open breakers rule a node out, unless all have one.
    package static func choose(
        among candidates: [Candidate],
        source: String? = nil,
        region: String? = nil
    ) -> NodeName? {
        let ready = candidates.filter { candidate in
            guard candidate.isReady else { return false }
            guard let source, let sources = candidate.sources else { return true }
            return sources.contains(source)
        }
        let sound = ready.filter(\.breakerIsClosed)
        let choice = sound.isEmpty ? ready : sound
        return choice.map { (candidate: $0, penalty: penalty(of: $0, region: region)) }
            .min { left, right in
                if left.penalty.isStale != right.penalty.isStale { return right.penalty.isStale }
                if left.penalty.total != right.penalty.total {
                    return left.penalty.total < right.penalty.total
                }
                if left.candidate.reserved != right.candidate.reserved {
                    return left.candidate.reserved < right.candidate.reserved
                }
                return left.candidate.name < right.candidate.name
            }?.candidate.name
    }

    /// The classic penalty of Lavalink's clients, with memory, failures and region beside it.
    package static func penalty(of node: Candidate, region: String? = nil) -> Penalty {
        var penalty = Penalty()
        penalty.players =
            Double(max(node.playing, node.stats?.playingPlayers ?? 0)) + Double(node.reserved)
        if let stats = node.stats {
            penalty.cpu = power(1.05, 100 * max(stats.cpu.systemLoad, 0)) * 10 - 10
            let frames = stats.frameStats
            penalty.deficit = frameTerm(frames?.deficit ?? 0, weight: 600)
            penalty.nulled = 2 * frameTerm(frames?.nulled ?? 0, weight: 300)
            penalty.memory = memoryTerm(stats)
        }
        penalty.isStale = node.statsAge.map { $0 > staleAfter } ?? true
        penalty.loads =
            1000 * Double(node.failures.failedLoads) / Double(max(5, node.failures.loads))
        penalty.failures = Double(100 * node.failures.stuck + 10 * node.failures.exceptions)
        if let region, node.region != region { penalty.region = regionMismatch }
        return penalty
    }

    /// Frames of the last minute that were lost, of 3,000.
    private static func frameTerm(_ frames: Int, weight: Double) -> Double {
        power(1.03, 500 * Double(min(max(frames, 0), 3000)) / 3000) * weight - weight
    }

    /// Grows from 96 % of the heap on.
    private static func memoryTerm(_ stats: Stats) -> Double {
        guard stats.memory.reservable > 0 else { return 0 }
        let used = 100 * Double(stats.memory.used) / Double(stats.memory.reservable)
        return max(power(10, used - 96), 1) - 1
    }

    /// `base` to the power of `exponent`, capped: a node beyond a billion is simply the worst.
    private static func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        var factor = base
        var whole = Int(min(max(exponent, 0), 1e4))
        let fraction = min(max(exponent, 0), 1e4) - Double(whole)
        while whole > 0 {
            if whole & 1 == 1 { result = min(result * factor, 1e9) }
            factor = min(factor * factor, 1e9)
            whole >>= 1
        }
        // Between two whole exponents a straight line is near enough, and grows as it must.
        return min(result * (1 + (base - 1) * fraction), 1e9)
    }
}
