import Control
import Lavalink
import Testing

@Suite("A fleet that plays")
struct FleetPlayingTests {
    /// A player on a node that plays a track, with others in the queue.
    private static func playing(
        _ track: Track = .sample("first"),
        then queue: [String] = [],
        _ change: (inout PlayerUpdate) -> Void = { _ in }
    ) -> (kit: FleetKit, track: Track) {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.play(track)
        kit.update(.one, change)
        let sent = kit.answersPatch()?.track(like: track) ?? track
        if !kit.patches().isEmpty { kit.answersPatch() }
        kit.says(.trackStart(sent))
        if !queue.isEmpty { kit.enqueue(queue.map { .sample($0) }) }
        kit.published = []
        return (kit, sent)
    }

    /// The track that was started last, and the answer to the PATCH that did.
    private static func started(_ kit: inout FleetKit, _ name: String) -> Track {
        let patch = kit.answersPatch()
        #expect(patch?.encoded == "track-\(name)")
        return patch?.track(like: .sample(name)) ?? .sample(name)
    }

    @Test("goes on exactly once when a track ends, whatever is said again")
    func advancesOnce() {
        var (kit, first) = Self.playing(then: ["second", "third"])
        kit.says(.trackEnd(first, .finished))
        kit.says(.trackEnd(first, .finished))
        let second = Self.started(&kit, "second")
        kit.says(.trackEnd(first, .finished))
        kit.says(.trackEnd(first, .loadFailed))
        kit.says(.trackEnd(.sample("second"), .finished))
        #expect(kit.patches().isEmpty && kit.player()?.queue.count == 1)
        #expect(kit.count("trackEnd") == 1)
        kit.says(.trackEnd(second, .finished))
        _ = Self.started(&kit, "third")
        #expect(kit.player()?.queue.isEmpty == true && kit.count("queueEnd") == 0)
    }

    @Test("stays where it is for ends that are its own doing", arguments: ["stopped", "replaced"])
    func ownEnds(reason: String) {
        var (kit, first) = Self.playing(then: ["second", "third"])
        kit.order(.one, .skip)
        let second = Self.started(&kit, "second")
        kit.says(.trackEnd(first, TrackEndReason(reason)))
        #expect(kit.patches().isEmpty && kit.player()?.queue.count == 1)
        #expect(kit.count("trackEnd") == 1)
        kit.says(.trackEnd(first, TrackEndReason(reason)))
        #expect(kit.count("trackEnd") == 1)
        kit.says(.trackEnd(second, .finished))
        #expect(kit.patches().count == 1)
    }

    @Test("repeats a track, a queue, or nothing", arguments: LoopMode.allCases)
    func loops(mode: LoopMode) {
        var (kit, first) = Self.playing(then: ["second"]) { $0.loop = mode }
        kit.says(.trackEnd(first, .finished))
        let next = Self.started(&kit, mode == .track ? "first" : "second")
        kit.says(.trackEnd(next, .finished))
        switch mode {
        case .none: #expect(kit.patches().isEmpty && kit.count("queueEnd") == 1)
        case .track, .queue: _ = Self.started(&kit, "first")
        }
    }

    @Test("leaves a repeated track when it is skipped")
    func skipLeavesLoop() {
        var (kit, _) = Self.playing(then: ["second"]) { $0.loop = .track }
        kit.order(.one, .skip)
        _ = Self.started(&kit, "second")
    }

    @Test("stops the node when the last track is skipped")
    func skipLast() {
        var (kit, first) = Self.playing()
        let ticket = kit.order(.one, .skip)
        #expect(kit.answersPatch()?.track == .stop)
        kit.says(.trackEnd(first, .stopped))
        #expect(kit.succeeded(ticket) && kit.player()?.condition == .idle)
        #expect(kit.names == ["trackSkip", "queueEnd", "trackEnd"])
    }

    @Test("suspends a queue that fails three times within 35 s", arguments: [5, 20])
    func failureBudget(secondsBetween: Int64) {
        var (kit, track) = Self.playing(then: ["f2", "f3", "f4", "f5"])
        for name in ["f2", "f3", "f4"] {
            kit.wait(.seconds(secondsBetween))
            kit.says(.trackEnd(track, .loadFailed))
            if kit.count("queueSuspended") > 0 { break }
            track = Self.started(&kit, name)
        }
        let suspends = secondsBetween == 5
        #expect((kit.count("queueSuspended") == 1) == suspends)
        #expect(kit.patches().isEmpty)
        guard suspends else { return }
        #expect(kit.player()?.queue.count == 2 && kit.player()?.playback.isSuspended == true)
        kit.enqueue([.sample("f6")])
        #expect(kit.patches().isEmpty, "it waits for somebody")
        kit.order(.one, .skip)
        _ = Self.started(&kit, "f4")
    }

