import Control
import Lavalink
import Testing

@Suite("A fleet that chooses nodes")
struct FleetChoiceTests {
    private static let c = NodeName("c")

    private static func stats(playing: Int) -> NodeMessage {
        .stats(
            Stats(
                players: playing,
                playingPlayers: playing,
                uptime: 1,
                memory: Stats.Memory(free: 1, used: 1, allocated: 10, reservable: 10),
                cpu: Stats.CPU(cores: 2, systemLoad: 0.1, lavalinkLoad: 0),
                frameStats: nil
            )
        )
    }

    /// Players from 1 on that play on node a.
    private static func playing(_ count: Int, on nodes: [NodeName]) -> FleetKit {
        var kit = FleetKit(nodes: nodes)
        kit.comesUp(.a)
        for number in 1...UInt64(count) {
            let guild = GuildID(named: number)
            kit.order(guild, .put(PlayerSettings()))
            kit.play(.sample("x"), on: guild)
            kit.order(guild, .setVoice(.sample))
            kit.wait(.milliseconds(50))
            let track = kit.answersPatch(of: guild)?.track(like: .sample("x"))
            kit.says(.trackStart(track ?? .sample("x")), of: guild)
        }
        return kit
    }

    private static func comesUp(_ kit: inout FleetKit, _ node: NodeName, sources: String) {
        kit.isReady(node, session: "on-\(node)")
        kit.answers(node) { if case .updateSession = $0 { true } else { false } }
        let info = Array(#"{"sourceManagers":["\#(sources)"]}"#.utf8)
        kit.answers(node, body: info) { $0 == .info }
    }

    @Test("spreads the players of a node that is gone over those that are left")
    func spreads() {
        var kit = Self.playing(8, on: [.a, .b, Self.c])
        kit.comesUp(.b, session: "on-b")
        kit.comesUp(Self.c, session: "on-c")
        kit.ends(.a, .closed(code: 1001, reason: ""))
        #expect(kit.patches(.b).count == 4 && kit.patches(Self.c).count == 4)
    }

    @Test("takes a node whose numbers are old last")
    func oldStats() {
        var kit = FleetKit(nodes: [.a, .b])
        kit.comesUp(.a)
        kit.comesUp(.b, session: "on-b")
        kit.says(Self.stats(playing: 0), .a)
        kit.wait(.seconds(131))
        kit.says(Self.stats(playing: 300), .b)
        kit.makePlayer(.one)
        #expect(kit.patches(.a).isEmpty && kit.patches(.b).count == 1)
        kit.says(Self.stats(playing: 0), .a)
        kit.makePlayer(.two)
        #expect(kit.patches(.a).count == 1)
    }

    @Test("remembers for ten minutes, or twice as long, what went wrong on a node")
    func failures() {
        var kit = Self.playing(1, on: [.a])
        let failures = { (kit: FleetKit) in
            let all = kit.fleet.candidates(at: kit.now).first?.failures
            return [all?.loads, all?.failedLoads, all?.stuck, all?.exceptions]
        }
        #expect(failures(kit) == [0, 0, 0, 0])
        let broken = TrackException(message: nil, severity: "fault", cause: "x")
        kit.says(.trackException(.sample("x"), broken))
        kit.says(.trackException(.sample("x"), broken))
        kit.says(.trackStuck(.sample("x"), thresholdMs: 1))
        for text in [#"{"loadType":"error","data":{}}"#, #"{"loadType":"empty"}"#] {
            kit.load("x")
            kit.answers(.a, body: Array(text.utf8)) { $0 == .loadTracks(identifier: "x") }
        }
        #expect(failures(kit) == [2, 1, 1, 2])
        kit.wait(.seconds(700))
        kit.says(.trackStuck(.sample("x"), thresholdMs: 1))
        #expect(failures(kit) == [2, 1, 2, 2])
        kit.wait(.seconds(601))
        #expect(failures(kit) == [0, 0, 1, 0])
        kit.wait(.seconds(1_200))
        #expect(failures(kit) == [0, 0, 0, 0])
    }

    @Test("counts a 500 against a node, unless a track or voice may be the reason")
    func serverErrors() {
        var kit = Self.playing(1, on: [.a])
        kit.update { $0.volume = 3 }
        kit.answersPatch(.a, .error(500, "oops"))
        #expect(kit.fleet.node(.a)?.breaker.failures == 1)
        kit.wait(.seconds(1))
        kit.answersPatch()
        kit.play(.sample("bad"))
        kit.answersPatch(.a, .error(500, "No message available"))
        #expect(kit.fleet.node(.a)?.breaker.failures == 0)
        kit.play(.sample("good"))
        kit.answersPatch(.a, .error(502, "proxy"))
        #expect(kit.fleet.node(.a)?.breaker.failures == 1)
    }

    @Test("prefers a node that names the source, and takes one that does not for want of others")
    func sources() {
        for there in [[NodeName.a, .b], [.a]] {
            var kit = FleetKit(nodes: there)
            Self.comesUp(&kit, .a, sources: "http")
            if there.contains(.b) { Self.comesUp(&kit, .b, sources: "local") }
            kit.order(.one, .put(PlayerSettings()))
            kit.play(.sample("x"))
            kit.order(.one, .setVoice(.sample))
            kit.wait(.milliseconds(50))
            #expect(
                kit.assignedNode() == there.last && kit.patches(there[there.count - 1]).count == 1
            )
        }
    }

