import Control
import Lavalink
import Support
import Wire

/// The bot: what it asked for, and what it knows.
struct ModelBot {
    static let user: UserID = {
        guard let user = UserID(rawValue: 1) else { preconditionFailure("1 is a user") }
        return user
    }()

    let guilds: [GuildID]
    private(set) var waiting: [UInt64: (asked: Instant, guild: GuildID?, destroys: Bool)] = [:]
    /// Guilds whose destroy was acknowledged, and that were not made again.
    private(set) var destroyed: Set<GuildID> = []
    private var lastTicket: UInt64 = 0
    private var tracks = 0
    private var tokens = 0

    init(guilds count: Int) {
        guilds = (1...UInt64(count)).compactMap { GuildID(rawValue: $0) }
    }

    mutating func ticket(
        for guild: GuildID?,
        destroys: Bool = false,
        makes: Bool = false,
        now: Instant
    ) -> UInt64 {
        lastTicket += 1
        waiting[lastTicket] = (now, guild, destroys)
        if makes, let guild { destroyed.remove(guild) }
        return lastTicket
    }

    mutating func heard(
        _ answer: Fleet.Answer,
        now: Instant,
        _ checks: inout Checks
    ) {
        guard let asked = waiting.removeValue(forKey: answer.number) else {
            return checks.fail("command \(answer.number) was answered, though nobody waits")
        }
        if asked.asked.duration(to: now) > Checks.patience {
            checks.fail("command \(answer.number) was answered late")
        }
        if asked.destroys, answer.error == nil, let guild = asked.guild,
            !waiting.values.contains(where: { $0.guild == guild && $0.asked >= asked.asked })
        {
            destroyed.insert(guild)
        }
    }

    func oldest() -> (UInt64, Instant)? {
        waiting.min { $0.value.asked < $1.value.asked }.map { ($0.key, $0.value.asked) }
    }

    /// Connections to the program are gone, and with them what was asked for.
    mutating func programDied() { waiting = [:] }

    func programStarted(_ fleet: Fleet?, _ checks: inout Checks) {
        for guild in guilds where destroyed.contains(guild) && fleet?.players[guild] != nil {
            checks.fail("the player of \(guild) came back, though its end was acknowledged")
        }
    }

    mutating func track(_ generator: inout Generator) -> Track {
        tracks += 1
        let kind = generator.pick([
            ModelKind.ok, .ok, .ok, .ok, .ok, .ok, .fail, .break, .stick, .bad,
        ])
        let length = Int64.random(in: 3...60, using: &generator) * 1_000
        return ModelKind.track(kind, length: length, number: tracks)
    }

    mutating func voice(_ guild: GuildID) -> VoiceParts {
        tokens += 1
        return VoiceParts(
            token: "t\(tokens)",
            endpoint: "voice.example:443",
            sessionId: "v\(guild)",
            channelId: ChannelID(rawValue: 5)
        )
    }
}

extension World {
    /// The bot does something.
    mutating func act() {
        guard !isCalm else { return }
        let wait = generator.wait(average: chances.secondsBetweenCommands)
        agenda.add(.command, at: now.advanced(by: wait))
        guard let living = fleet else { return }
        let guild = generator.pick(user.guilds)
        if living.players[guild] == nil { return make(guild) }
        order(randomCommand(for: guild), guild)
    }

    private mutating func make(_ guild: GuildID) {
        var settings = PlayerSettings()
        settings.volume = Int.random(in: 1...200, using: &generator)
        order({ .player(guild, .put(settings), Ticket($0)) }, guild)
        if Bool.random(using: &generator) { setVoice(of: guild) }
    }

    private mutating func setVoice(of guild: GuildID) {
        let voice = user.voice(guild)
        order({ .player(guild, .setVoice(voice), Ticket($0)) }, guild)
    }

    private typealias Order = (UInt64) -> Fleet.Command

    private mutating func order(_ make: Order, _ guild: GuildID?) {
        var (makes, destroys) = (false, false)
        switch make(0) {
        case .player(_, .put, _), .player(_, .restore, _): makes = true
        case .player(_, .destroy, _): destroys = true
        default: break
        }
        guard fleet != nil else { return }
        let number = user.ticket(for: guild, destroys: destroys, makes: makes, now: now)
        let command = make(number)
        trace.note(now, "command \(number): \(command.short)")
        feed(.command(command))
    }

