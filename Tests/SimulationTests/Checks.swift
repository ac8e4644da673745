import Control
import Lavalink
import Support

/// What must hold after every step; the first thing that does not ends the run.
struct Checks {
    /// A command that loads, waits, and is told to a node, is answered within all their limits.
    static let patience =
        Limits.standard.load + Limits.standard.dispatchTimeout + Limits.standard.request
        + .seconds(5)
    /// In a world of more players than these, those that a step is not about are looked at now and
    /// then.
    static let few = 6

    /// What is accounted for in a batch of the store.
    typealias Mark = Accounts.Mark

    /// What is remembered of the fleet from before a step.
    struct Before {
        var breakers: [NodeName: CircuitBreaker.State] = [:]
        /// The player that the step is about.
        var look: PlayerLook?
        /// Whether its fleet listens to what this step says.
        var isHeard = false
        var live: Set<GuildID> = []
        var plays: [GuildID: PlayID] = [:]
        var homes: [GuildID: NodeName] = [:]
    }

    /// A request that loads a track which is to be played then.
    struct Load {
        var guild: GuildID
        var ticket: UInt64
    }

    /// A track that is to go on from where it broke.
    struct Replay {
        var entry: EntryID
        var place: Int64
    }

    let guilds: [GuildID]
    private(set) var failure: String?

    /// What every queue must be, and what `restoreAll` may bring back.
    var books: [GuildID: Book] = [:]
    var shelf: [GuildID: Book] = [:]
    var accounts = Accounts()
    var loads: [RequestID: Load] = [:]
    var replays: [GuildID: Replay] = [:]
    /// Players of which a place was wanted since their node last took one.
    var seeking: Set<GuildID> = []
    /// Players whose bot left its channel, and when they end because of it.
    var leavesAt: [GuildID: Instant] = [:]
    /// Players that were heard at another speed at some time: there a node's count is no place.
    var sped: Set<GuildID> = []
    var limits = Limits.standard
    var restores = true

    /// What went wrong on each node since it was ready, while it was made known again.
    var settleFailures: [NodeName: Int] = [:]
    /// Sessions of which this life of the program knows nothing.
    var forgotten: Set<String> = []
    /// Former sessions where a player may be that was made after they were cleared: by a request
    /// that nobody waited for any more when the node carried it out.
    private var late: [GuildID: [String: Instant]] = [:]
    var toldEnds: Set<GuildEntry> = []
    /// Players that have repeated tracks at some time.
    var looped: Set<GuildID> = []
    /// Seeks that no node was told so far.
    var sought: [GuildID: (entry: EntryID, place: Int64)] = [:]

    /// What the store was told.
    var shadow = Shelf()
    /// Players that play on, though the store was told to forget them.
    var isForgotten: Set<GuildID> = []
    var steps = 0
    private var lastTick: Instant?
    private var ticks = 0

    struct GuildEntry: Hashable {
        var guild: GuildID
        var entry: EntryID
    }

    init(guilds: [GuildID]) { self.guilds = guilds }

    mutating func fail(_ what: String) {
        if failure == nil { failure = what }
    }

    // MARK: The program

    mutating func programDied() { accounts.programDied() }

    /// What is committed is what the fleet has.
    mutating func programStarted(
        _ fleet: Fleet,
        _ committed: Shelf,
        forgotten: Set<String>,
        restores: Bool,
        limits: Limits,
        now: Instant
    ) {
        self.forgotten = forgotten
        self.limits = limits
        self.restores = restores
        toldEnds = []
        sought = [:]
        loads = [:]
        replays = [:]
        seeking = []
        settleFailures = [:]
        leavesAt = [:]
        isForgotten = []
        lastTick = nil
        shadow = committed
        var saved: [GuildID: Book] = [:]
        for player in committed.bot.players {
            let record = player.player
            saved[record.guild] = Book(
                current: record.current?.entry.id,
                waiting: player.queue.map(\.entry.id),
                loop: record.loop
            )
            if record.hasLeft {
                leavesAt[record.guild] = now.advanced(by: limits.nullChannelGrace)
            }
        }
        books = restores ? saved : [:]
        shelf = restores ? [:] : saved
        if fleet.guilds != books.keys.sorted() {
            let kept = books.keys.sorted()
            fail("the program starts with \(fleet.guilds), and the store has \(kept)")
        }
    }

