import Control
import Lavalink
import Support

/// What must hold after every step; the first thing that does not ends the run.
struct Checks {
    /// A command that loads, waits, and is told to a node, is answered within all their limits.
    static let patience =
        Limits.standard.load + Limits.standard.passingOn + Limits.standard.request + .seconds(5)

    /// What is remembered of the fleet from before a step.
    struct Before {
        var breakers: [NodeName: CircuitBreaker.State] = [:]
        var plays: [GuildID: (entry: EntryID?, play: PlayID?)] = [:]
    }

    private struct Entry: Hashable {
        var guild: GuildID
        var id: EntryID
    }

    private(set) var failure: String?
    var isGood: Bool { failure == nil }
    /// Tracks that ended on a node by themselves, and those that the fleet went on from.
    private var ends: [Entry: Int] = [:]
    /// Sessions that were still to be silenced when the program died: nobody knows them any more.
    private(set) var forgotten: Set<String> = []
    private var toldEnds: Set<Entry> = []
    /// Players that have repeated tracks at some time.
    private var looped: Set<GuildID> = []
    /// Seeks that no node was told so far.
    private var sought: [GuildID: (entry: EntryID, place: Int64)] = [:]
    private var shadow = Shelf()
    /// Players that play on, though the store was told to forget them.
    private var isForgotten: Set<GuildID> = []
    private var storeChecks = 0
    private var lastTick: Instant?
    private var ticks = 0

    mutating func fail(_ what: String) {
        if failure == nil { failure = what }
    }

    // MARK: What happens

    mutating func ended(_ guild: GuildID, _ mark: PlayMark) {
        ends[Entry(guild: guild, id: mark.entry), default: 0] += 1
    }

    /// A play that nobody acknowledged may have replaced what the store knows, and ended.
    mutating func programDied(_ fleet: Fleet, _ committed: Shelf) {
        for node in fleet.nodes { forgotten.formUnion(node.session.orphanedSessions) }
        for player in fleet.players {
            guard let kept = committed.record(of: player.guild)?.current?.entry.id,
                kept != player.current?.entry.id
            else { continue }
            ends[Entry(guild: player.guild, id: kept), default: 0] += 1
        }
    }

    mutating func programStarted(_ fleet: Fleet?) {
        shadow = Shelf()
        toldEnds = []
        sought = [:]
        if let fleet {
            for player in fleet.players {
                shadow.apply(.player(fleet.record(of: player, now: .start)))
                shadow.apply(.entries(player.guild, Array(player.queue.entries)))
            }
        }
        // What was gone on from and not committed is gone on from again.
        for key in ends.keys { ends[key] = (ends[key] ?? 0) + 1 }
        isForgotten = []
        lastTick = nil
    }

    /// Deadlines that do nothing would keep a program busy for ever.
    mutating func ticked(_ now: Instant) {
        ticks = lastTick == now ? ticks + 1 : 0
        lastTick = now
        if ticks > 20 { fail("the fleet asks to be woken again and again at \(now)") }
    }

    // MARK: A step of the fleet

    func before(_ fleet: Fleet) -> Before {
        var before = Before()
        for node in fleet.nodes { before.breakers[node.name] = node.breaker.state }
        for player in fleet.players {
            before.plays[player.guild] = (player.current?.entry.id, player.current?.id)
        }
        return before
    }

    mutating func after(
        _ event: Fleet.Event,
        _ effects: [Fleet.Effect],
        _ before: Before,
        _ world: World
    ) {
        guard let fleet = world.fleet else { return }
        checkRequests(effects, before, event, world, fleet)
        checkAdvance(event, before, world, fleet)
        checkStore(effects, fleet)
        checkEvents(effects, fleet)
        checkForeignEnds(event, effects, before, fleet)
        checkSeeks(event, effects, before, fleet)
    }

    /// An end that is not the current play's changes nothing.
    private mutating func checkForeignEnds(
        _ event: Fleet.Event,
        _ effects: [Fleet.Effect],
        _ before: Before,
        _ fleet: Fleet
    ) {
        guard case .socket(_, _, .message(.event(let guild, let said))) = event,
            case .trackEnd(let track, _) = said, let was = before.plays[guild],
            PlayMark(of: track)?.play != was.play
        else { return }
        let isSent = effects.contains { effect in
            guard case .request(_, _, let request, _) = effect else { return false }
            if case .updatePlayer(_, guild, _, _) = request { return true }
            return false
        }
        if !isSent, fleet.player(guild)?.current?.id != was.play {
            fail("an end of another play changed \(guild)")
        }
    }