    private mutating func randomCommand(for guild: GuildID) -> Order {
        let kind = Int.random(in: 0..<27, using: &generator)
        switch kind {
        case 0..<4:
            let entries = newEntries()
            let index: Int? = generator.pick([nil, nil, 0, 1, 3])
            return { .queue(guild, .add(entries, at: index), Ticket($0)) }
        case 22:
            return generator.pick([
                { .state(.restore(Ticket($0))) }, { .state(.save(Ticket($0))) },
                { .state(.save(Ticket($0))) }, { .state(.clear(Ticket($0))) },
            ])
        case 23:
            let payload = gatewayVoice(of: guild)
            return { .voice(payload, Ticket($0)) }
        case 24: return operatorsCommand()
        case 26: return { .load(identifier: "ok:5000:0", Ticket($0)) }
        default:
            let command = playerCommand(kind, for: guild)
            return { .player(guild, command, Ticket($0)) }
        }
    }

    private mutating func playerCommand(_ kind: Int, for guild: GuildID) -> PlayerCommand {
        var update = PlayerUpdate()
        switch kind {
        case 4..<7: return .play(playRequest())
        case 7..<9: return .skip
        case 9..<12: return .setVoice(user.voice(guild))
        case 12: update.volume = Int.random(in: 0...300, using: &generator)
        case 13, 14: update.paused = Bool.random(using: &generator)
        case 15, 16: update.position = Int64.random(in: 0...50_000, using: &generator)
        case 17: update.filters = generator.pick([Filters.none, .speed(0.5), .speed(2)])
        case 18: update.loop = generator.pick([LoopMode.none, .none, .track, .queue])
        case 19:
            update.volume = Int.random(in: 0...300, using: &generator)
            update.paused = false
            update.position = 1_000
        case 20: return .stop
        case 21: return .destroy
        default: return .restore(savedState(of: guild))
        }
        return .update(update)
    }

    /// The bot leaves its channel or is moved, or the voice server is replaced.
    private mutating func gatewayVoice(of guild: GuildID) -> GatewayVoice {
        if Bool.random(using: &generator) {
            let wait = generator.duration(0.2...20)
            agenda.add(.bringVoice(guild), at: now.advanced(by: wait))
        }
        let voice = user.voice(guild)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return .state(guild, user: ModelBot.user, channel: nil, session: "v")
        case 1: return .server(guild, token: voice.token ?? "", endpoint: nil)
        default: return .server(guild, token: voice.token ?? "", endpoint: voice.endpoint)
        }
    }

    private mutating func operatorsCommand() -> Order {
        let name = generator.pick(nodes.map(\.name))
        let wait = generator.duration(1...40)
        agenda.add(.operatorConnects(name), at: now.advanced(by: wait))
        let command = generator.pick([NodeCommand.breakConnection, .disconnect])
        return { .node(name, command, Ticket($0)) }
    }

    private mutating func savedState(of guild: GuildID) -> SavedState {
        var state = SavedState()
        state.queue = newEntries()
        state.update.volume = Int.random(in: 0...300, using: &generator)
        state.update.position = 3_000
        state.settings.voiceChannel = ChannelID(rawValue: 5)
        if Bool.random(using: &generator) { state.current = newEntries().first }
        if Bool.random(using: &generator) { state.voice = user.voice(guild) }
        return state
    }

    mutating func connect(_ name: NodeName) {
        order({ .node(name, .connect, Ticket($0)) }, nil)
    }

    private mutating func newEntries() -> [NewEntry] {
        (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            NewEntry(track: user.track(&generator))
        }
    }

    private mutating func playRequest() -> PlayRequest {
        let track = user.track(&generator)
        let isNamed = Int.random(in: 0..<4, using: &generator) == 0
        var request = PlayRequest(isNamed ? .identifier(track.encoded) : .track(track))
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.paused = true }
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.position = 2_000 }
        return request
    }

    /// The bot joined its channel again, as it was asked to.
    mutating func bringVoice(to guild: GuildID) {
        guard let living = fleet, living.players[guild] != nil else { return }
        setVoice(of: guild)
    }
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
