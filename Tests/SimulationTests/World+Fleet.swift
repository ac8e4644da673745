import Control
import Lavalink
import Support

// The shell of the fleets: what they are told, and what they want done; the one file that reads
// effects and replies.
extension World {
    mutating func start(_ plane: Int) {
        planes[plane].store.programStarted()
        let fleet = Fleet(
            bot: planes[plane].bot,
            user: planes[plane].user,
            nodes: configuration.map { NodeSettings(name: $0.name, address: "\($0.name):2333") },
            options: options,
            limits: limits,
            saved: planes[plane].store.committed.bot,
            seed: seed &+ UInt64(life) &* 7_919 &+ UInt64(plane) &* 104_729
        )
        planes[plane].fleet = fleet
        planes[plane].outstanding = [:]
        // Whatever sessions are there of which this life knows nothing, nobody will end.
        let known = Set(fleet.nodeNames.compactMap { fleet.nodeLook($0)?.session })
        let user = planes[plane].user.description
        let sessions = Set(servers.flatMap { $0.sessions(of: user) })
        planes[plane].checks.programStarted(
            fleet,
            planes[plane].store.committed,
            forgotten: sessions.subtracting(known),
            restores: options.enableReconnect,
            limits: limits,
            now: now
        )
        for guild in planes[plane].caller.destroyed where fleet.hasPlayer(of: guild) {
            planes[plane].checks.fail("\(guild) came back, though its end was acknowledged")
        }
        feed(.start, to: plane)
    }

    mutating func end(_ plane: Int, orderly: Bool) {
        guard let fleet = planes[plane].fleet else { return }
        if orderly { planes[plane].commitLast(of: fleet, now: now) }
        planes[plane].checks.programDied()
        planes[plane].caller.programDied()
        planes[plane].fleet = nil
    }

    /// A command comes in, unless nothing can be kept at present.
    mutating func submit(_ order: Order, about guild: GuildID?, _ plane: Int) {
        guard planes[plane].fleet != nil else { return }
        let deed = Deed(order(0))
        let ticket = planes[plane].caller.ask(
            about: guild,
            destroys: deed.destroys,
            makes: deed.makes,
            now: now
        )
        let command = order(ticket)
        trace.note(now, "\(planes[plane].bot) command \(ticket): \(command.short)")
        guard !planes[plane].store.isRefusing || !deed.changesState else {
            trace.note(now, "reply \(ticket): the store fails")
            mark("refused by the store")
            _ = planes[plane].caller.heard(ticket, isSuccess: false, isKept: false)
            return
        }
        feed(.command(command), to: plane, deed: deed)
    }

    /// Tells a fleet of an event, and does what it says.
    mutating func feed(
        _ event: Fleet.Event,
        to plane: Int,
        about letter: Letter? = nil,
        deed: Deed? = nil
    ) {
        // Taken out while it changes, or every event would copy it.
        guard var fleet = planes[plane].fleet.take() else { return }
        let before = planes[plane].checks.before(event, fleet)
        let effects = fleet.handle(event, now: now)
        var step = Step(event, letter, deed, now: now)
        for effect in effects { step.note(effect) }
        step.outstanding = planes[plane].outstanding
        planes[plane].fleet = fleet
        let (servers, configuration, clock) = (servers, configuration, clock)
        planes[plane].checks.after(step, before, fleet) { name, session, guild in
            guard let node = configuration.first(where: { $0.name == name }) else { return nil }
            return servers[node.server].truth(of: Int64(guild.rawValue), in: session, now: clock)
        }
        for effect in effects { carryOut(effect, plane) }
        planes[plane].settle(now)
    }