    @Test("plays a song that broke far from its end once more from where it ended")
    func brokenSong() {
        var (kit, first) = Self.playing(then: ["second"])
        let exception = TrackException(message: "reset", severity: "suspicious", cause: "reset")
        kit.wait(.seconds(40))
        kit.says(.trackException(first, exception))
        kit.wait(.seconds(5))
        // Its position is the node's word, however late that comes.
        kit.wait(.seconds(4))
        kit.says(.trackEnd(first.at(45_000), .finished))
        kit.says(.trackEnd(first.at(45_000), .finished))
        let patch = kit.answersPatch()
        #expect(patch?.encoded == "track-first" && patch?.position == 45_000)
        #expect(kit.count("trackEnd") == 0 && kit.count("trackError") == 1)
        let again = patch?.track(like: first) ?? first
        kit.wait(.seconds(10))
        kit.says(.trackException(again, exception))
        kit.says(.trackEnd(again, .finished))
        _ = Self.started(&kit, "second")
    }

    @Test("plays a song that broke once more from its end, though its start was never answered")
    func brokenUnanswered() {
        var (kit, _) = Self.playing()
        kit.play(.sample("long"))
        let patch = kit.patches().last
        let track = patch?.track(like: .sample("long")) ?? .sample("long")
        let exception = TrackException(message: "reset", severity: "suspicious", cause: "reset")
        kit.wait(.seconds(4))
        kit.says(.trackException(track, exception))
        kit.wait(.seconds(5))
        kit.says(.trackEnd(track.at(9_000), .finished))
        kit.answersPatch(.a, .timedOut)
        kit.wait(.milliseconds(1))
        kit.answersPlayers([])
        kit.wait(.seconds(2))
        #expect(kit.patches().last?.encoded == "track-long")
        #expect(kit.patches().last?.position == 9_000)
    }

