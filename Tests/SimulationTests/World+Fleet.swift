import Control
import Lavalink
import Support

// The shell of the fleet: what it is told, and what it wants done.
extension World {
    /// The program starts, with what was committed.
    mutating func revive() {
        guard fleet == nil else { return }
        life += 1
        trace.note(now, "LAVADECK STARTS (life \(life))")
        store.forgetUncommitted()
        fleet = Fleet(
            bot: Self.bot,
            user: ModelBot.user,
            nodes: nodes.map { NodeSettings(name: $0.name, address: "\($0.name):2333") },
            options: options,
            saved: store.committed.bot,
            seed: seed &+ UInt64(life) &* 7_919
        )
        outstanding = [:]
        user.programStarted(fleet, &checks)
        checks.programStarted(fleet)
        feed(.start)
    }

    /// The program dies at once: whatever was not committed is gone.
    mutating func crash() {
        guard let dying = fleet else { return }
        trace.note(now, "LAVADECK DIES")
        checks.programDied(dying, store.committed)
        fleet = nil
        life += 1
        user.programDied()
        for wire in wires { leave(wire) }
        wires = []
        agenda.add(.revive, at: now.advanced(by: generator.duration(0.1...5)))
    }

    /// Tells the fleet of an event, and does what it says.
    mutating func feed(_ event: Fleet.Event) {
        guard var living = fleet else { return }
        // Taken out while it changes, or every event would copy it.
        fleet = nil
        let before = checks.before(living)
        let effects = living.handle(event, now: now)
        fleet = living
        checks.after(event, effects, before, self)
        for effect in effects { carryOut(effect) }
        checks.settle(self)
    }

    private mutating func carryOut(_ effect: Fleet.Effect) {
        switch effect {
        case .connect(let node, let id, let session): connect(node, id, session)
        case .ping(let node, let id): ping(node, id)
        case .abort(let node, let id): abandon(node, id)
        case .breakConnection(let node, let id):
            abandon(node, id)
            let loss = NodeLink.Loss.closed(code: 1006, reason: "a drill")
            agenda.add(.toFleet(life: life, node, id, .ended(loss)), at: now)
        case .request(let id, let node, let request, let timeout):
            outstanding[id] = Outstanding(node: node, request: request)
            trace.note(now, "\(node) <- \(id.rawValue): \(request.short)")
            send(id, node, request, timeout)
        case .forget(let id): outstanding[id] = nil
        case .persist(let changes): persist(changes)
        case .publish(let event): published(event)
        case .reply(let answer):
            store.append(.reply(answer))
            deliverReplies()
        }
    }

    private mutating func published(_ event: FleetEvent) {
        if case .playerPositionUpdate = event.kind { return }
        trace.note(now, "event \(event.short)")
        if case .voiceReconnectRequired = event.kind, let guild = event.guild {
            let wait = generator.duration(0.05...1.5)
            agenda.add(.bringVoice(guild), at: now.advanced(by: wait))
        }
    }

    // MARK: The store

    private mutating func persist(_ changes: [StoreChange]) {
        store.append(.changes(changes))
        let wait = generator.duration(0.001...0.02)
        agenda.add(.commit(life: life), at: now.advanced(by: wait))
    }

    /// Everything that is waiting is committed at once.
    mutating func commit() {
        store.commit()
        deliverReplies()
    }

    private mutating func deliverReplies() {
        for answer in store.takeReplies() {
            trace.note(now, "reply \(answer.short)")
            user.heard(answer, now: now, &checks)
        }
    }
}

/// A store: batches of changes become durable in their order, and answers wait for what was before
/// them.
struct ModelStore {
    enum Entry {
        case changes([StoreChange])
        case reply(Fleet.Answer)
    }

    private(set) var committed = Shelf()
    private var waiting: [Entry] = []

    mutating func append(_ entry: Entry) { waiting.append(entry) }

    mutating func commit() {
        var done = Shelf()
        swap(&done, &committed)
        for index in waiting.indices {
            guard case .changes(let changes) = waiting[index] else { continue }
            for change in changes { done.apply(change) }
            waiting[index] = .changes([])
        }
        committed = done
    }

    /// The answers before which nothing has to be committed any more.
    mutating func takeReplies() -> [Fleet.Answer] {
        var replies: [Fleet.Answer] = []
        while let first = waiting.first {
            switch first {
            case .changes(let changes):
                guard changes.isEmpty else { return replies }
            case .reply(let answer): replies.append(answer)
            }
            waiting.removeFirst()
        }
        return replies
    }

    mutating func forgetUncommitted() { waiting = [] }
}
