import Control
import Lavalink
import Testing
import Wire

@Suite("A fleet that hears absurd things")
struct FleetExtremesTests {
    /// A player that plays on node a.
    private static func playing(_ track: Track) -> (kit: FleetKit, track: Track) {
        var kit = FleetKit()
        kit.comesUp(.a)
        kit.makePlayer()
        kit.answersPatch()
        kit.play(track)
        let sent = kit.answersPatch()?.track(like: track) ?? track
        kit.says(.trackStart(sent))
        return (kit, sent)
    }

    private static let extremes = [Int64.min, -1, 0, Int64.max - 1, Int64.max]

    @Test("outlives any position, in a report and in a comparison", arguments: extremes)
    func positions(position: Int64) throws {
        for isStream in [false, true] {
            var (kit, track) = Self.playing(.sample("first", isStream: isStream))
            let state = PlayerState(time: position, position: position, connected: true, ping: 1)
            kit.says(.playerUpdate(.one, state))
            kit.wait(.seconds(6))
            kit.update { $0.filters = .speed(0.05) }
            kit.answersPatch()
            kit.says(.playerUpdate(.one, state))
            kit.update { $0.paused = true }
            kit.answersPatch()
            kit.update { $0.paused = false }
            kit.answersPatch()
            kit.ends(.a, .closed(code: 1006, reason: ""))
            kit.wait(.seconds(2))
            kit.resumes(having: [.sample(.one, track, position: position)])
            kit.wait(.seconds(6))
            let position = try #require(kit.position())
            #expect(position >= 0 && position <= TrackInfo.longest)
        }
    }

    private static func stats(_ number: Int64, load: Double) -> Stats {
        let count = Int(number)
        return Stats(
            players: count,
            playingPlayers: count,
            uptime: number,
            memory: Stats.Memory(free: number, used: number, allocated: number, reservable: number),
            cpu: Stats.CPU(cores: count, systemLoad: load, lavalinkLoad: -load),
            frameStats: Stats.FrameStats(sent: count, nulled: count, deficit: count)
        )
    }

    @Test("outlives any stats, and takes the node with the better ones", arguments: extremes)
    func stats(number: Int64) {
        var kit = FleetKit(nodes: [.a, .b])
        kit.comesUp(.a)
        kit.comesUp(.b, session: "on-b")
        kit.says(.stats(Self.stats(number, load: 1e300)), .a)
        kit.says(.stats(Self.stats(0, load: 0.1)), .b)
        for number in 1...3 as ClosedRange<UInt64> { kit.makePlayer(GuildID(named: number)) }
        #expect(kit.patches(.a).isEmpty && kit.patches(.b).count == 3)
    }

    @Test("outlives tracks of any length, and any request for a rest", arguments: extremes)
    func lengths(length: Int64) {
        var info = Track.sample("long").info
        info.length = length
        let long = Track(encoded: "long", info: info)
        var (kit, track) = Self.playing(long)
        kit.enqueue(Array(repeating: NewEntry(track: long), count: 3))
        kit.wait(.seconds(10))
        kit.says(.trackStuck(track, thresholdMs: length))
        kit.update { $0.position = length }
        kit.update { $0.volume = 3 }
        let rest = Fleet.NodeAnswer.response(status: 429, body: [], retryAfter: .seconds(length))
        kit.answersPatch(.a, rest)
        #expect(kit.patches().isEmpty == (length > 0))
        kit.wait(.seconds(3600))
        #expect(kit.player()?.condition == .playing)
    }
}

@Suite("A fleet with little mends")
struct FleetMendsTests {
    /// A player that plays on node a, with b beside it.
    private static func playing() -> (kit: FleetKit, track: Track) {
        var kit = FleetKit(nodes: [.a, .b])
        kit.comesUp(.a)
        kit.makePlayer()
        kit.answersPatch()
        kit.play(.sample("first"))
        let track = kit.answersPatch()?.track(like: .sample("first")) ?? .sample("first")
        kit.says(.trackStart(track))
        kit.comesUp(.b, session: "on-b")
        return (kit, track)
    }

    @Test("moves the players of a node that opens again and again and is never ready")
    func graceIsNotPutOff() {
        var (kit, _) = Self.playing()
        kit.ends(.a, .closed(code: 1006, reason: ""))
        for _ in 1...14 {
            kit.wait(.seconds(1))
            guard kit.fleet.node(.a)?.link.connection != nil else { continue }
            kit.opens()
            kit.ends(.a, .closed(code: 1006, reason: ""))
        }
        #expect(kit.patches(.b).isEmpty)
        kit.wait(.seconds(1))
        #expect(kit.patches(.b).count == 1)
    }

    @Test("keeps the queue of a live player after everything was forgotten")
    func queueAfterClear() {
        var (kit, _) = Self.playing()
        kit.enqueue([.sample("second"), .sample("third")])
        kit.clearAll()
        #expect(kit.saved.players.isEmpty)
        kit.update { $0.volume = 20 }
        #expect(kit.saved.players.first?.queue.count == 2)
    }