    func mark() -> Mark { accounts.mark }
    mutating func committed(_ mark: Mark) { accounts.committed(mark) }

    /// Deadlines that do nothing would keep a program busy for ever.
    mutating func ticked(_ now: Instant) {
        ticks = lastTick == now ? ticks + 1 : 0
        lastTick = now
        if ticks > 20 { fail("the fleet asks to be woken again and again at \(now)") }
    }

    // MARK: The nodes

    /// What a node did, before anybody heard of it.
    mutating func happened(_ event: NodeEvent, to guild: GuildID) {
        guard case .trackEnd(let track, let reason) = event, let mark = track.userData.mark
        else { return }
        let how: Accounts.Ends =
            switch reason {
            case .finished, .loadFailed: .byItself
            case .cleanup: .cleanedUp
            case .stopped, .replaced, .unknown: .byCommand
            }
        accounts.ended(mark.play, how)
    }

    mutating func cameLate(to session: String, _ guild: GuildID, now: Instant) {
        late[guild, default: [:]][session] = now
    }

    /// Whether a former session may have a player that nobody knows to be there.
    func mayBeLeft(_ guild: GuildID, in session: String) -> Bool {
        forgotten.contains(session) || late[guild]?[session] != nil
    }

    /// Whether a reading of that session may be older than what was done there by a request that
    /// nobody waited for any more.
    func isOvertaken(_ guild: GuildID, in session: String, now: Instant) -> Bool {
        late[guild]?[session].map { $0.duration(to: now) < .seconds(1) } ?? false
    }

    // MARK: A step of the fleet

    func before(_ event: Fleet.Event, _ fleet: Fleet) -> Before {
        var before = Before()
        before.breakers = fleet.breakerStates()
        if let guild = event.guild { before.look = fleet.look(at: guild) }
        for guild in guilds { before.homes[guild] = fleet.assignedNode(of: guild) }
        switch event {
        case .socket(let name, let connection, .message(.event(let guild, _))):
            before.isHeard =
                fleet.nodeLook(name)?.connection == connection
                && fleet.assignedNode(of: guild) == name
        case .command: before.live = Set(guilds.filter { fleet.isLive($0) })
        case .answer: for guild in guilds { before.plays[guild] = fleet.currentPlay(of: guild) }
        case .start, .socket, .tick: break
        }
        return before
    }

    /// Looks up what a node has of a player, by the session.
    typealias Truth = (NodeName, String, GuildID) -> Server.Truth?

    mutating func after(
        _ step: Step,
        _ before: Before,
        _ fleet: Fleet,
        truth: Truth
    ) {
        steps += 1
        for guild in guildsToCheck(step) where fleet.look(at: guild)?.rate ?? 1 != 1 {
            sped.insert(guild)
        }
        noteSettling(step, of: step.answeredBy)
        checkQueues(step, before, fleet)
        checkRequests(step, before, fleet, truth)
        checkReplays(step)
        checkPlacement(step, before, fleet)
        checkUrgency(step, before, truth)
        checkStore(step, fleet)
        checkEvents(step, fleet)
        checkSeeks(step, fleet)
    }

    /// The players that may have changed; all of them where they are few.
    func guildsToCheck(_ step: Step) -> [GuildID] {
        guard guilds.count > Self.few, steps % 10 != 0, let guild = step.event.guild else {
            if guilds.count > Self.few, case .tick = step.event, steps % 10 != 0 {
                return guilds.filter { guild in leavesAt[guild].map { $0 <= step.now } ?? false }
            }
            return guilds
        }
        return [guild]
    }
}

extension Fleet.Event {
    /// The one player that it is about.
    var guild: GuildID? {
        switch self {
        case .command(let command): Deed(command).guild
        case .socket(_, _, .message(.event(let guild, _))),
            .socket(_, _, .message(.playerUpdate(let guild, _))):
            guild
        case .start, .socket, .answer, .tick: nil
        }
    }
}
