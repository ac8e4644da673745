import Control
import Lavalink
import Testing

@Suite("A fleet whose nodes come and go")
struct FleetReconnectTests {
    private static let dropped = NodeLink.Loss.closed(code: 1006, reason: "")
    private static let ended = NodeLink.Loss.closed(code: 1001, reason: "")

    /// A player that plays `first` on node a, 10 s into it.
    private static func playing(
        on nodes: [NodeName] = [.a],
        _ change: (inout Options) -> Void = { _ in }
    ) -> (kit: FleetKit, track: Track) {
        var options = Options()
        change(&options)
        var kit = FleetKit(nodes: nodes, options: options)
        kit.comesUp(.a)
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("first"))
        kit.update { update in
            update.volume = 40
            update.filters = .speed(2)
        }
        let track = kit.answersPatch()?.track(like: .sample("first")) ?? .sample("first")
        kit.answersPatch()
        kit.says(.trackStart(track))
        for node in nodes where node != .a { kit.comesUp(node, session: "on-\(node)") }
        kit.wait(.seconds(10))
        kit.published = []
        return (kit, track)
    }

    private static func reported(_ track: Track?, position: Int64 = 15_000) -> NodePlayer {
        .sample(.one, track, position: position, volume: 40, filters: Filters.speed(2).raw)
    }

    /// Waits for the next attempt to reach a node.
    private static func reconnect(_ kit: inout FleetKit, _ node: NodeName = .a) {
        let before = kit.connections[node]?.id
        for _ in 0..<200 where kit.connections[node]?.id == before { kit.wait(.milliseconds(100)) }
        #expect(kit.connections[node]?.id != before, "it never tried again")
    }

    // MARK: Resuming

    @Test("touches nothing after a resume when the node has what is wanted")
    func resumeTouchesNothing() {
        var (kit, track) = Self.playing()
        kit.ends(.a, Self.dropped)
        Self.reconnect(&kit)
        #expect(kit.connections[.a]?.resuming == "s1")
        kit.resumes(having: [Self.reported(track)])
        #expect(kit.open.isEmpty)
        // 15 s of sound at twice the speed.
        #expect(kit.position() == 30_000 && kit.player()?.condition == .playing)
        #expect(kit.count("playersRestored") == 0)
    }

    @Test("mends after a resume only what differs")
    func resumeMends() {
        var (kit, track) = Self.playing()
        kit.ends(.a, Self.dropped)
        let ticket = kit.update { $0.paused = true }
        #expect(kit.failure(of: ticket) != nil && kit.player()?.paused == true)
        Self.reconnect(&kit)
        var found = Self.reported(track)
        found.volume = 100
        kit.resumes(having: [found])
        let patch = kit.answersPatch()
        #expect(patch?.members == ["volume", "paused"] && kit.open.isEmpty)
    }

    @Test("does not send again what arrived before the connection was lost")
    func appliedBeforeLoss() {
        var (kit, _) = Self.playing()
        kit.play(.sample("second"))
        let sent = kit.patches().first
        kit.ends(.a, Self.dropped)
        #expect(kit.open.isEmpty, "requests of a lost connection are let go")
        Self.reconnect(&kit)
        kit.resumes(having: [Self.reported(sent?.track(like: .sample("second")), position: 3_000)])
        #expect(kit.open.isEmpty && kit.position() == 6_000)
    }

    @Test("goes on by hand after an end that nobody heard")
    func unheardEnd() {
        var (kit, _) = Self.playing()
        kit.enqueue([.sample("second")])
        kit.ends(.a, Self.dropped)
        Self.reconnect(&kit)
        kit.resumes(having: [Self.reported(nil)])
        #expect(kit.count("trackEnd") == 1)
        #expect(kit.answersPatch()?.encoded == "track-second")
    }

    @Test("plays a track that never started, instead of taking it for played")
    func neverStarted() {
        var (kit, _) = Self.playing()
        var request = PlayRequest(.track(.sample("second")))
        request.update.position = 30_000
        kit.order(.one, .play(request))
        kit.answersPatch(.a, .timedOut)
        kit.wait(.seconds(1))
        kit.answersPlayers([Self.reported(nil)])
        let again = kit.answersPatch()
        #expect(again?.encoded == "track-second" && again?.position == 30_000)
        #expect(kit.count("trackEnd") == 0)
    }

    // MARK: New sessions

    @Test("gives a new session every player whole, in one PATCH, from where it was")
    func newSession() {
        var (kit, track) = Self.playing()
        kit.ends(.a, Self.dropped)
        Self.reconnect(&kit)
        kit.isReady(session: "s2")
        #expect(kit.patches().isEmpty)
        kit.answers(.a, .noSession) { $0 == .players(session: "s1") }
        kit.answers { if case .updateSession("s2", true, 60) = $0 { true } else { false } }
        let patch = kit.answersPatch()
        #expect(patch?.members == ["track", "position", "volume", "paused", "filters", "voice"])
        #expect(patch?.position == 20_000 && patch?.volume == 40 && patch?.encoded == track.encoded)
        #expect(kit.count("playerRestored") == 1 && kit.count("playersRestored") == 1)
        #expect(kit.fleet.node(.a)?.metrics.playersRestored == 1)
        #expect(kit.saved.sessions == [.a: "s2"])
    }

    @Test("takes down the players of a session that plays on unheard")
    func zombies() {
        var (kit, track) = Self.playing()
        kit.mute = [.a]
        kit.wait(.seconds(16))
        #expect(kit.aborted == [.a] && kit.count("nodeDisconnect") == 1)
        Self.reconnect(&kit)
        kit.isReady(session: "s2")
        kit.answers { if case .updateSession = $0 { true } else { false } }
        kit.answers(.a, .timedOut) { $0 == .players(session: "s1") }
        #expect(kit.patches().isEmpty)
        kit.wait(.seconds(1))
        kit.answersPlayers([Self.reported(track)])
        #expect(kit.deletions() == ["s1/1"] && kit.patches().isEmpty)
        kit.answersDelete()
        #expect(kit.patches().count == 1)
    }

    @Test("goes on to take down an unheard session after another loss")
    func zombiesLater() {
        var (kit, track) = Self.playing()
        kit.mute = [.a]
        kit.wait(.seconds(16))
        kit.mute = []
        Self.reconnect(&kit)
        kit.isReady(session: "s2")
        kit.ends(.a, Self.dropped)
        Self.reconnect(&kit)
        kit.isReady(session: "s3")
        kit.answers { if case .updateSession = $0 { true } else { false } }
        kit.answers(.a, .error(200, "")) { $0 == .players(session: "s1") }
        kit.answers(.a, .noSession) { $0 == .players(session: "s2") }
        #expect(kit.patches().first?.encoded == track.encoded)
    }

    @Test("shakes hands again when the node does not know the session any more")
    func sessionNotFound() {
        var (kit, track) = Self.playing()
        let ticket = kit.update { $0.volume = 70 }
        kit.answersPatch(.a, .noSession)
        #expect(kit.failure(of: ticket) != nil && kit.aborted == [.a])
        Self.reconnect(&kit)
        kit.resumes(having: [Self.reported(track)])
        #expect(kit.answersPatch()?.members == ["volume"])
    }

    // MARK: Other nodes

    @Test("moves the players of a silent node after 15 s, and of one that is gone at once")
    func failover() {
        for (loss, wait) in [(Self.dropped, Duration.seconds(15)), (Self.ended, .zero)] {
            var (kit, _) = Self.playing(on: [.a, .b])
            kit.ends(.a, loss)
            if wait > .zero {
                kit.wait(wait - .milliseconds(1))
                #expect(kit.patches(.b).isEmpty)
                kit.wait(.milliseconds(1))
            }
            let patch = kit.answersPatch(.b)
            #expect(patch?.position == 20_000 && patch?.voice != nil && patch?.volume == 40)
            #expect(kit.count("playerMove") == 1 && kit.assignedNode() == .b)
        }
    }

    @Test("moves the players of a node that refuses connections")
    func refusedMeansGone() {
        var (kit, _) = Self.playing(on: [.a, .b])
        kit.ends(.a, Self.dropped)
        Self.reconnect(&kit)
        kit.ends(.a, .refused("refused"))
        #expect(kit.patches(.b).count == 1)
    }

    @Test("deletes the copies on a node that is back after its players moved")
    func copies() {
        var (kit, track) = Self.playing(on: [.a, .b])
        kit.ends(.a, Self.dropped)
        kit.wait(.seconds(15))
        kit.answersPatch(.b)
        kit.resumes(having: [Self.reported(track)])
        #expect(kit.deletions() == ["s1/1"])
        kit.says(.trackEnd(track, .finished))
        #expect(kit.count("trackEnd") == 0)
        kit.answersDelete()
        #expect(kit.open.isEmpty && kit.assignedNode() == .b)
    }

    @Test("keeps players that no node can take, for the first that comes")
    func nobodyThere() {
        var (kit, _) = Self.playing(on: [.a, .b])
        kit.ends(.b, Self.ended)
        kit.ends(.a, Self.ended)
        kit.wait(.seconds(40))
        #expect(kit.player()?.condition == .waiting)
        Self.reconnect(&kit, .b)
        kit.isReady(.b, session: "new")
        kit.answers(.b, .noSession) { $0 == .players(session: "on-b") }
        kit.answers(.b) { if case .updateSession = $0 { true } else { false } }
        #expect(kit.patches(.b).count == 1)
    }

    // MARK: A node that says no

    @Test("keeps a change that a node could not take, and tries again")
    func kept503() {
        var (kit, _) = Self.playing()
        let ticket = kit.update { $0.volume = 70 }
        kit.answersPatch(.a, .error(503, "busy"))
        #expect(kit.failure(of: ticket) == .rejected(.a, status: 503, message: "busy"))
        #expect(kit.patches().isEmpty)
        kit.wait(.seconds(1))
        #expect(kit.patches().first?.volume == 70)
    }

    @Test("ends a voice connection that never came about before it starts over")
    func voiceTimeout() {
        var (kit, _) = Self.playing()
        kit.forward(.server(.one, token: "t2", endpoint: "voice.example:443"))
        kit.wait(.milliseconds(50))
        kit.answersPatch(.a, .timedOut)
        #expect(kit.deletions() == ["s1/1"] && kit.patches().isEmpty)
        kit.wait(.seconds(2))
        #expect(kit.patches().isEmpty, "the DELETE is still under way")
        kit.answersDelete()
        let patch = kit.answersPatch()
        #expect(patch?.voice?.token == "t2" && patch?.encoded == "track-first")
    }

    @Test("ends a player only after the request for it came back")
    func lateDelete() {
        var (kit, _) = Self.playing()
        kit.update { $0.volume = 70 }
        let ticket = kit.order(.one, .destroy)
        #expect(kit.succeeded(ticket) && kit.deletions().isEmpty)
        kit.makePlayer()
        #expect(kit.patches().count == 1, "that of before")
        kit.answersPatch()
        #expect(kit.deletions() == ["s1/1"] && kit.patches().isEmpty)
        kit.answersDelete()
        #expect(kit.patches().count == 1)
    }

    @Test("leaves a node alone whose breaker is open, but for one probe")
    func breaker() {
        var (kit, _) = Self.playing()
        kit.update { $0.volume = 70 }
        for _ in 1...20 where kit.fleet.node(.a)?.breaker.isClosed == true {
            while !kit.open.isEmpty { kit.answers(.a, .error(502, "proxy")) { _ in true } }
            kit.wait(.seconds(1))
        }
        #expect(kit.open.isEmpty && kit.fleet.node(.a)?.breaker.openUntil != nil)
        let ticket = kit.update { $0.volume = 99 }
        guard case .circuitOpen(.a, let rest, true) = kit.failure(of: ticket) else {
            Issue.record("the command should be refused at once")
            return
        }
        #expect(rest > .zero && rest <= .seconds(60))
        #expect(kit.player()?.volume == 99)
        kit.wait(rest - .seconds(2))
        #expect(kit.open.isEmpty)
        kit.wait(.seconds(5))
        #expect(kit.open.count == 1)
    }

    // MARK: Options, jobs and restarts

    @Test("does nothing by itself when reconnecting is off")
    func reconnectOff() {
        var (kit, _) = Self.playing(on: [.a, .b]) { $0.enableReconnect = false }
        kit.ends(.a, Self.ended)
        kit.wait(.seconds(120))
        #expect(kit.patches(.b).isEmpty && kit.count("nodeReconnecting") == 0)
        #expect(kit.saved == SavedBot())
    }

    @Test("answers for every player that it restores")
    func restoreJob() {
        var (kit, _) = Self.playing(on: [.a, .b])
        kit.order(.two, .put(PlayerSettings()))
        kit.ends(.a, Self.dropped)
        let ticket = kit.restoreAll()
        guard case .restore(_, .success(let reply)) = kit.reply(to: ticket) else {
            Issue.record("no job")
            return
        }
        #expect(kit.fleet.jobs[reply.job]?.failed.map(\.guild) == [.two])
        #expect(kit.fleet.jobs[reply.job]?.isDone == false)
        kit.answersPatch(.b)
        #expect(
            kit.fleet.jobs[reply.job]?.isDone == true
                && kit.fleet.jobs[reply.job]?.restored == [.one]
        )
    }

    @Test("knows after a restart what it had, and sends nothing that is there")
    func restart() {
        var (kit, track) = Self.playing()
        kit.enqueue([.sample("second"), .sample("third")])
        kit.wait(.seconds(5))
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        #expect(reborn.connections[.a]?.resuming == "s1")
        #expect(reborn.player()?.queue.count == 2 && reborn.player()?.volume == 40)
        reborn.resumes(having: [Self.reported(track, position: 20_000)])
        #expect(reborn.open.isEmpty && reborn.position() == 40_000)
        reborn.says(.trackEnd(track, .finished))
        #expect(reborn.answersPatch()?.encoded == "track-second")
    }

    @Test("plays after a restart what was asked for and had not started")
    func restartBeforeStart() {
        var (kit, _) = Self.playing()
        var request = PlayRequest(.track(.sample("second")))
        request.update.position = 30_000
        kit.order(.one, .play(request))
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        reborn.resumes(having: [Self.reported(nil)])
        let patch = reborn.answersPatch()
        #expect(patch?.encoded == "track-second" && patch?.position == 30_000)
    }

    @Test("tells a paused node after a restart from where the music goes on")
    func pausedRestart() {
        var (kit, track) = Self.playing()
        kit.update { $0.paused = true }
        kit.answersPatch()
        kit.update { $0.position = 90_000 }
        kit.answersPatch()
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        var found = Self.reported(track, position: 0)
        found.paused = true
        reborn.resumes(having: [found])
        #expect(reborn.open.isEmpty && reborn.position() == 90_000)
        reborn.update { $0.paused = false }
        let patch = reborn.answersPatch()
        #expect(patch?.members == ["paused", "position"] && patch?.position == 90_000)
        reborn.update { $0.paused = true }
        reborn.answersPatch()
        reborn.update { $0.paused = false }
        #expect(reborn.answersPatch()?.members == ["paused"])
    }

    @Test("silences a player that is made anew after its end was not heard of")
    func whole() {
        var (kit, _) = Self.playing()
        kit.order(.one, .destroy)
        kit.answersDelete(.a, .timedOut)
        kit.makePlayer()
        #expect(kit.answersPatch()?.track == .stop)
    }

    @Test("gives its players to a node that lost them with the restart of both")
    func bothRestart() {
        let (kit, _) = Self.playing()
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        reborn.isReady(session: "s9")
        reborn.answers(.a, .noSession) { $0 == .players(session: "s1") }
        reborn.answers { if case .updateSession = $0 { true } else { false } }
        #expect(reborn.patches().isEmpty)
        reborn.answers { $0 == .info }
        let patch = reborn.answersPatch()
        #expect(patch?.encoded == "track-first" && (patch?.position ?? 0) >= 10_000)
    }
}