    @Test("gives up filters that a node does not have, and no voice for it")
    func disabledFilters() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        kit.order(.one, .setVoice(VoiceParts(token: "t2", endpoint: "e", sessionId: "s")))
        kit.order(.one, .setVoice(.sample))
        kit.says(.webSocketClosed(code: 4015, reason: "", byRemote: true))
        kit.update { $0.filters = .speed(2) }
        kit.wait(.milliseconds(50))
        kit.published = []
        let words = "Following filters are disabled in the config: timescale"
        let patch = kit.answersPatch(.a, .error(400, words))
        #expect(patch?.members == ["voice", "filters"])
        #expect(kit.player()?.filters == Filters.none)
        #expect(kit.count("voiceReconnectRequired") == 0)
    }

    @Test("lets a song go that broke near its end")
    func brokenNearEnd() {
        var (kit, first) = Self.playing(then: ["second"])
        kit.wait(.seconds(175))
        let exception = TrackException(message: nil, severity: "common", cause: "eof")
        kit.says(.trackException(first, exception))
        kit.says(.trackEnd(first, .finished))
        _ = Self.started(&kit, "second")
    }

    @Test("steps out of a stuck position three times, then goes on")
    func stuck() {
        var (kit, first) = Self.playing(then: ["second"])
        kit.wait(.seconds(20))
        for step in 1...3 {
            kit.says(.trackStuck(first, thresholdMs: 10_000))
            #expect(kit.answersPatch()?.position == 20_000 + Int64(step) * 1_000)
        }
        kit.says(.trackStuck(first, thresholdMs: 10_000))
        _ = Self.started(&kit, "second")
        #expect(kit.count("trackStuck") == 4 && kit.count("trackEnd") == 1)
    }

    @Test("stops a node that is stuck when nothing follows")
    func stuckLast() {
        var (kit, first) = Self.playing()
        for _ in 1...3 {
            kit.says(.trackStuck(first, thresholdMs: 10_000))
            kit.answersPatch()
        }
        kit.says(.trackStuck(first, thresholdMs: 10_000))
        #expect(kit.answersPatch()?.track == .stop)
    }

    @Test("starts a track again that ended because there was no voice")
    func cleanup() {
        var (kit, first) = Self.playing()
        kit.wait(.seconds(10))
        kit.says(.trackEnd(first, .cleanup))
        kit.says(.trackEnd(first, .cleanup))
        #expect(kit.count("voiceReconnectRequired") == 1)
        kit.wait(.seconds(1))
        let patch = kit.answersPatch()
        #expect(patch?.encoded == "track-first" && patch?.position == 10_000)
    }

    @Test("keeps the position that was sought while another request was under way")
    func seekDuringFlight() {
        var (kit, _) = Self.playing()
        kit.update { $0.volume = 50 }
        kit.update { $0.position = 90_000 }
        kit.wait(.milliseconds(500))
        kit.says(.playerUpdate(.one, PlayerState(time: 0, position: 600, connected: true, ping: 1)))
        kit.answersPatch()
        #expect(kit.position() == 90_000)
        #expect(kit.answersPatch()?.position == 90_000)
        kit.wait(.seconds(2))
        #expect(kit.position() == 92_000)
    }

    @Test("keeps the position that was sought while the track was being started")
    func seekDuringStart() {
        var (kit, _) = Self.playing()
        kit.play(.sample("next"))
        kit.update { $0.position = 60_000 }
        kit.answersPatch()
        #expect(kit.position() == 60_000)
        #expect(kit.answersPatch()?.position == 60_000)
    }

    @Test("says new tracks with their pause, and tells the caller's user data with the mark")
    func pausedSkip() {
        var (kit, _) = Self.playing(then: ["second"])
        kit.update { $0.paused = true }
        kit.answersPatch()
        kit.order(.one, .skip)
        #expect(kit.answersPatch()?.paused == true)
    }

    @Test("begins with the queue when it is idle")
    func idleQueue() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.answersPatch()
        let ticket = kit.enqueue([.sample("x"), .sample("y")])
        #expect(kit.succeeded(ticket) && kit.player()?.queue.count == 1)
        _ = Self.started(&kit, "x")
        #expect(kit.saved.players.first?.queue.count == 1)
        #expect(kit.saved.players.first?.player.current?.entry.track.info.title == "x")
    }

    @Test("refuses entries that would take a queue over its bytes, and a state likewise")
    func queueBytes() {
        var limits = Limits()
        limits.queueBytes = QueueEntry.sample(1).bytes * 3
        var kit = FleetKit(limits: limits)
        kit.makePlayer()
        kit.enqueue([.sample("t0")])
        let within = kit.enqueue([.sample("t1"), .sample("t2")])
        #expect(kit.succeeded(within) && kit.player()?.queue.count == 2)
        let over = kit.enqueue([.sample("t3"), .sample("t4")], at: 0)
        let full = CommandError.queueFull(.bytes(limits.queueBytes))
        #expect(kit.failure(of: over) == full && kit.player()?.queue.count == 2)
        var state = SavedState()
        state.queue = (0..<4).map { .sample("t\($0)") }
        let restored = kit.order(.one, .restore(state))
        #expect(kit.failure(of: restored) == full)
        #expect(kit.player()?.queue.count == 2)
    }

    @Test("plays what an identifier names", arguments: [true, false])
    func identifiers(isKnown: Bool) {
        var (kit, _) = Self.playing()
        let ticket = kit.order(.one, .play(PlayRequest(.identifier("song"))))
        let track = #"{"encoded":"track-song","info":{"identifier":"song","length":1000}}"#
        let found = #"{"loadType":"track","data":\#(track)}"#
        let text = isKnown ? found : #"{"loadType":"empty","data":null}"#
        kit.answers(.a, body: Array(text.utf8)) { $0 == .loadTracks(identifier: "song") }
        if isKnown {
            #expect(kit.reply(to: ticket) == nil && kit.answersPatch()?.encoded == "track-song")
            #expect(kit.succeeded(ticket))
        } else {
            #expect(
                kit.failure(of: ticket)
                    == .notPlayable(reason: "the node found no track for the identifier")
            )
        }
    }

    @Test("goes on when a node cannot decode a track")
    func undecodable() {
        var (kit, _) = Self.playing(then: ["good"])
        let ticket = kit.play(.sample("bad"))
        kit.answersPatch(.a, .error(500, "No message available"))
        #expect(
            kit.failure(of: ticket) == .rejected(.a, status: 500, message: "No message available")
        )
        _ = Self.started(&kit, "good")
        #expect(kit.fleet.node(.a)?.breaker.failures == 0)
    }
}

extension Track {
    /// The same as a node tells it at a position.
    fileprivate func at(_ position: Int64) -> Track {
        var info = info
        info.position = position
        return Track(encoded: encoded, info: info, pluginInfo: pluginInfo, userData: userData)
    }
}
