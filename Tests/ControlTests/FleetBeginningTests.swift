import Control
import Lavalink
import Testing

@Suite("A fleet at the beginning")
struct FleetBeginningTests {
    @Test("makes its session resumable before it tells of a player")
    func settles() {
        var kit = FleetKit()
        kit.isReady(session: "s1")
        kit.makePlayer()
        kit.play(.sample("x"))
        #expect(kit.patches().isEmpty)
        let asks = kit.open.map(\.request)
        #expect(asks == [.updateSession(session: "s1", resuming: true, timeout: 60), .info])
        kit.answers { $0 == .info }
        #expect(kit.patches().isEmpty)
        kit.answers { if case .updateSession = $0 { true } else { false } }
        #expect(kit.patches().count == 1)
        #expect(kit.saved.sessions == [.a: "s1"])
        #expect(kit.names.prefix(2) == ["nodeConnect", "nodeReady"])
    }

    @Test("tells everything about a new player in one PATCH")
    func onePatch() {
        var kit = FleetKit()
        kit.comesUp()
        kit.order(.one, .put(PlayerSettings()))
        kit.update { update in
            update.volume = 40
            update.filters = .speed(1.5)
            update.paused = true
        }
        var request = PlayRequest(.track(.sample("x")))
        request.update.position = 30_000
        request.update.paused = true
        kit.order(.one, .play(request))
        #expect(kit.patches().isEmpty, "nothing before there is voice")
        let ticket = kit.order(.one, .setVoice(.sample))
        kit.wait(.milliseconds(49))
        #expect(kit.patches().isEmpty && kit.reply(to: ticket) == nil)
        kit.wait(.milliseconds(1))

        #expect(kit.patches().count == 1)
        let patch = kit.answersPatch()
        #expect(patch?.members == ["track", "position", "volume", "paused", "filters", "voice"])
        #expect(patch?.encoded == "track-x" && patch?.position == 30_000)
        #expect(patch?.volume == 40 && patch?.paused == true)
        #expect(kit.succeeded(ticket))
        #expect(kit.player()?.condition == .paused && kit.open.isEmpty)
    }

    @Test("gathers changes of voice for 50 ms and sends the last")
    func voiceGathering() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        for token in ["t1", "t2", "t3"] {
            kit.forward(.server(.one, token: token, endpoint: "voice.example:443"))
            kit.wait(.milliseconds(10))
        }
        #expect(kit.patches().isEmpty)
        kit.wait(.milliseconds(50))
        #expect(kit.patches().count == 1)
        let patch = kit.answersPatch()
        #expect(patch?.members == ["voice"] && patch?.voice?.token == "t3")
    }

    @Test("waits while the voice server is being replaced")
    func nullEndpoint() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.forward(.server(.one, token: "t2", endpoint: nil))
        kit.wait(.seconds(20))
        #expect(kit.patches().isEmpty)
        kit.forward(.server(.one, token: "t2", endpoint: "other.example:443"))
        kit.wait(.milliseconds(50))
        #expect(kit.answersPatch()?.voice?.endpoint == "other.example:443")
    }

    @Test("keeps voice data that comes before its player")
    func earlyVoice() throws {
        var kit = FleetKit()
        kit.comesUp()
        let channel = ChannelID(rawValue: 7)
        kit.forward(.state(.one, user: .bot, channel: channel, session: "vs"))
        kit.forward(.server(.one, token: "t", endpoint: "voice.example:443"))
        kit.order(.one, .put(PlayerSettings()))
        kit.wait(.milliseconds(50))
        #expect(kit.answersPatch()?.voice?.sessionId == "vs")
    }

    @Test("does not hear of other users' voice")
    func otherUsers() throws {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        let other = try #require(UserID(rawValue: 5))
        kit.forward(.state(.one, user: other, channel: nil, session: "x"))
        kit.wait(.seconds(60))
        #expect(kit.player() != nil)
    }

    @Test("keeps a player for 15 s after the bot left its channel", arguments: [true, false])
    func nullChannel(returns: Bool) {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.forward(.state(.one, user: .bot, channel: nil, session: "voice-session"))
        kit.wait(.milliseconds(14_900))
        #expect(kit.player() != nil && kit.deletions().isEmpty)
        if returns {
            let channel = ChannelID(rawValue: 8)
            kit.forward(.state(.one, user: .bot, channel: channel, session: "vs2"))
        }
        kit.wait(.seconds(20))
        #expect((kit.player() != nil) == returns)
        #expect(kit.deletions().isEmpty == returns)
        #expect(kit.count("playerDestroy") == (returns ? 0 : 1))
    }

    @Test("has one request under way for each player, with all that changed meanwhile in the next")
    func oneAtATime() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        let tickets = [
            kit.update { $0.volume = 10 }, kit.update { $0.volume = 20 },
            kit.update { $0.paused = true },
        ]
        #expect(kit.patches().count == 1)
        kit.answersPatch()
        #expect(kit.patches().count == 1)
        let second = kit.answersPatch()
        #expect(second?.members == ["volume", "paused"] && second?.volume == 20)
        #expect(tickets.allSatisfy { kit.succeeded($0) })
    }

    @Test("sends what a node bears, and no more", arguments: [1, 8, 30])
    func flow(players: Int) {
        var kit = FleetKit()
        kit.comesUp()
        for number in 1...players { kit.makePlayer(GuildID(named: UInt64(number))) }
        // Each answer as fast as the first makes room for one more.
        for told in 0..<players {
            #expect(kit.patches().count == min(8 + told, players - told))
            kit.answers { if case .updatePlayer = $0 { true } else { false } }
        }
        #expect(kit.patches().isEmpty)
    }

    @Test("answers a command that cannot be passed on after 10 s, and carries it out all the same")
    func dispatchTimeout() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        let ticket = kit.update { $0.volume = 10 }
        // The PATCH before it is never answered.
        kit.wait(.seconds(10))
        #expect(kit.failure(of: ticket) == .noNode(retryAfter: .seconds(5), kept: true))
        kit.answersPatch()
        #expect(kit.answersPatch()?.volume == 10)
    }

    @Test("refuses what it cannot do", arguments: [GuildID.one])
    func refusals(guild: GuildID) {
        var kit = FleetKit()
        let unknown = kit.update { $0.volume = 3 }
        #expect(kit.failure(of: unknown) == .unknownPlayer(guild))
        let load = kit.load("x")
        #expect(kit.failure(of: load) == .noNode(retryAfter: .seconds(10), kept: false))
        kit.order(guild, .put(PlayerSettings()))
        let skip = kit.order(guild, .skip)
        #expect(kit.failure(of: skip) == .nothingPlays(guild))
        let connect = kit.order(.b, .connect)
        #expect(kit.failure(of: connect) == .unknownNode(.b))
    }
}