    /// Where somebody sought is where the node is told to go on, whatever came between.
    private mutating func checkSeeks(
        _ event: Fleet.Event,
        _ effects: [Fleet.Effect],
        _ before: Before,
        _ fleet: Fleet
    ) {
        for (guild, seek) in sought where fleet.player(guild)?.current?.entry.id != seek.entry {
            sought[guild] = nil
        }
        switch event {
        case .command(.player(let guild, .update(let update), let ticket)):
            if let position = update.position, !isRefused(ticket.rawValue, effects),
                let play = fleet.player(guild)?.current
            {
                let reachable = min(max(position, 0), play.length ?? Int64.max)
                sought[guild] = (play.entry.id, reachable)
            }
        case .command(.player(let guild, .restore, _)), .command(.player(let guild, .skip, _)):
            sought[guild] = nil
        case .socket(_, _, .message(.event(let guild, _))): sought[guild] = nil
        default: break
        }
        for case .request(_, _, .updatePlayer(_, let guild, let patch, _), _) in effects {
            guard let position = patch.position, let seek = sought.removeValue(forKey: guild) else {
                continue
            }
            if position != seek.place {
                fail("\(guild) is told to be at \(position), though \(seek.place) was sought")
            }
        }
    }

    /// Whether a seek would have ended the track at once, or has nothing to go on.
    private func isRefused(_ number: UInt64, _ effects: [Fleet.Effect]) -> Bool {
        effects.contains { effect in
            guard case .reply(let answer) = effect, answer.number == number else { return false }
            switch answer.error {
            case .notPlayable, .nothingPlays, .isStream: return true
            default: return false
            }
        }
    }

    /// Nothing but one probe goes through an open breaker, one PATCH at a time is under way for a
    /// player, and what plays as it should is not started again.
    private mutating func checkRequests(
        _ effects: [Fleet.Effect],
        _ before: Before,
        _ event: Fleet.Event,
        _ world: World,
        _ fleet: Fleet
    ) {
        var guarded: [NodeName: Int] = [:]
        for case .request(let id, let name, let request, _) in effects {
            guard let node = fleet.node(name) else { return fail("\(name) is not known") }
            switch request {
            case .updatePlayer(let session, let guild, let patch, _):
                guarded[name, default: 0] += 1
                checkPatch(id, session, guild, patch, node, before, event, world)
            case .destroyPlayer(let session, _) where session == node.session.session:
                guarded[name, default: 0] += 1
            case .loadTracks:
                guarded[name, default: 0] += 1
                continue
            default: continue
            }
            if node.outbox.flow.inFlight > node.outbox.flow.limit {
                fail(
                    "\(node.outbox.flow.inFlight) requests are under way to \(name), which bears less"
                )
            }
        }
        for (name, count) in guarded {
            guard let node = fleet.node(name), let was = before.breakers[name] else { continue }
            switch (was, node.breaker.state) {
            case (_, .closed): break
            case (.open(let until), .probing) where until <= world.now && count == 1: break
            case (_, .open), (_, .probing):
                fail("\(count) requests to \(name) went through an open breaker")
            }
        }
    }

    private mutating func checkPatch(
        _ id: RequestID,
        _ session: String,
        _ guild: GuildID,
        _ patch: PlayerPatch,
        _ node: Node,
        _ before: Before,
        _ event: Fleet.Event,
        _ world: World
    ) {
        if session != node.session.session { fail("a PATCH goes to a session that is no more") }
        for (other, sent) in world.outstanding where other != id && sent.node == node.name {
            switch sent.request {
            case .updatePlayer(_, guild, _, _): fail("two PATCHes of \(guild) are under way")
            case .destroyPlayer(session, guild): fail("a PATCH of \(guild) overtakes its DELETE")
            default: break
            }
        }
        // What follows from a settlement or a reading is no more than what differs.
        guard case .answer = event, let truth = world.truth(of: guild, session: session) else {
            return
        }
        switch world.answeredRequest {
        case .players, .info, .updateSession: break
        default: return
        }
        if let play = before.plays[guild]?.play, let playing = truth.playing?.mark,
            playing.play == play, patch.mark?.entry == playing.entry,
            truth.playing?.isRunning == true
        {
            fail("\(guild) is started again, though it plays what is wanted")
        }
        if truth.has(patch) {
            fail("\(guild) is told what its node has: \(patch)")
        }
    }

