import Control
import Lavalink
import Wire

// What bots and operators ask for: the one file that makes commands.
extension World {
    /// The bot does something.
    mutating func act(_ plane: Int) {
        guard !isCalm else { return }
        let wait = generator.wait(average: weather.secondsBetweenCommands)
        agenda.add(.command(plane: plane), at: now.advanced(by: wait))
        guard let fleet = planes[plane].fleet else { return }
        let guild = generator.pick(planes[plane].caller.guilds)
        guard fleet.hasPlayer(of: guild) else { return make(guild, plane) }
        submit(randomCommand(for: guild, plane), about: guild, plane)
    }

    private mutating func make(_ guild: GuildID, _ plane: Int) {
        let voice = planes[plane].caller.voice(of: guild)
        let comesEarly = generator.happens(perThousand: 250)
        if comesEarly {
            let user = planes[plane].user
            let channel = voice.channelId
            let state = GatewayVoice.state(
                guild,
                user: user,
                channel: channel,
                session: voice.sessionId ?? ""
            )
            let server = GatewayVoice.server(
                guild,
                token: voice.token ?? "",
                endpoint: voice.endpoint
            )
            submit({ .voice(state, Ticket($0)) }, about: guild, plane)
            submit({ .voice(server, Ticket($0)) }, about: guild, plane)
        }
        var settings = PlayerSettings()
        settings.volume = Int.random(in: 1...200, using: &generator)
        submit({ .player(guild, .put(settings), Ticket($0)) }, about: guild, plane)
        if comesEarly { checkEarlyVoice(of: guild, plane) }
        if !comesEarly, Bool.random(using: &generator) {
            submit({ .player(guild, .setVoice(voice), Ticket($0)) }, about: guild, plane)
        }
    }

    /// Voice data that came a moment before its player is not lost.
    private mutating func checkEarlyVoice(of guild: GuildID, _ plane: Int) {
        guard let fleet = planes[plane].fleet, fleet.hasPlayer(of: guild) else { return }
        mark("early voice")
        if !planes[plane].store.isRefusing, !fleet.hasWholeVoice(guild) {
            planes[plane].checks.fail("voice data of \(guild) came early, and is lost")
        }
    }

    /// A command that is still to get the number of its ticket.
    typealias Order = (UInt64) -> Fleet.Command

    private mutating func randomCommand(for guild: GuildID, _ plane: Int) -> Order {
        let kind = Int.random(in: 0..<27, using: &generator)
        switch kind {
        case 0..<4:
            let entries = newEntries(plane)
            let index: Int? = generator.pick([nil, nil, 0, 1, 3])
            return { .queue(guild, .add(entries, at: index), Ticket($0)) }
        case 22:
            return generator.pick([
                { .state(.restore(Ticket($0))) }, { .state(.save(Ticket($0))) },
                { .state(.save(Ticket($0))) }, { .state(.clear(Ticket($0))) },
            ])
        case 23:
            let payload = gatewayVoice(of: guild, plane)
            return { .voice(payload, Ticket($0)) }
        case 24: return operatorsCommand(plane)
        case 26:
            guard options.enableReconnect else { return { .state(.save(Ticket($0))) } }
            return { .load(identifier: "1/tone-5s", Ticket($0)) }
        default:
            let command = playerCommand(kind, for: guild, plane)
            return { .player(guild, command, Ticket($0)) }
        }
    }

    private mutating func playerCommand(
        _ kind: Int,
        for guild: GuildID,
        _ plane: Int
    ) -> PlayerCommand {
        var update = PlayerUpdate()
        switch kind {
        case 4..<7: return .play(playRequest(plane))
        case 7..<9: return .skip
        case 9..<12: return .setVoice(planes[plane].caller.voice(of: guild))
        case 12: update.volume = Int.random(in: 0...300, using: &generator)
        case 13, 14: update.paused = Bool.random(using: &generator)
        case 15, 16: update.position = Int64.random(in: 0...50_000, using: &generator)
        case 17: update.filters = generator.pick([Filters.none, .speed(0.5), .speed(2)])
        case 18:
            update.loop =
                weather.hasLateFailures ? LoopMode.none : generator.pick([.none, .track, .queue])
        case 19:
            update.volume = Int.random(in: 0...300, using: &generator)
            update.paused = false
            update.position = 1_000
        case 20: return .stop
        case 21: return .destroy
        default: return .restore(savedState(of: guild, plane))
        }
        return .update(update)
    }