    @Test("keeps a live player as a whole when a command comes after everything was forgotten")
    func addAfterClear() {
        for isUpdate in [false, true] {
            var (kit, _) = Self.playing()
            kit.enqueue([.sample("second")])
            kit.clearAll()
            if isUpdate { kit.update { $0.volume = 100 } } else { kit.enqueue([.sample("third")]) }
            let kept = kit.saved.players.first
            #expect(kept?.player.current != nil && kept?.player.voice.token != nil)
            #expect(kept?.queue.count == (isUpdate ? 1 : 2))
        }
    }

    @Test("does not send voice again to a node that reports no channel", arguments: [nil, ""])
    func oldNode(channel: String?) {
        var (kit, track) = Self.playing()
        kit.ends(.a, .closed(code: 1006, reason: ""))
        kit.wait(.seconds(2))
        var found = NodePlayer.sample(.one, track, position: 2_000)
        found.voice.channelId = channel
        kit.resumes(having: [found])
        #expect(kit.patches().isEmpty)
    }

    @Test("bears as many requests after a thousand light ones as before")
    func lightRequests() {
        var (kit, _) = Self.playing()
        let limit = kit.fleet.node(.a)?.outbox.flow.limit
        for turn in 1...40 {
            kit.update { $0.volume = turn }
            if turn > 1 { kit.wait(.milliseconds(50)) }
            kit.answersPatch()
        }
        #expect(kit.fleet.node(.a)?.outbox.flow.limit == limit)
    }

    @Test("does not ask for voice while the bot has left, and waits after 4021")
    func left() {
        var (kit, _) = Self.playing()
        kit.forward(.state(.one, user: .bot, channel: nil, session: "x"))
        kit.says(.webSocketClosed(code: 4014, reason: "", byRemote: true))
        kit.wait(.seconds(14))
        #expect(kit.count("voiceReconnectRequired") == 0)
        var (other, _) = Self.playing()
        other.says(.webSocketClosed(code: 4021, reason: "", byRemote: true))
        #expect(other.count("voiceReconnectRequired") == 0)
        other.wait(.seconds(2))
        #expect(other.count("voiceReconnectRequired") == 1)
    }

    @Test("loads through a node that did not ask for a rest, and refuses when all did")
    func rests() {
        var (kit, _) = Self.playing()
        let rest = Fleet.NodeAnswer.response(status: 429, body: [], retryAfter: .seconds(30))
        kit.load("x")
        #expect(kit.has(.a) { $0 == .loadTracks(identifier: "x") } == false)
        kit.answers(.b, rest) { $0 == .loadTracks(identifier: "x") }
        kit.load("y")
        kit.answers(.a, rest) { $0 == .loadTracks(identifier: "y") }
        let ticket = kit.load("z")
        #expect(kit.failure(of: ticket) == .noNode(retryAfter: .seconds(30), kept: false))
        kit.wait(.seconds(30))
        kit.load("z")
        #expect(kit.has(.b) { $0 == .loadTracks(identifier: "z") })
    }

    @Test("says to a bot when the next attempt is, not when the next ping is")
    func retryAfter() {
        var (kit, _) = Self.playing()
        kit.ends(.b, .closed(code: 1006, reason: ""))
        kit.wait(.milliseconds(1))
        kit.order(.b, .disconnect)
        kit.order(.a, .disconnect)
        kit.wait(.seconds(2))
        let ticket = kit.update { $0.volume = 5 }
        #expect(kit.failure(of: ticket) == .noNode(retryAfter: .seconds(5), kept: true))
    }

    @Test("keeps the latest of the voice data that comes before its players")
    func earlyVoice() {
        var limits = Limits.standard
        limits.earlyVoices = 4
        var kit = FleetKit(limits: limits)
        kit.comesUp()
        let early = { (kit: inout FleetKit, number: UInt64) in
            let guild = GuildID(named: number)
            kit.forward(
                .state(guild, user: .bot, channel: ChannelID(rawValue: 7), session: "s")
            )
            kit.forward(.server(guild, token: "t", endpoint: "voice.example"))
        }
        // A guild that comes and goes is remembered once.
        for _ in 1...10 {
            early(&kit, 1)
            kit.forward(.state(.one, user: .bot, channel: nil, session: "s"))
        }
        for number in 2...5 as ClosedRange<UInt64> { early(&kit, number) }
        kit.order(GuildID(named: 2), .put(PlayerSettings()))
        #expect(kit.player(GuildID(named: 2))?.hasVoice == true)
        for number in 6...7 as ClosedRange<UInt64> { early(&kit, number) }
        for number in [3, 7] as [UInt64] {
            let guild = GuildID(named: number)
            kit.order(guild, .put(PlayerSettings()))
            #expect(kit.player(guild)?.hasVoice == (number == 7))
        }
    }
}