    /// A queue goes on once for each track that ended, or at somebody's word.
    private mutating func checkAdvance(
        _ event: Fleet.Event,
        _ before: Before,
        _ world: World,
        _ fleet: Fleet
    ) {
        switch event {
        case .command: return
        case .answer:
            if case .loadTracks? = world.answeredRequest { return }
        case .start, .socket, .tick: break
        }
        for guild in world.user.guilds {
            guard let was = before.plays[guild], let player = fleet.player(guild),
                was.entry != player.current?.entry.id
            else { continue }
            guard let entry = was.entry else {
                return fail("\(guild) began to play something by itself")
            }
            let key = Entry(guild: guild, id: entry)
            guard let left = ends[key], left > 0 else {
                return fail("\(guild) went on from \(entry), which did not end")
            }
            ends[key] = left - 1
        }
    }

    /// The end of a play is told once, and after its start.
    private mutating func checkEvents(_ effects: [Fleet.Effect], _ fleet: Fleet) {
        for player in fleet.players where player.playback.loop != .none {
            looped.insert(player.guild)
        }
        for case .publish(let event) in effects {
            guard let guild = event.guild else { continue }
            switch event.kind {
            case .trackStart(let entry):
                let key = Entry(guild: guild, id: entry.id)
                if toldEnds.contains(key) { fail("\(entry.id) starts after its end") }
            case .trackEnd(let entry, _):
                let key = Entry(guild: guild, id: entry.id)
                if !toldEnds.insert(key).inserted { fail("the end of \(entry.id) is told twice") }
                // What is repeated starts again.
                if looped.contains(guild) { toldEnds.remove(key) }
            default: break
            }
        }
    }

    /// What was to be persisted so far is what the fleet has: a crash would lose nothing that is
    /// acknowledged behind it.
    private mutating func checkStore(_ effects: [Fleet.Effect], _ fleet: Fleet) {
        var isWorthIt = false
        var isAnswered = false
        for effect in effects {
            switch effect {
            case .persist(let changes):
                if isAnswered { fail("an answer goes out before what it acknowledges is kept") }
                for change in changes { shadow.apply(change) }
                isWorthIt = true
            case .reply:
                isAnswered = true
                isWorthIt = true
            default: break
            }
        }
        guard isWorthIt else { return }
        for case .persist(let changes) in effects where changes.contains(.removeAllPlayers) {
            isForgotten = Set(fleet.guilds)
        }
        // All of many are looked at now and then.
        storeChecks += 1
        guard fleet.players.count < 6 || storeChecks % 10 == 0 else { return }
        isForgotten.formIntersection(fleet.guilds)
        for player in fleet.players.sorted(by: { $0.guild < $1.guild }) {
            // What was forgotten is kept again when it changes.
            if shadow.record(of: player.guild) == nil, isForgotten.contains(player.guild) {
                continue
            }
            isForgotten.remove(player.guild)
            var wanted = fleet.record(of: player, now: .start)
            guard let kept = shadow.record(of: player.guild) else {
                return fail("\(player.guild) is not in the store")
            }
            (wanted.place, wanted.placeReported) = (kept.place, kept.placeReported)
            if wanted != kept {
                return fail("the store has \(kept.short), not \(wanted.short)")
            }
            if shadow.entries(of: player.guild) != player.queue.entries.map(\.entry.id) {
                return fail("the store has another queue of \(player.guild)")
            }
        }
        if shadow.count + isForgotten.count != fleet.players.count {
            fail("the store has players that are no more")
        }
    }

    /// Nobody waits too long, and what counts as under way is.
    mutating func settle(_ world: World) {
        for node in world.fleet.map({ Array($0.nodes) }) ?? [] {
            let count = world.outstanding.values.count { $0.counts(for: node) }
            if count != node.outbox.flow.inFlight {
                fail(
                    "\(node.outbox.flow.inFlight) requests to \(node.name) are counted, not \(count)"
                )
            }
        }
        guard let (number, asked) = world.user.oldest() else { return }
        if asked.duration(to: world.now) > Self.patience {
            fail("command \(number) is not answered")
        }
    }
}

extension ModelPlayer {
    /// Whether it is already as the patch would have it.
    func has(_ patch: PlayerPatch) -> Bool {
        if patch.track != nil || patch.position != nil || patch.endTime != nil { return false }
        if let volume = patch.volume, volume != self.volume { return false }
        if let paused = patch.paused, paused != self.paused { return false }
        if let raw = patch.filters, !filters.matches(reported: raw) { return false }
        if let voice = patch.voice, voice != self.voice || !isConnected { return false }
        return true
    }
}

extension PlayerRecord {
    fileprivate var short: String {
        let current = current.map { "\($0.entry.id) play \($0.play) until \($0.endTime ?? -1)" }
        return "\(guild) on \(node?.text ?? "-"): \(current ?? "nothing"), \(volume) %, "
            + "paused \(paused), \(filters), \(loop), \(voice.token ?? "-")"
    }
}
