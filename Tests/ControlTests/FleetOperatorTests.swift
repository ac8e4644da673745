import Control
import Lavalink
import Testing

@Suite("A fleet that is operated")
struct FleetOperatorTests {
    private static let dropped = NodeLink.Loss.closed(code: 1006, reason: "")

    /// A player that plays on node a.
    private static func playing(
        on nodes: [NodeName] = [.a, .b],
        _ change: (inout Options) -> Void = { _ in }
    ) -> (kit: FleetKit, track: Track) {
        var options = Options()
        change(&options)
        var kit = FleetKit(nodes: nodes, options: options)
        kit.comesUp(.a)
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("first"))
        let track = kit.answersPatch()?.track(like: .sample("first")) ?? .sample("first")
        kit.says(.trackStart(track))
        for node in nodes where node != .a { kit.comesUp(node, session: "on-\(node)") }
        return (kit, track)
    }

    private static func isParting(_ request: NodeRequest) -> Bool {
        request == .updateSession(session: "s1", resuming: false, timeout: nil)
    }

    // MARK: Disconnecting

    @Test("ends a session before its players start elsewhere", arguments: [true, false])
    func disconnect(isAnswered: Bool) {
        var (kit, _) = Self.playing()
        let ticket = kit.order(.a, .disconnect)
        #expect(kit.succeeded(ticket) && kit.has(.a, Self.isParting))
        #expect(kit.aborted.isEmpty && kit.patches(.b).isEmpty)
        if isAnswered { kit.answers(to: Self.isParting) } else { kit.wait(.seconds(2)) }
        #expect(kit.aborted == [.a] && kit.patches(.b).count == 1)
        #expect(kit.count("nodeDisconnect") == 1 && kit.open.count == 1)
        kit.wait(.seconds(60))
        #expect(kit.fleet.node(.a)?.link.state == .disabled)
    }

    @Test("does not come back when the connection breaks before the node has answered")
    func lostWhileParting() {
        var (kit, _) = Self.playing()
        kit.order(.a, .disconnect)
        kit.ends(.a, Self.dropped)
        #expect(kit.fleet.node(.a)?.link.state == .disabled)
        #expect(kit.patches(.b).count == 1 && kit.count("nodeReconnecting") == 0)
    }

    @Test("connects again when it is asked to before it has parted")
    func connectWhileParting() {
        var (kit, _) = Self.playing()
        let before = kit.connections[.a]?.id
        kit.order(.a, .disconnect)
        kit.order(.a, .connect)
        #expect(kit.aborted == [.a] && kit.connections[.a]?.id != before)
    }

    // MARK: Restoring

    @Test("leaves players alone whose node is about to say whether it has them")
    func restoreWhileResuming() {
        var (kit, track) = Self.playing()
        let before = kit.connections[.a]?.id
        kit.ends(.a, Self.dropped)
        while kit.connections[.a]?.id == before { kit.wait(.milliseconds(100)) }
        kit.restoreAll()
        #expect(kit.patches(.b).isEmpty)
        kit.isReady(.a, session: "s1", resumed: true)
        kit.restoreAll()
        #expect(kit.patches(.b).isEmpty)
        kit.answersPlayers([.sample(.one, track)])
        #expect(kit.open.isEmpty && kit.assignedNode() == .a)
        #expect(kit.fleet.jobs.values.allSatisfy { $0.restored == [.one] })
    }

    @Test("takes down an unheard session's players a few at a time")
    func reaping() {
        var (kit, _) = Self.playing(on: [.a])
        kit.ends(.a, Self.dropped)
        kit.wait(.seconds(2))
        kit.isReady(session: "s2")
        kit.answers { if case .updateSession = $0 { true } else { false } }
        let unheard = (1...20 as ClosedRange<UInt64>).map {
            NodePlayer.sample(GuildID(named: $0), nil)
        }
        kit.answersPlayers(unheard)
        for gone in 0..<20 {
            #expect(kit.deletions().count == min(8, 20 - gone) && kit.patches().isEmpty)
            kit.answersDelete()
        }
        #expect(kit.patches().count == 1)
    }

    // MARK: Without reconnecting

    @Test("saves, restores and forgets only when it is asked to, with reconnecting off")
    func byHand() {
        var off = Options()
        off.enableReconnect = false
        var (kit, _) = Self.playing(on: [.a]) { $0.enableReconnect = false }
        kit.enqueue([.sample("second")])
        #expect(kit.changes.isEmpty)
        kit.saveAll()
        #expect(kit.saved.players.first?.queue.count == 1)
        kit.order(.one, .skip)
        #expect(kit.saved.players.first?.queue.count == 1)

        var reborn = FleetKit(options: off, saved: kit.saved, seed: 2)
        reborn.comesUp(session: "s9")
        #expect(reborn.player() == nil && reborn.patches().isEmpty)
        reborn.restoreAll()
        #expect(reborn.patches().first?.encoded == "track-first")

        var cleared = FleetKit(options: off, saved: kit.saved, seed: 2)
        cleared.clearAll()
        #expect(cleared.changes == [.removeAllPlayers])
        cleared.restoreAll()
        #expect(cleared.player() == nil)
    }

    @Test("writes anew what was saved and nothing else, with reconnecting off")
    func rescueByHand() {
        var (kit, _) = Self.playing(on: [.a]) { $0.enableReconnect = false }
        kit.saveAll()
        let saved = kit.saved.players
        kit.makePlayer(.two)
        kit.order(.one, .skip)
        #expect(kit.fleet.savedBot(now: kit.now).players == saved)

        var off = Options()
        off.enableReconnect = false
        var reborn = FleetKit(options: off, saved: kit.saved, seed: 2)
        reborn.comesUp(session: "s9")
        #expect(reborn.fleet.savedBot(now: reborn.now).players == saved)
    }

    @Test("does what it promised once an operator connects again, with reconnecting off")
    func promised() {
        var (kit, _) = Self.playing(on: [.a]) { $0.enableReconnect = false }
        kit.ends(.a, Self.dropped)
        let ticket = kit.update { $0.volume = 70 }
        guard case .noNode(_, kept: true) = kit.failure(of: ticket) else {
            Issue.record("it should be kept")
            return
        }
        kit.order(.a, .connect)
        kit.comesUp(session: "s1")
        #expect(kit.patches().first?.volume == 70)
    }

    // MARK: Places

    @Test("refuses starts and seeks that would end the track at once")
    func positions() {
        var (kit, _) = Self.playing(on: [.a])
        let bad: [(Int64?, Int64?)] = [
            (180_000, nil), (.max, nil), (50_000, 50_000), (nil, 1), (50_000, 20_000),
        ]
        kit.wait(.seconds(10))
        for (position, endTime) in bad {
            let ticket = kit.update {
                $0.position = position; $0.endTime = endTime
            }
            guard case .notPlayable = kit.failure(of: ticket) else {
                Issue.record("\(position ?? -1) to \(endTime ?? -1) was taken")
                continue
            }
        }
        #expect(kit.patches().isEmpty && kit.position() == 10_000)
        var request = PlayRequest(.identifier("song"))
        request.update.position = 1_000
        let ticket = kit.order(.one, .play(request))
        let track = #"{"encoded":"e","info":{"identifier":"song","length":1000}}"#
        let body = Array(#"{"loadType":"track","data":\#(track)}"#.utf8)
        kit.answers(.a, body: body) { $0 == .loadTracks(identifier: "song") }
        #expect(
            kit.failure(of: ticket)
                == .notPlayable(
                    reason: "the position must be less than the track's length, 1000 ms"
                )
        )
        #expect(kit.patches().isEmpty)
    }

    @Test("refuses a seek where nothing plays, and in a stream")
    func noPlaces() {
        var (kit, _) = Self.playing(on: [.a])
        kit.order(.one, .stop)
        kit.answersPatch()
        let idle = kit.update { $0.position = 5 }
        #expect(kit.failure(of: idle) == .nothingPlays(.one))
        kit.play(.sample("radio", isStream: true))
        kit.answersPatch()
        let seek = kit.update { $0.position = 5 }
        #expect(kit.failure(of: seek) == .isStream(.one))
        let end = kit.update { $0.endTime = 5 }
        #expect(kit.failure(of: end) == .isStream(.one))
    }

    @Test("goes on with the queue when a saved track was over")
    func overWhenSaved() {
        var (kit, _) = Self.playing(on: [.a])
        var state = SavedState()
        state.current = .sample("over")
        state.update.position = 180_000
        state.queue = [.sample("next")]
        kit.order(.one, .restore(state))
        #expect(kit.patches().first?.encoded == "track-next")
        #expect(kit.player()?.queue.isEmpty == true)
    }

    @Test("tells a node after a restart the position and the end that it may not have heard of")
    func unconfirmed() {
        var (kit, track) = Self.playing(on: [.a])
        kit.update {
            $0.position = 90_000; $0.endTime = 120_000
        }
        kit.wait(.seconds(6))
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        reborn.resumes(having: [.sample(.one, track, position: 6_000)])
        let patch = reborn.answersPatch()
        #expect(patch?.members == ["position", "endTime"])
        #expect(patch?.position == 90_000 && patch?.endTime == 120_000)

        kit.answersPatch()
        var again = FleetKit(saved: kit.saved, seed: 3)
        again.resumes(having: [.sample(.one, track, position: 91_000)])
        #expect(again.open.isEmpty && again.position() == 91_000)
    }

    @Test("owes a node no position that went out with its track")
    func toldWithTrack() {
        var kit = FleetKit()
        kit.comesUp()
        kit.order(.one, .put(PlayerSettings()))
        kit.play(.sample("x"))
        kit.update { $0.position = 30_000 }
        #expect(kit.saved.players.first?.player.unconfirmed == .position)
        kit.order(.one, .setVoice(.sample))
        kit.wait(.milliseconds(50))
        #expect(kit.answersPatch()?.position == 30_000)
        #expect(kit.saved.players.first?.player.unconfirmed == [])
    }

    @Test("goes on waiting after a restart for a bot that has left its channel")
    func leftBeforeRestart() {
        var (kit, track) = Self.playing(on: [.a])
        kit.forward(.state(.one, user: .bot, channel: nil, session: "x"))
        var reborn = FleetKit(saved: kit.saved, seed: 2)
        reborn.resumes(having: [.sample(.one, track)])
        reborn.wait(.seconds(15))
        #expect(reborn.player() == nil)
    }

    @Test("spreads players that are placed within one moment")
    func spreading() {
        var kit = FleetKit(nodes: [.a, .b])
        let guilds = (1...10 as ClosedRange<UInt64>).map { GuildID(named: $0) }
        kit.comesUp(.a)
        kit.comesUp(.b, session: "on-b")
        for guild in guilds {
            kit.order(guild, .put(PlayerSettings()))
            kit.play(.sample("x"), on: guild)
            kit.order(guild, .setVoice(.sample))
        }
        let onA = guilds.count { kit.assignedNode($0) == .a }
        #expect(onA == 5)
    }
}
