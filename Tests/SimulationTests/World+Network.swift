import Control
import Lavalink
import Support

// The network between the fleet and the nodes, and everything that it does to both.
extension World {
    private mutating func short() -> Duration { generator.duration(0.001...0.06) }

    /// How long a node takes the end of a half-open connection for silence: up to many minutes.
    private mutating func unnoticed() -> Duration {
        generator.duration(Bool.random(using: &generator) ? 1...30 : 300...900)
    }

    private mutating func happens(_ chance: Int) -> Bool {
        !isCalm && generator.happens(perThousand: chance)
    }

    // MARK: Requests

    mutating func send(
        _ id: RequestID,
        _ node: NodeName,
        _ request: NodeRequest,
        _ timeout: Duration
    ) {
        let end = now.advanced(by: timeout)
        func answer(_ answer: Fleet.NodeAnswer, after wait: Duration) {
            agenda.add(
                .answer(life: life, id, answer),
                at: min(now.advanced(by: wait), end)
            )
        }
        if cut.contains(node) { return answer(.timedOut, after: timeout) }
        if !nodes[index(of: node)].isUp { return answer(.refused, after: short()) }
        if happens(chances.droppedRequest) {
            let isNoticed = Bool.random(using: &generator)
            return answer(
                isNoticed ? .lost("reset") : .timedOut,
                after: isNoticed ? short() : timeout
            )
        }
        if happens(chances.unavailable) {
            return answer(.response(status: 503, body: [], retryAfter: nil), after: short())
        }
        if happens(chances.rateLimited) {
            return answer(
                .response(status: 429, body: [], retryAfter: .seconds(2)),
                after: short()
            )
        }
        let letter = Letter(
            life: life,
            id: id,
            node: node,
            request: request,
            losesAnswer: happens(chances.lostAnswer),
            timeout: end
        )
        agenda.add(.arrival(letter), at: now.advanced(by: short()))
    }

    mutating func arrive(_ letter: Letter) {
        let index = index(of: letter.node)
        func answer(_ answer: Fleet.NodeAnswer, at moment: Instant) {
            agenda.add(
                .answer(life: letter.life, letter.id, answer),
                at: min(moment, letter.timeout)
            )
        }
        if cut.contains(letter.node) { return answer(.timedOut, at: letter.timeout) }
        guard nodes[index].isUp else { return answer(.lost("reset"), at: now) }
        let fate: ModelNode.VoiceFate =
            happens(chances.voiceHangs)
            ? .hangs : happens(chances.voiceRefused) ? .refused : .works
        let result = nodes[index].answer(letter.request, voice: fate, now: now)
        carryOut(of: index)
        guard let result else { return answer(.timedOut, at: letter.timeout) }
        if letter.losesAnswer {
            let isNoticed = Bool.random(using: &generator)
            return isNoticed
                ? answer(.lost("reset"), at: now.advanced(by: short()))
                : answer(.timedOut, at: letter.timeout)
        }
        let wait = happens(chances.stalledAnswer) ? generator.duration(0.1...2) : short()
        answer(
            .response(status: result.status, body: result.body, retryAfter: nil),
            at: now.advanced(by: wait)
        )
    }

    /// Passes on what a node said, and notes what ended.
    mutating func carryOut(of index: Int) {
        for (guild, mark) in nodes[index].takeEnds() {
            trace.note(now, "\(nodes[index].name): the end of \(mark.entry) for \(guild)")
            checks.ended(guild, mark)
        }
        for (socket, message) in nodes[index].takeOutbox() {
            guard let wire = wires.firstIndex(where: { $0.socket == socket }) else { continue }
            deliver(.message(message), over: wire)
            if case .event = message, happens(chances.repeatedEvent) {
                deliver(.message(message), over: wire)
            }
        }
    }

    // MARK: WebSockets

    private mutating func deliver(_ event: Fleet.SocketEvent, over index: Int) {
        guard !cut.contains(wires[index].node) else {
            wires[index].held.append(event)
            return
        }
        let wire = wires[index]
        let arrival = max(wire.arrivesAt, now.advanced(by: short()))
        wires[index].arrivesAt = arrival
        agenda.add(.toFleet(life: wire.life, wire.node, wire.connection, event), at: arrival)
    }

    mutating func connect(_ node: NodeName, _ id: ConnectionID, _ session: String?) {
        trace.note(now, "\(node) <- connect \(id.rawValue) resuming \(session ?? "nothing")")
        if cut.contains(node) { return }
        guard nodes[index(of: node)].isUp else {
            let event = Fleet.SocketEvent.ended(.refused("refused"))
            agenda.add(.toFleet(life: life, node, id, event), at: now.advanced(by: short()))
            return
        }
        let attempt = Attempt(life: life, node: node, connection: id, resuming: session)
        agenda.add(.handshake(attempt), at: now.advanced(by: short()))
    }

    mutating func shakeHands(_ attempt: Attempt) {
        let index = index(of: attempt.node)
        guard attempt.life == life, nodes[index].isUp, !cut.contains(attempt.node) else { return }
        lastSocket += 1
        let socket = SocketID(number: lastSocket)
        wires.append(
            Wire(
                life: life,
                node: attempt.node,
                connection: attempt.connection,
                socket: socket,
                arrivesAt: now
            )
        )
        deliver(.opened, over: wires.count - 1)
        nodes[index].handshake(socket, resuming: attempt.resuming, now: now)
        carryOut(of: index)
    }

