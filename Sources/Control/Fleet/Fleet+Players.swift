import Lavalink
import Wire

// What nodes say of players, and which node a player is assigned to.
extension Fleet {
    mutating func receive(_ message: NodeMessage, from id: NodeID) {
        switch message {
        case .ready: break  // the session's
        case .stats(let stats):
            change(id) { [now] in $0.receive(stats, now: now) }
            publish(.nodeStats(stats), node: name(of: id))
        case .playerUpdate(let guild, let state): receive(state, of: guild, from: id)
        case .event(let guild, let event):
            guard nodeID(of: guild) == id else { return }
            countFailure(event, of: id)
            tell(guild) { $0.receive(event, $1) }
        case .unknown(let op, let raw):
            publish(.nodeEvent(type: op, raw: raw), node: name(of: id))
        }
    }

    private mutating func receive(
        _ state: PlayerState,
        of guild: GuildID,
        from id: NodeID
    ) {
        let moment = moment
        let reported = change(guild) { player -> (outputs: [Player.Output], position: Int64?)? in
            guard player.sync.node == id else { return nil }
            let outputs = player.receive(state, moment)
            // Before the node's players were compared the position is not known.
            return (outputs, player.isLive ? player.position.milliseconds(at: moment.now) : nil)
        }
        guard let reported = reported.flatMap(\.self) else { return }
        perform(reported.outputs, of: guild)
        guard let position = reported.position else { return }
        publish(.playerPositionUpdate(state, position: position), node: name(of: id), guild: guild)
    }

    private mutating func countFailure(_ event: NodeEvent, of id: NodeID) {
        switch event {
        case .trackException:
            change(id) { [now] in $0.failed(now: now) { $0.exceptions += 1 } }
        case .trackStuck: change(id) { [now] in $0.failed(now: now) { $0.stuck += 1 } }
        case .trackStart, .trackEnd, .webSocketClosed, .unknown: break
        }
    }

    /// What the gateway said, as the bot forwards it; it may come before the player it is for.
    mutating func gatewayVoice(_ payload: GatewayVoice) {
        switch payload {
        case .state(let guild, let user, let channel, let session):
            guard user == self.user else { return }
            if exists(guild) {
                return tell(guild) {
                    $0.voiceState(channel: channel, session: session, $1)
                }
            }
            earlyVoice.state(of: guild, channel: channel, session: session)
        case .server(let guild, let token, let endpoint):
            if exists(guild) {
                return tell(guild) {
                    $0.voiceServer(token: token, endpoint: endpoint, $1)
                }
            }
            earlyVoice.server(of: guild, token: token, endpoint: endpoint)
        }
    }
}

// MARK: Readings

extension Fleet {
    /// The node of a player is to say what players it has.
    mutating func readPlayers(withNodeOf guild: GuildID) {
        guard let id = nodeID(of: guild) else { return }
        change(id) { [now] in $0.session.readPlayers(at: now) }
    }

    /// Asks the node what players it has, to compare them with what is wanted.
    mutating func readPlayers(of id: NodeID) {
        let now = now
        switch change(id, { $0.outbox.admit(now: now) }) {
        case nil: break
        case .admitted:
            guard let session = session(of: id) else { return }
            send(.players(session: session), to: id, for: .question(.players))
        case .open(let until?), .retryAfter(let until):
            change(id) { $0.session.readPlayers(at: until) }
        case .open(nil):
            let moment = now.advanced(by: limits.retryDelay)
            change(id) { $0.session.readPlayers(at: moment) }
        }
    }

    mutating func playersAnswered(
        _ answer: NodeAnswer,
        _ request: RequestID,
        _ id: NodeID
    ) {
        guard case .response(200, let body, _) = answer,
            let document = try? JSONDocument(parsing: body)  // unreadable: asked again
        else {
            let outcome: NodeSession.Outcome =
                answer.outcome == .sessionGone ? .sessionGone : .failed
            return session(of: id) { $0.playersAnswered(outcome, now: $1) }
        }
        var reported: [GuildID: NodePlayer] = [:]
        for element in document.root.elements {
            // One player that cannot be read is as one that is not there: it is made anew.
            guard let player = try? NodePlayer(element, at: "") else { continue }
            reported[player.guildId] = player
        }
        // While a node settles it is told nothing of its players: what is read then is new.
        let isSettling = node(id)?.session.isSettling == true
        compare(reported, isSettling ? RequestID(.max) : request, id)
        session(of: id) { $0.playersAnswered(.done, now: $1) }
    }

    private mutating func compare(
        _ reported: [GuildID: NodePlayer],
        _ reading: RequestID,
        _ id: NodeID
    ) {
        for guild in reported.keys.sorted() where nodeID(of: guild) != id {
            // It moved on, or is gone: its copy is deleted before anything else happens here.
            delete(guild, at: id)
        }
        for guild in guilds(on: id) {
            // What was read before the node was last told something is old.
            guard look(at: guild, { $0.sync.believes(reading: reading) }) == true,
                look(at: id, { $0.outbox.isDeleting(guild) }) == false
            else { continue }
            let found = reported[guild]
            tell(guild) { $0.compare(with: found, $1) }
            if found != nil { jobs.modify { $0.recordSuccess(guild) } }
        }
    }

    /// The node said that it does not know the session.
    mutating func sessionGone(of guild: GuildID) {
        guard let id = nodeID(of: guild) else { return }
        session(of: id) { $0.sessionVanished(now: $1) }
    }
}

// MARK: Choosing a node

extension Fleet {
    /// A player without a node gets the best one there is.
    mutating func assignNode(to guild: GuildID) {
        guard look(at: guild, { $0.sync.node == nil }) == true,
            let id = chooseNode(
                for: look(at: guild) { $0.current?.entry.track.sourceName }
                    .flatMap(\.self)
            )
        else { return }
        change(guild) { [moment] in _ = $0.assign(to: id, moment) }
    }

    /// Gives each player the best node there is; without any node a player stays where it is.
    mutating func move(_ guilds: [GuildID]) {
        guard !guilds.isEmpty else { return }
        var candidates = candidates(at: now)
        for guild in guilds {
            guard let source = look(at: guild, { $0.source }),
                let index = Self.choose(among: candidates, source: source),
                let target = nodes.id(of: candidates[index].name),
                look(at: guild, { $0.sync.node != target }) == true
            else { continue }
            move(guild, to: target)
            candidates[index].reserved += 1
        }
    }

    private mutating func move(_ guild: GuildID, to target: NodeID) {
        let from = change(guild) { [moment] in $0.assign(to: target, moment) }.flatMap(\.self)
        guard let from else { return }
        let (former, new) = (name(of: from), name(of: target))
        publish(.playerMove(from: former, to: new), node: new, guild: guild)
        change(target) { $0.returning.add(guild) }
    }

    /// The best node for a track of a source.
    func chooseNode(for source: String?) -> NodeID? {
        let candidates = candidates(at: now)
        return Self.choose(among: candidates, source: source)
            .flatMap { nodes.id(of: candidates[$0].name) }
    }

    /// A source that no node names may still be playable: better tried than refused.
    private static func choose(
        among candidates: [Placement.Candidate],
        source: String?
    ) -> Int? {
        let name =
            Placement.choose(among: candidates, source: source)
            ?? Placement.choose(among: candidates)
        return candidates.firstIndex { $0.name == name }
    }

    /// What is known of every node, for a choice.
    package func candidates(at now: Instant) -> [Placement.Candidate] {
        nodes.map { $0.candidate(at: now) }
    }
}
