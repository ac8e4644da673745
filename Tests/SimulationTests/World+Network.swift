import Control
import Lavalink

// The network between the fleets and the nodes: what goes through it, and how it comes out.
extension World {
    mutating func short() -> Duration { generator.duration(0.001...0.06) }

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
        _ timeout: Duration,
        _ plane: Int
    ) {
        guard let server = server(of: node) else {
            return planes[plane].checks.fail("a request goes to \(node), which is not configured")
        }
        let letter = Letter(
            life: life,
            plane: plane,
            id: id,
            node: node,
            server: server,
            request: request
        )
        planes[plane].outstanding[id] = letter
        agenda.add(.answer(letter, .timedOut), at: now.advanced(by: timeout))
        if cut.contains(server) { return }
        guard servers[server].isListening(at: clock) else {
            return agenda.add(.answer(letter, .refused), at: now.advanced(by: short()))
        }
        if happens(weather.droppedRequest) {
            guard Bool.random(using: &generator) else { return }
            return agenda.add(.answer(letter, .lost("reset")), at: now.advanced(by: short()))
        }
        agenda.add(.arrival(letter), at: now.advanced(by: short()))
    }

    mutating func arrive(_ letter: Letter) {
        if cut.contains(letter.server) { return }
        let voice = happens(weather.badVoice) ? generator.pick(Server.VoiceFate.allCases) : nil
        let fate = fate()
        let number = servers[letter.server].take(
            letter.request,
            fate: fate,
            voice: voice,
            now: clock
        )
        letters[AtServer(server: letter.server, number: number)] = letter
        hear(from: letter.server)
    }

    /// What becomes of a request that arrived.
    private mutating func fate() -> Server.Fate {
        if happens(weather.unavailable) { return .refused(status: 503, retryAfter: nil) }
        if happens(weather.internalError) { return .refused(status: 500, retryAfter: nil) }
        if happens(weather.rateLimited) { return .refused(status: 429, retryAfter: 2) }
        if happens(weather.lostAnswer) {
            return generator.pick([
                .stalledAfterApplying, .resetAfterApplying, .resetAfterApplying, .stalled, .reset,
            ])
        }
        guard happens(weather.stalledAnswer) else { return .none }
        return .late(milliseconds: Int64.random(in: 100...2_000, using: &generator))
    }

    mutating func answered(_ letter: Letter, _ answer: Fleet.NodeAnswer) {
        guard planes[letter.plane].outstanding.removeValue(forKey: letter.id) != nil else { return }
        trace.note(now, "\(letter.node) answers \(letter.id.rawValue): \(answer.short)")
        feed(.answer(letter.id, answer), to: letter.plane, about: letter)
    }

    /// Passes on what a node said, and shows it to the checks.
    mutating func hear(from server: Int) {
        for said in servers[server].takeSaid() {
            switch said {
            case .answer(let ticket, let status, let body, let rest):
                let rest = rest.map { Duration.seconds($0) }
                reply(server, ticket, .response(status: status, body: body, retryAfter: rest))
            case .reset(let ticket): reply(server, ticket, .lost("reset"))
            case .refused(let ticket): reply(server, ticket, .refused)
            case .message(let socket, let bytes): pass(bytes, of: socket, server)
            case .closed(let socket, let code, let reason):
                guard let link = links.firstIndex(where: { $0.isThis(socket, server) }) else {
                    continue
                }
                deliver(.ended(.closed(code: code, reason: reason)), over: link)
                // What a cut network holds back of it is never heard.
                links.remove(at: link)
            }
        }
    }

    private mutating func reply(_ server: Int, _ ticket: Int, _ answer: Fleet.NodeAnswer) {
        let key = AtServer(server: server, number: ticket)
        guard let letter = letters.removeValue(forKey: key) else { return }
        if planes[letter.plane].outstanding[letter.id] == nil || letter.life != life,
            case .updatePlayer(let session, let guild, _, _) = letter.request
        {
            planes[letter.plane].checks.cameLate(to: session, guild, now: now)
        }
        if cut.contains(server) { return }
        agenda.add(.answer(letter, answer), at: now.advanced(by: short()))
    }

    private mutating func pass(_ bytes: [UInt8], of socket: SocketID, _ server: Int) {
        let event = Fleet.SocketEvent(text: bytes)
        if let plane = owners[AtServer(server: server, number: socket)],
            case .message(.event(let guild, let said)) = event
        {
            planes[plane].checks.happened(said, to: guild)
        }
        guard let link = links.firstIndex(where: { $0.isThis(socket, server) }) else { return }
        deliver(event, over: link)
    }

    // MARK: WebSockets

    mutating func deliver(_ event: Fleet.SocketEvent, over index: Int) {
        guard !cut.contains(links[index].server) else {
            links[index].held.append(event)
            return
        }
        let link = links[index]
        let arrival = max(link.arrivesAt, now.advanced(by: short()))
        links[index].arrivesAt = arrival
        agenda.add(
            .toFleet(life: link.life, plane: link.plane, link.node, link.connection, event),
            at: arrival
        )
    }

    mutating func connect(_ node: NodeName, _ id: ConnectionID, _ session: String?, _ plane: Int) {
        trace.note(now, "\(node) <- connect \(id.rawValue) resuming \(session ?? "nothing")")
        guard let server = server(of: node), !cut.contains(server) else { return }
        let attempt = Attempt(
            life: life,
            plane: plane,
            node: node,
            server: server,
            connection: id,
            resuming: session
        )
        guard servers[server].isListening(at: clock) else {
            return failed(attempt, .refused("refused"))
        }
        agenda.add(.handshake(attempt), at: now.advanced(by: short()))
    }

    private mutating func failed(_ attempt: Attempt, _ loss: NodeLink.Loss) {
        agenda.add(
            .toFleet(
                life: attempt.life,
                plane: attempt.plane,
                attempt.node,
                attempt.connection,
                .ended(loss)
            ),
            at: now.advanced(by: short())
        )
    }

    mutating func shakeHands(_ attempt: Attempt) {
        guard attempt.life == life, !cut.contains(attempt.server) else { return }
        let outcome = servers[attempt.server].handshake(
            user: planes[attempt.plane].user.description,
            session: attempt.resuming,
            now: clock
        )
        switch outcome {
        case .silence: return
        case .refused: return failed(attempt, .refused("refused"))
        case .rejected(let status): return failed(attempt, .rejected(status: status))
        case .opened(let socket):
            owners[AtServer(server: attempt.server, number: socket)] = attempt.plane
            links.append(
                Link(
                    life: attempt.life,
                    plane: attempt.plane,
                    node: attempt.node,
                    server: attempt.server,
                    connection: attempt.connection,
                    socket: socket,
                    arrivesAt: now
                )
            )
            deliver(.opened, over: links.count - 1)
            hear(from: attempt.server)
        }
    }

    private func link(_ node: NodeName, _ id: ConnectionID, _ plane: Int) -> Int? {
        links.firstIndex { $0.plane == plane && $0.node == node && $0.connection == id }
    }

    mutating func ping(_ node: NodeName, _ id: ConnectionID, _ plane: Int) {
        if let link = link(node, id, plane) { deliver(.pong, over: link) }
    }

    mutating func hear(
        _ event: Fleet.SocketEvent,
        _ node: NodeName,
        _ id: ConnectionID,
        _ plane: Int
    ) {
        if let line = event.short { trace.note(now, "\(node) says \(line)") }
        feed(.socket(node, id, event), to: plane)
    }

    /// The fleet drops a connection; the node learns of it sooner or later.
    mutating func abandon(_ node: NodeName, _ id: ConnectionID, _ plane: Int) {
        trace.note(now, "\(node) <- abort \(id.rawValue)")
        guard let index = link(node, id, plane) else { return }
        leave(links.remove(at: index))
    }

    /// The node's side of a connection that is no more.
    mutating func leave(_ link: Link) {
        // Through a cut network nothing is heard for long: the session goes on (half-open).
        let wait = cut.contains(link.server) ? unnoticed() : short()
        agenda.add(.notice(server: link.server, link.socket), at: now.advanced(by: wait))
    }

    /// A connection breaks; the node sees it at once, or takes it for silence.
    mutating func breakLink(to server: Int, isSeenByNode: Bool) {
        guard let index = links.firstIndex(where: { $0.server == server }) else { return }
        trace.note(now, "FAULT: \(links[index].node) is cut off, seen by it: \(isSeenByNode)")
        deliver(.ended(.closed(code: 1006, reason: "")), over: index)
        let link = links.remove(at: index)
        let wait = isSeenByNode ? short() : unnoticed()
        agenda.add(.notice(server: server, link.socket), at: now.advanced(by: wait))
    }
}

extension World.Link {
    func isThis(_ socket: SocketID, _ server: Int) -> Bool {
        self.socket == socket && self.server == server
    }
}

extension Fleet.SocketEvent {
    /// A frame, as the program reads it.
    fileprivate init(text bytes: [UInt8]) {
        do throws(NodeMessageError) {
            self = .message(try NodeMessage(parsing: bytes))
        } catch {
            self = .unreadable("\(error)")
        }
    }
}
