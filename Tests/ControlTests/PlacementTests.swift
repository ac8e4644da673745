import Control
import Lavalink
import Testing

@Suite("A placement")
struct PlacementTests {
    private static func node(
        _ name: NodeName,
        _ change: (inout Placement.Candidate) -> Void = { _ in }
    ) -> Placement.Candidate {
        var node = Placement.Candidate(name: name)
        node.isReady = true
        node.statsAge = .seconds(1)
        node.stats = stats()
        change(&node)
        return node
    }

    private static func stats(
        playing: Int = 0,
        load: Double = 0.1,
        used: Int64 = 100,
        frames: Stats.FrameStats? = nil
    ) -> Stats {
        Stats(
            players: playing,
            playingPlayers: playing,
            uptime: 1,
            memory: Stats.Memory(free: 0, used: used, allocated: 1_000, reservable: 1_000),
            cpu: Stats.CPU(cores: 2, systemLoad: load, lavalinkLoad: 0),
            frameStats: frames
        )
    }

    @Test("takes the node with the lower penalty, and the first by name among equals")
    func lowest() {
        let loaded = Self.node(.a) { $0.playing = 3 }
        #expect(Placement.choose(among: [loaded, Self.node(.b)]) == .b)
        #expect(Placement.choose(among: [Self.node(.b), Self.node(.a)]) == .a)
        #expect(Placement.choose(among: []) == nil)
    }

    @Test("counts players that are on their way")
    func reservations() {
        let reserved = Self.node(.a) { $0.reserved = 1 }
        #expect(Placement.choose(among: [reserved, Self.node(.b)]) == .b)
        // They weigh as much as those that play.
        let more = Self.node(.a) { $0.reserved = 3 }
        let playing = Self.node(.b) { $0.playing = 2 }
        #expect(Placement.choose(among: [more, playing]) == .b)
    }

    @Test("weighs what a node says of itself, and what went wrong on it")
    func weights() {
        var candidate = Self.node(.a) { node in
            node.stats = Self.stats(
                playing: 7,
                load: 0.5,
                used: 980,
                frames: Stats.FrameStats(sent: 2_000, nulled: 600, deficit: 300)
            )
            node.playing = 5
            node.reserved = 2
            node.failures.loads = 10
            node.failures.failedLoads = 2
            node.failures.stuck = 1
            node.failures.exceptions = 3
        }
        let penalty = Placement.penalty(of: candidate, region: "europe")
        // 7 + 2; 1.05^50 x 10 - 10; 1.03^50 x 600 - 600; twice 1.03^100 x 300 - 300; 10^2 - 1.
        let terms = [
            penalty.players, penalty.cpu, penalty.deficit, penalty.nulled, penalty.memory,
            penalty.loads, penalty.failures, penalty.region,
        ]
        let expected = [9, 104.674, 2_030.344, 10_931.179, 99, 200, 130, 1_000]
        for (term, value) in zip(terms, expected) { #expect(abs(term - value) < 0.01) }
        #expect(abs(penalty.total - expected.reduce(0, +)) < 0.1)
        candidate.failures.loads = 3
        #expect(Placement.penalty(of: candidate).loads == 400, "few loads say little")
        candidate.playing = 8
        #expect(Placement.penalty(of: candidate).players == 10)
    }

    @Test("leaves out nodes that are not ready or lack the source")
    func excluded() {
        let away = Self.node(.a) { $0.isReady = false }
        #expect(Placement.choose(among: [away]) == nil)
        let poor = Self.node(.a) { $0.sources = ["http"] }
        #expect(Placement.choose(among: [poor], source: "youtube") == nil)
        #expect(Placement.choose(among: [poor], source: "http") == .a)
        #expect(Placement.choose(among: [Self.node(.a)], source: "youtube") == .a)
    }

    @Test("takes a node with stale numbers last")
    func stale() {
        let old = Self.node(.a) { $0.statsAge = .seconds(131) }
        let busy = Self.node(.b) { $0.playing = 500 }
        #expect(Placement.choose(among: [old, busy]) == .b)
        #expect(Placement.choose(among: [old]) == .a)
    }

    @Test("leaves out open breakers, unless every node has one")
    func breakers() {
        let open = Self.node(.a) { $0.breakerIsClosed = false }
        let busy = Self.node(.b) { $0.playing = 500 }
        #expect(Placement.choose(among: [open, busy]) == .b)
        #expect(Placement.choose(among: [open]) == .a)
    }

    @Test("prefers the wished region to an idle node elsewhere")
    func region() {
        let near = Self.node(.b) { node in
            node.region = "europe"
            node.playing = 300
        }
        let far = Self.node(.a) { $0.region = "us" }
        #expect(Placement.choose(among: [far, near], region: "europe") == .b)
        #expect(Placement.choose(among: [far, near]) == .a)
    }

    @Test("never lowers the penalty of a node for more load", arguments: UInt64(0)..<200)
    func monotonous(seed: UInt64) {
        var generator = Generator(seed: seed)
        var numbers = Numbers(using: &generator)
        let before = Placement.penalty(of: numbers.candidate)
        numbers.growOne(using: &generator)
        let after = Placement.penalty(of: numbers.candidate)
        #expect(after.total >= before.total)
        #expect(before.total >= 0 && after.total.isFinite)
    }

    /// What a penalty is made of, each of which may grow.
    private struct Numbers {
        var values: [Int]

        init(using generator: inout Generator) {
            values = (0..<9).map { _ in Int.random(in: 0...1_000, using: &generator) }
        }

        mutating func growOne(using generator: inout Generator) {
            values[Int.random(in: 0..<9, using: &generator)] += Int.random(
                in: 1...2_000,
                using: &generator
            )
        }

        var candidate: Placement.Candidate {
            PlacementTests.node(.a) { node in
                node.playing = values[0]
                node.reserved = values[1]
                node.failures.failedLoads = values[2]
                node.failures.stuck = values[3]
                node.failures.exceptions = values[4]
                node.stats = PlacementTests.stats(
                    playing: values[5],
                    load: Double(values[6]) / 1_000,
                    used: Int64(values[7]),
                    frames: Stats.FrameStats(sent: 3_000, nulled: values[8], deficit: values[8])
                )
            }
        }
    }
}