    private mutating func carryOut(_ effect: Fleet.Effect, _ plane: Int) {
        switch effect {
        case .connect(let node, let id, let session): connect(node, id, session, plane)
        case .ping(let node, let id): ping(node, id, plane)
        case .abort(let node, let id): abandon(node, id, plane)
        case .breakConnection(let node, let id):
            abandon(node, id, plane)
            let loss = NodeLink.Loss.closed(code: 1006, reason: "a drill")
            agenda.add(.toFleet(life: life, plane: plane, node, id, .ended(loss)), at: now)
        case .request(let id, let node, let request, let timeout):
            trace.note(now, "\(node) <- \(id.rawValue): \(request.short)")
            send(id, node, request, timeout, plane)
        case .forget(let id): planes[plane].outstanding[id] = nil
        case .persist(let changes): persist(changes, plane)
        case .publish(let event): published(event, plane)
        case .reply(let answer):
            guard let due = planes[plane].store.take(answer.number, Verdict(answer)) else { return }
            tell(answer.number, due, plane)
        }
    }

    private mutating func published(_ event: FleetEvent, _ plane: Int) {
        if case .playerPositionUpdate = event.kind { return }
        trace.note(now, "event \(event.short)")
        mark(event.name)
        if case .voiceReconnectRequired = event.kind, let guild = event.guild {
            let wait = generator.duration(0.05...1.5)
            agenda.add(.bringVoice(plane: plane, guild), at: now.advanced(by: wait))
        }
    }

    // MARK: The store

    private mutating func persist(_ changes: [StoreChange], _ plane: Int) {
        let mark = planes[plane].checks.mark()
        guard planes[plane].store.persist(changes, mark) else { return }
        let wait = generator.duration(0.001...0.02)
        agenda.add(.commit(life: life, plane: plane), at: now.advanced(by: wait))
    }

    /// Everything that is waiting is committed at once, or fails.
    mutating func commit(_ plane: Int) {
        let due = planes[plane].store.commit()
        if let mark = planes[plane].store.committedMark { planes[plane].checks.committed(mark) }
        for (ticket, verdict) in due { tell(ticket, verdict, plane) }
        guard planes[plane].store.needsRescue else { return }
        agenda.add(.rescue(life: life, plane: plane), at: now.advanced(by: .seconds(1)))
    }

    /// Everything there is goes to the store anew: what failed before is in it.
    mutating func rescue(_ plane: Int) {
        guard let fleet = planes[plane].fleet, planes[plane].store.needsRescue else { return }
        trace.note(now, "\(planes[plane].bot): everything goes to the store anew")
        let isByHand = !options.enableReconnect
        mark(isByHand ? "rescue by hand" : "rescue")
        let everything = fleet.savedBot(now: now)
        planes[plane].checks.rescued(everything)
        planes[plane].store.rescue(everything, planes[plane].checks.mark())
        let wait = generator.duration(0.001...0.05)
        agenda.add(.commit(life: life, plane: plane), at: now.advanced(by: wait))
    }

    mutating func failStore() {
        trace.note(now, "FAULT: the store fails")
        for plane in planes.indices { planes[plane].store.fails = true }
        agenda.add(.storeHeals, at: now.advanced(by: generator.duration(0.01...20)))
    }

    mutating func healStore() {
        trace.note(now, "the store works")
        for plane in planes.indices { planes[plane].store.fails = false }
    }

    private mutating func tell(_ ticket: UInt64, _ verdict: Verdict, _ plane: Int) {
        trace.note(now, "reply \(ticket): \(verdict.text)")
        mark(String(verdict.text.prefix { $0 != "(" }))
        planes[plane].heard(ticket, verdict, isDurable: options.enableReconnect, now: now)
    }
}

extension Plane {
    /// What the program does last when it is asked to end.
    mutating func commitLast(of fleet: Fleet, now: Instant) {
        let mark = checks.mark()
        if store.isRefusing {
            checks.rescued(fleet.savedBot(now: now))
            store.rescue(fleet.savedBot(now: now), mark)
        } else {
            _ = store.persist(fleet.finalChanges(now: now), mark)
        }
        _ = store.commit()
        if let mark = store.committedMark { checks.committed(mark) }
    }