    /// The bot leaves its channel or is moved, or the voice server is replaced.
    private mutating func gatewayVoice(of guild: GuildID, _ plane: Int) -> GatewayVoice {
        if Bool.random(using: &generator) {
            let wait = generator.duration(0.2...20)
            agenda.add(.bringVoice(plane: plane, guild), at: now.advanced(by: wait))
        }
        let voice = planes[plane].caller.voice(of: guild)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return .state(guild, user: planes[plane].user, channel: nil, session: "v")
        case 1: return .server(guild, token: voice.token ?? "", endpoint: nil)
        default: return .server(guild, token: voice.token ?? "", endpoint: voice.endpoint)
        }
    }

    private mutating func operatorsCommand(_ plane: Int) -> Order {
        let name = generator.pick(configuration.map(\.name))
        let wait = generator.duration(1...40)
        agenda.add(.operatorConnects(plane: plane, name), at: now.advanced(by: wait))
        let command = generator.pick([NodeCommand.breakConnection, .disconnect])
        return { .node(name, command, Ticket($0)) }
    }

    private mutating func savedState(of guild: GuildID, _ plane: Int) -> SavedState {
        var state = SavedState()
        state.queue = newEntries(plane)
        state.update.volume = Int.random(in: 0...300, using: &generator)
        state.update.position = generator.pick([0, 3_000, 20_000])
        state.settings.voiceChannel = ChannelID(rawValue: 5)
        if Bool.random(using: &generator) { state.current = newEntries(plane).first }
        if Bool.random(using: &generator) {
            state.voice = planes[plane].caller.voice(of: guild)
        }
        return state
    }

    mutating func connect(_ name: NodeName, _ plane: Int) {
        guard let node = planes[plane].fleet?.nodeLook(name), !node.isReady else { return }
        submit({ .node(name, .connect, Ticket($0)) }, about: nil, plane)
    }

    mutating func restore(_ plane: Int) {
        submit({ .state(.restore(Ticket($0))) }, about: nil, plane)
    }

    private mutating func newEntries(_ plane: Int) -> [NewEntry] {
        (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            NewEntry(track: track(plane))
        }
    }

    private mutating func playRequest(_ plane: Int) -> PlayRequest {
        let track = track(plane)
        let isNamed = Int.random(in: 0..<4, using: &generator) == 0
        var request = PlayRequest(
            isNamed ? .identifier(track.info.identifier) : .track(track)
        )
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.paused = true }
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.position = 2_000 }
        return request
    }

    /// The bot joined its channel again, as it was asked to.
    mutating func bringVoice(to guild: GuildID, _ plane: Int) {
        guard planes[plane].fleet?.hasPlayer(of: guild) == true else { return }
        let voice = planes[plane].caller.voice(of: guild)
        submit({ .player(guild, .setVoice(voice), Ticket($0)) }, about: guild, plane)
    }

    /// A track like no other, of which the name says how it plays.
    private mutating func track(_ plane: Int) -> Track {
        let number = planes[plane].caller.nextTrack()
        let length = Int64.random(in: 3...60, using: &generator)
        let middle = length / 2
        var kinds = Array(repeating: "tone-\(length)s", count: 6)
        kinds += [
            "fail-\(length)s", "break-\(length)s-at-\(middle)s", "stick-\(length)s-at-\(middle)s",
            "stall-\(length)s-at-\(middle)s", "unreadable", "slow-\(length)s",
        ]
        if weather.hasLateFailures { kinds.append("late-\(length)s") }
        if weather.hasStreams { kinds.append("stream") }
        let kind = generator.pick(kinds)
        var track = Song.track(
            "\(number)/\(kind)",
            length: length * 1_000,
            source: generator.pick(["local", "local", "local", "http"]),
            isStream: kind == "stream"
        )
        if kind == "unreadable" { track.encoded = "unreadable" + String(number) }
        return track
    }
}

/// The bot: what it asked for, and what it knows.
struct Caller {
    struct Question {
        var asked: Instant
        var guild: GuildID?
        var destroys = false
    }

    let guilds: [GuildID]
    let user: UserID
    private(set) var waiting: [UInt64: Question] = [:]
    /// Guilds whose destroy was acknowledged and is kept, and that were not made again.
    private(set) var destroyed: Set<GuildID> = []
    private var lastTicket: UInt64 = 0
    private var tracks = 0
    private var tokens = 0

    init(guilds: [GuildID], user: UserID) {
        self.guilds = guilds
        self.user = user
    }

    mutating func nextTrack() -> Int {
        tracks += 1
        return tracks
    }

    mutating func voice(of guild: GuildID) -> VoiceParts {
        tokens += 1
        return VoiceParts(
            token: "t\(tokens)",
            endpoint: "voice.example:443",
            sessionId: "v\(guild)",
            channelId: ChannelID(rawValue: 5)
        )
    }

    mutating func ask(
        about guild: GuildID?,
        destroys: Bool,
        makes: Bool,
        now: Instant
    ) -> UInt64 {
        lastTicket += 1
        waiting[lastTicket] = Question(asked: now, guild: guild, destroys: destroys)
        if makes, let guild { destroyed.remove(guild) }
        return lastTicket
    }

    mutating func heard(_ ticket: UInt64, isSuccess: Bool, isKept: Bool) -> Question? {
        guard let question = waiting.removeValue(forKey: ticket) else { return nil }
        if question.destroys, isSuccess, isKept, let guild = question.guild,
            !waiting.values.contains(where: { $0.guild == guild && $0.asked >= question.asked })
        {
            destroyed.insert(guild)
        }
        return question
    }

    /// What is waited for the longest.
    func oldest() -> (UInt64, Instant)? {
        waiting.min { $0.value.asked < $1.value.asked }.map { ($0.key, $0.value.asked) }
    }

    /// Connections to the program are gone, and with them what was asked for.
    mutating func programDied() { waiting = [:] }

    mutating func made(_ guild: GuildID) { destroyed.remove(guild) }
}

extension Filters {
    /// Music at another speed.
    static func speed(_ factor: Double) -> Filters {
        var json = JSONWriter()
        json.object { json in
            json.member("timescale") { json in json.member("speed", factor) }
        }
        guard let filters = try? Filters(checking: json.raw.value, at: "") else {
            preconditionFailure("a speed is a filter")
        }
        return filters
    }
}
