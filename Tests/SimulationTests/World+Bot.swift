import Control
import Lavalink
import Wire

/// The bot: what it asked for, and what it knows.
struct ModelBot {
    static let user: UserID = {
        guard let user = UserID(rawValue: 1) else { preconditionFailure("1 is a user") }
        return user
    }()

    let guilds: [GuildID]
    private(set) var waiting: [Ticket: (asked: Instant, guild: GuildID?, destroys: Bool)] = [:]
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
    ) -> Ticket {
        lastTicket += 1
        let ticket = Ticket(lastTicket)
        waiting[ticket] = (now, guild, destroys)
        if makes, let guild { destroyed.remove(guild) }
        return ticket
    }

    mutating func heard(
        _ result: Result<Fleet.Reply, CommandError>,
        _ ticket: Ticket,
        now: Instant,
        _ checks: inout Checks
    ) {
        guard let asked = waiting.removeValue(forKey: ticket) else {
            return checks.fail("command \(ticket.rawValue) was answered, though nobody waits")
        }
        if asked.asked.duration(to: now) > Checks.patience {
            checks.fail("command \(ticket.rawValue) was answered late")
        }
        if asked.destroys, case .success = result, let guild = asked.guild,
            !waiting.values.contains(where: { $0.guild == guild && $0.asked >= asked.asked })
        {
            destroyed.insert(guild)
        }
    }

    func oldest() -> (Ticket, Instant)? {
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
        let command = randomCommand(for: guild)
        var makes = false
        if case .restorePlayer = command { makes = true }
        order(command, guild, makes: makes)
    }

    private mutating func make(_ guild: GuildID) {
        var settings = Fleet.PlayerSettings()
        settings.volume = Int.random(in: 1...200, using: &generator)
        order(.putPlayer(guild, settings), guild, makes: true)
        if Bool.random(using: &generator) { order(.setVoice(guild, user.voice(guild)), guild) }
    }

    private mutating func order(
        _ command: Fleet.Command,
        _ guild: GuildID?,
        makes: Bool = false
    ) {
        var destroys = false
        if case .destroy = command { destroys = true }
        guard fleet != nil else { return }
        let ticket = user.ticket(for: guild, destroys: destroys, makes: makes, now: now)
        trace.note(now, "command \(ticket.rawValue): \(command.short)")
        feed(.command(command, ticket))
    }

    private mutating func randomCommand(for guild: GuildID) -> Fleet.Command {
        var update = Fleet.PlayerUpdate()
        switch Int.random(in: 0..<27, using: &generator) {
        case 0..<4: return .enqueue(guild, newEntries(), at: generator.pick([nil, nil, 0, 1, 3]))
        case 4..<7: return .play(guild, playRequest())
        case 7..<9: return .skip(guild)
        case 9..<12: return .setVoice(guild, user.voice(guild))
        case 12: update.volume = Int.random(in: 0...300, using: &generator)
        case 13, 14: update.paused = Bool.random(using: &generator)
        case 15, 16: update.position = Int64.random(in: 0...50_000, using: &generator)
        case 17: update.filters = generator.pick([Filters.none, .speed(0.5), .speed(2)])
        case 18: update.loop = generator.pick([LoopMode.none, .none, .track, .queue])
        case 19:
            update.volume = Int.random(in: 0...300, using: &generator)
            update.paused = false
            update.position = 1_000
        case 20: return .stop(guild)
        case 21: return .destroy(guild)
        case 22: return generator.pick([.restoreAll, .saveAll, .saveAll, .clearAll])
        case 23: return .gatewayVoice(gatewayVoice(of: guild))
        case 24: return operatorsCommand()
        case 25: return .restorePlayer(savedState(of: guild))
        default: return .load(identifier: "ok:5000:0")
        }
        return .update(guild, update)
    }

    /// The bot leaves its channel or is moved, or the voice server is replaced.
    private mutating func gatewayVoice(of guild: GuildID) -> Fleet.GatewayVoice {
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

    private mutating func operatorsCommand() -> Fleet.Command {
        let name = generator.pick(nodes.map(\.name))
        let wait = generator.duration(1...40)
        agenda.add(.operatorConnects(name), at: now.advanced(by: wait))
        return generator.pick([.breakConnection(name), .disconnectNode(name)])
    }

    private mutating func savedState(of guild: GuildID) -> Fleet.SavedState {
        var state = Fleet.SavedState(guild: guild)
        state.queue = newEntries()
        state.update.volume = Int.random(in: 0...300, using: &generator)
        state.update.position = 3_000
        state.settings.voiceChannel = ChannelID(rawValue: 5)
        if Bool.random(using: &generator) { state.current = newEntries().first }
        if Bool.random(using: &generator) { state.voice = user.voice(guild) }
        return state
    }

    mutating func connect(_ name: NodeName) { order(.connectNode(name), nil) }

    private mutating func newEntries() -> [Fleet.NewEntry] {
        (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            Fleet.NewEntry(track: user.track(&generator))
        }
    }

    private mutating func playRequest() -> Fleet.PlayRequest {
        let track = user.track(&generator)
        let isNamed = Int.random(in: 0..<4, using: &generator) == 0
        var request = Fleet.PlayRequest(isNamed ? .identifier(track.encoded) : .track(track))
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.paused = true }
        if Int.random(in: 0..<4, using: &generator) == 0 { request.update.position = 2_000 }
        return request
    }

    /// The bot joined its channel again, as it was asked to.
    mutating func bringVoice(to guild: GuildID) {
        guard let living = fleet, living.players[guild] != nil else { return }
        order(.setVoice(guild, user.voice(guild)), guild)
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