    mutating func heard(
        _ ticket: UInt64,
        _ verdict: Verdict,
        isDurable: Bool,
        now: Instant
    ) {
        if verdict.isSuccess, verdict.promisesChange, !store.isKept {
            checks.fail("command \(ticket) is acknowledged, and not kept")
        }
        let question = caller.heard(ticket, isSuccess: verdict.isSuccess, isKept: isDurable)
        guard let question else {
            return checks.fail("command \(ticket) was answered, though nobody waits")
        }
        if question.asked.duration(to: now) > Checks.patience {
            checks.fail("command \(ticket) was answered late")
        }
    }

    /// Nobody waits too long, and what counts as under way is.
    mutating func settle(_ now: Instant) {
        if let fleet { checks.settle(fleet, outstanding) }
        guard let (ticket, asked) = caller.oldest(), asked.duration(to: now) > Checks.patience
        else { return }
        checks.fail("command \(ticket) is not answered")
    }
}

/// One event of a fleet and what came of it, in words of the simulation's own.
struct Step {
    let event: Fleet.Event
    /// What was asked of the node whose answer this is.
    let request: NodeRequest?
    let answeredBy: NodeName?
    /// What somebody asked for.
    let deed: Deed?
    let now: Instant
    /// Requests that were under way before.
    var outstanding: [RequestID: World.Letter] = [:]
    private(set) var requests: [(id: RequestID, node: NodeName, request: NodeRequest)] = []
    /// The order in which changes and answers went out.
    private(set) var persistsAfterAnswer = false
    private(set) var changes: [StoreChange] = []
    private(set) var verdicts: [(ticket: UInt64, verdict: Verdict)] = []
    private(set) var published: [FleetEvent] = []

    init(_ event: Fleet.Event, _ letter: World.Letter?, _ deed: Deed?, now: Instant) {
        self.event = event
        request = letter?.request
        answeredBy = letter?.node
        self.deed = deed
        self.now = now
    }

    fileprivate mutating func note(_ effect: Fleet.Effect) {
        switch effect {
        case .request(let id, let node, let request, _): requests.append((id, node, request))
        case .persist(let new):
            if !verdicts.isEmpty { persistsAfterAnswer = true }
            changes += new
        case .reply(let answer): verdicts.append((answer.number, Verdict(answer)))
        case .publish(let event): published.append(event)
        case .connect, .ping, .abort, .breakConnection, .forget: break
        }
    }

    /// What the command of this step was answered with at once, if it was.
    var verdict: Verdict? {
        guard case .command(let command) = event else { return nil }
        return verdicts.first { $0.ticket == command.number }?.verdict
    }
}

/// What a command is answered with.
struct Verdict {
    var isSuccess = true
    /// Whether what was asked for is wanted now, whatever became of it so far.
    var isApplied = true
    /// Whether it says that something is changed, and so kept.
    var promisesChange = true
    /// New entries of a queue.
    var entries: [EntryID]?
    var text = "done"

    init(_ answer: Fleet.Answer) {
        switch answer {
        case .queue(_, .success(let reply)): entries = reply.entries
        case .load, .node: promisesChange = false
        case .player, .queue, .voice, .saved, .restore: break
        }
        guard let error = answer.error else { return }
        isSuccess = false
        isApplied = error.isKept
        promisesChange = false
        text = "\(error)"
    }

    /// The same, when what it promises could not be kept.
    var unkept: Verdict {
        var copy = self
        copy.isSuccess = false
        copy.promisesChange = false
        copy.text = "the store fails"
        return copy
    }
}

extension CommandError {
    fileprivate var isKept: Bool {
        switch self {
        case .noNode(_, let kept), .circuitOpen(_, _, let kept), .timedOut(_, let kept),
            .unreachable(_, _, let kept):
            kept
        case .rejected: true
        case .unknownPlayer, .unknownNode, .queueFull, .tooManyPlayers, .notPlayable,
            .nothingPlays, .isStream:
            false
        }
    }
}