    @Test("moves a player to a node with its source")
    func movesToSource() {
        var kit = Self.playing(1, on: [.a, .b, Self.c])
        Self.comesUp(&kit, .b, sources: "http")
        Self.comesUp(&kit, Self.c, sources: "local")
        kit.ends(.a, .closed(code: 1001, reason: ""))
        #expect(kit.assignedNode() == Self.c)
    }
}

@Suite("A fleet that brings players back")
struct FleetReturnTests {
    @Test("makes those that are heard first, then paused ones, then those without a track")
    func urgency() {
        var kit = FleetKit()
        kit.comesUp()
        let guilds = (1...6 as ClosedRange<UInt64>).map { GuildID(named: $0) }
        for (index, guild) in guilds.enumerated() {
            kit.makePlayer(guild)
            kit.answersPatch(of: guild)
            guard index % 3 > 0 else { continue }
            kit.play(.sample("x"), on: guild)
            kit.answersPatch(of: guild)
            guard index % 3 == 1 else { continue }
            kit.update(guild) { $0.paused = true }
            kit.answersPatch(of: guild)
        }
        kit.ends(.a, .closed(code: 1006, reason: ""))
        kit.wait(.seconds(2))
        kit.isReady(session: "s2")
        kit.answers(.a, .noSession) { $0 == .players(session: "s1") }
        kit.answers { if case .updateSession = $0 { true } else { false } }
        let order = kit.open.compactMap { request -> UInt64? in
            guard case .updatePlayer(_, let guild, _, _) = request.request else { return nil }
            return guild.rawValue
        }
        #expect(order == [3, 6, 2, 5, 1, 4])
    }

    @Test("tells no position before the node's players were compared")
    func positions() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.play(.sample("x"))
        kit.answersPatch()
        let track = kit.answersPatch()?.track(like: .sample("x"))
        let report = NodeMessage.playerUpdate(
            .one,
            PlayerState(time: 0, position: 900, connected: true, ping: 1)
        )
        kit.ends(.a, .closed(code: 1006, reason: ""))
        kit.wait(.seconds(2))
        kit.isReady(resumed: true)
        kit.published = []
        kit.says(report)
        #expect(kit.count("playerPositionUpdate") == 0)
        kit.answersPlayers([.sample(.one, track, position: 900)])
        kit.says(report)
        #expect(kit.count("playerPositionUpdate") == 1)
    }

    @Test("goes on without filters where the node has disabled them")
    func disabledFilters() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        let ticket = kit.update { update in
            update.filters = .speed(2)
            update.volume = 30
        }
        let message = "Following filters are disabled in the config: timescale"
        kit.answersPatch(.a, .error(400, message))
        #expect(kit.failure(of: ticket) == .rejected(.a, status: 400, message: message))
        #expect(kit.player()?.filters == Filters.none && kit.count("playerFiltersChange") == 2)
        #expect(kit.saved.players.first?.player.filters == Filters.none.raw)
        let again = kit.answersPatch()
        #expect(again?.members == ["filters", "volume"] && again?.filters == Filters.none.raw)
        #expect(again?.volume == 30)
    }

    @Test("does not hear what a former node says of a player")
    func formerNode() {
        var kit = FleetKit(nodes: [.a, .b])
        kit.comesUp(.a)
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("x"))
        let track = kit.answersPatch()?.track(like: .sample("x"))
        kit.comesUp(.b, session: "on-b")
        kit.ends(.a, .closed(code: 1006, reason: ""))
        kit.wait(.seconds(15))
        kit.answersPatch(.b)
        kit.resumes(having: [.sample(.one, track)])
        kit.published = []
        let closed = NodeEvent.webSocketClosed(code: 4006, reason: "", byRemote: true)
        kit.says(closed, of: .one, .a)
        #expect(kit.published.isEmpty)
        kit.says(closed, of: .one, .b)
        #expect(kit.names == ["playerWebSocketClosed", "voiceReconnectRequired"])
    }

    @Test("plays what it was told to before a restart, not what the node has of before that")
    func recalledPlay() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("first"))
        let first = kit.answersPatch()?.track(like: .sample("first"))
        kit.play(.sample("second"))
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        reborn.resumes(having: [.sample(.one, first)])
        #expect(reborn.answersPatch()?.encoded == "track-second")
    }

    @Test("saves the position of a track once a node has it, and not before")
    func untakenPlaces() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("x"))
        let positions = { (kit: FleetKit) in
            kit.changes.count { if case .position = $0 { true } else { false } }
        }
        kit.wait(.seconds(6))
        #expect(positions(kit) == 0)
        kit.answersPatch()
        kit.wait(.seconds(6))
        #expect(positions(kit) == 1)
    }

    @Test("counts its players by what they do, and by their nodes")
    func counts() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.makePlayer(.two)
        kit.answersPatch()
        kit.answersPatch(of: .two)
        kit.play(.sample("x"))
        let counts = { (kit: FleetKit) in
            let counts = kit.fleet.counts
            let node = kit.fleet.node(.a)?.occupancy
            return [
                counts[.playing], counts[.idle], counts.queued, node?.players, node?.playing,
                node?.reserved,
            ]
        }
        kit.enqueue([.sample("y"), .sample("z")])
        #expect(counts(kit) == [1, 1, 2, 2, 1, 0])
        kit.ends(.a, .closed(code: 1006, reason: ""))
        #expect(counts(kit) == [0, 1, 2, 2, 0, 1])
        kit.order(.one, .destroy)
        kit.order(.two, .destroy)
        #expect(counts(kit) == [0, 0, 0, 0, 0, 0])
    }
}