    mutating func ping(_ node: NodeName, _ id: ConnectionID) {
        guard let wire = wires.firstIndex(where: { $0.node == node && $0.connection == id }) else {
            return
        }
        deliver(.pong, over: wire)
    }

    mutating func hear(_ event: Fleet.SocketEvent, _ node: NodeName, _ id: ConnectionID) {
        if let line = event.short { trace.note(now, "\(node) says \(line)") }
        feed(.socket(node, id, event))
    }

    /// The fleet drops a connection; the node learns of it sooner or later.
    mutating func abandon(_ node: NodeName, _ id: ConnectionID) {
        trace.note(now, "\(node) <- abort \(id.rawValue)")
        guard let index = wires.firstIndex(where: { $0.node == node && $0.connection == id }) else {
            return
        }
        leave(wires.remove(at: index))
    }

    /// The node's side of a connection that is no more.
    mutating func leave(_ wire: Wire) {
        // Through a cut network nothing is heard for long: the session goes on (half-open).
        let wait = cut.contains(wire.node) ? unnoticed() : short()
        let boot = nodes[index(of: wire.node)].boot
        agenda.add(.notice(wire.node, boot: boot, wire.socket), at: now.advanced(by: wait))
    }

    mutating func notice(_ name: NodeName, _ boot: Int, _ socket: SocketID) {
        let index = index(of: name)
        guard nodes[index].boot == boot else { return }
        nodes[index].noticed(endOf: socket, now: now)
    }

    // MARK: Faults

    mutating func strike() {
        guard !isCalm else { return }
        let name = generator.pick(nodes.map(\.name))
        let kinds = [
            (chances.reset, Self.reset), (chances.halfOpenReset, Self.resetHalf),
            (chances.cut, Self.cutOff), (chances.kill, Self.kill),
            (chances.terminate, Self.terminate), (chances.voiceClose, Self.closeVoice),
            (chances.crash, { world, _ in world.crash() }),
        ]
        var draw = Int.random(in: 0..<kinds.map(\.0).reduce(0, +), using: &generator)
        for (weight, fault) in kinds {
            if draw < weight {
                fault(&self, name)
                break
            }
            draw -= weight
        }
        let wait = generator.wait(average: chances.secondsBetweenFaults)
        agenda.add(.fault, at: now.advanced(by: wait))
    }

    private static func reset(_ world: inout World, _ name: NodeName) {
        world.resetWire(to: name, isSeenByNode: true)
    }

    private static func resetHalf(_ world: inout World, _ name: NodeName) {
        world.resetWire(to: name, isSeenByNode: false)
    }

    private mutating func resetWire(to name: NodeName, isSeenByNode: Bool) {
        guard let index = wires.firstIndex(where: { $0.node == name }) else { return }
        trace.note(now, "FAULT: the connection to \(name) breaks, seen by node: \(isSeenByNode)")
        deliver(.ended(.closed(code: 1006, reason: "")), over: index)
        let wire = wires.remove(at: index)
        if isSeenByNode {
            leave(wire)
        } else {
            let wait = unnoticed()
            let boot = nodes[self.index(of: name)].boot
            agenda.add(.notice(name, boot: boot, wire.socket), at: now.advanced(by: wait))
        }
    }

    private static func cutOff(_ world: inout World, _ name: NodeName) {
        guard world.cut.insert(name).inserted else { return }
        world.trace.note(world.now, "FAULT: the network to \(name) is cut")
        let wait = world.generator.duration(0.5...60)
        world.agenda.add(.heal(name), at: world.now.advanced(by: wait))
    }

    mutating func heal(_ name: NodeName) {
        guard cut.remove(name) != nil else { return }
        trace.note(now, "the network to \(name) is whole")
        for index in wires.indices where wires[index].node == name {
            let held = wires[index].held
            wires[index].held = []
            for event in held { deliver(event, over: index) }
        }
    }

    private static func kill(_ world: inout World, _ name: NodeName) { world.end(name, code: 1006) }

    private static func terminate(_ world: inout World, _ name: NodeName) {
        world.end(name, code: 1001)
    }

    private mutating func end(_ name: NodeName, code: Int) {
        let index = index(of: name)
        guard nodes[index].isUp else { return }
        trace.note(now, "FAULT: \(name) ends with \(code)")
        nodes[index].stop()
        for wire in wires.indices where wires[wire].node == name {
            deliver(.ended(.closed(code: code, reason: "")), over: wire)
        }
        // What a cut network holds back of it is never heard.
        wires.removeAll { $0.node == name }
        let wait = generator.duration(0.5...40)
        agenda.add(.restart(name), at: now.advanced(by: wait))
    }

    mutating func restart(_ name: NodeName) {
        guard !nodes[index(of: name)].isUp else { return }
        trace.note(now, "\(name) starts")
        nodes[index(of: name)].start()
    }

    private static func closeVoice(_ world: inout World, _ name: NodeName) {
        let guild = world.generator.pick(world.user.guilds)
        let code = world.generator.pick([4006, 4009, 4014, 4015, 4022, 1000])
        world.trace.note(world.now, "FAULT: voice of \(guild) ends with \(code)")
        for index in world.nodes.indices {
            world.nodes[index].closeVoice(of: guild, code: code, now: world.now)
            world.carryOut(of: index)
        }
    }
}
