import Wire

/// A Lavalink node as a value: what it answers and says, by the time it is told.
///
/// It follows `lavalink-v4.md`: the numbers of sections in this folder are those of that page.
/// There is no clock, no socket and no chance in it but a seeded generator for session ids, so the
/// same calls give the same outputs. Times are durations since the node's time 0 and never go back;
/// everything that was due before a call comes out of that call first.
///
/// ```swift
/// var node = NodeModel()
/// let outcome = node.handshake(request, now: .zero)
/// var outputs = node.rest(Ticket(1), patch, now: .milliseconds(20))
/// while let deadline = node.nextDeadline { outputs += node.advance(to: deadline) }
/// ```
package struct NodeModel: Sendable {
    /// What is on the agenda.
    enum Due: Sendable {
        case player(session: Int, guild: Int64)
        case stats(session: Int)
        case expiry(session: Int, pause: Int)
        case voiceOpened(session: Int, guild: Int64, connection: Int, VoiceOutcome)
        case work(Ticket, Request)
        case delivery(Ticket, Response)
        case listen
    }

    /// What a rule of the script does to the answer of a request.
    enum Disposition: Sendable { case delay(Int64), swallow, reset }

    package let settings: NodeSettings
    package var script = NodeScript()

    var sessions: [Int: NodeSession] = [:]
    /// Sessions in the order in which they began.
    var sessionOrder: [Int] = []
    var sessionsByID: [String: Int] = [:]
    var sessionsByConnection: [ConnectionID: Int] = [:]
    var agenda = Agenda<Due>()
    var clock: Int64 = 0
    var outputs: [NodeOutput] = []
    var dispositions: [Ticket: Disposition] = [:]
    /// Requests without an answer so far.
    private(set) var inFlight: Set<Ticket> = []
    /// When the worker of `Latency` is free again.
    var busyUntil: Int64 = 0
    /// When the process began; its players and sessions are younger.
    var startedAt: Int64 = 0
    package internal(set) var isRunning = true
    /// When the port listens, after the last start.
    var listensAt: Int64 = 0
    /// Whether a PATCH with a track came since the start.
    var hasTakenTrack = false
    /// Whether stats were told since the start.
    var hasToldStats = false
    private var generator: SplitMix
    /// The moments at which the machine's load is measured; apart, so that they change no id.
    var moments: SplitMix
    private var lastSession = 0
    private var lastConnection = 0

    package init(settings: NodeSettings = NodeSettings(), seed: UInt64 = 1) {
        self.settings = settings
        generator = SplitMix(state: seed)
        moments = SplitMix(state: ~seed)
    }

    /// Whether its port takes connections: from the end of a start until the process ends.
    package func isListening(at now: Duration) -> Bool {
        isRunning && now >= .milliseconds(listensAt)
    }

    /// When something happens by itself; nil for never.
    package var nextDeadline: Duration? { agenda.next.map { .milliseconds($0) } }

    /// Lets time pass; returns what the node does meanwhile.
    package mutating func advance(to now: Duration) -> [NodeOutput] {
        run(until: now)
        return takeOutputs()
    }

    mutating func takeOutputs() -> [NodeOutput] {
        defer { outputs = [] }
        return outputs
    }

    mutating func run(until now: Duration) {
        let (seconds, attoseconds) = now.components
        let end = max(clock, seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
        while let (at, item) = agenda.take(dueAt: end) {
            clock = max(clock, at)
            carryOut(item, at)
        }
        clock = end
    }

    private mutating func carryOut(_ item: Due, _ at: Int64) {
        switch item {
        case .player(let session, let guild): tick(session, guild, dueAt: at)
        case .stats(let session): sendStats(session)
        case .expiry(let session, let pause):
            guard sessions[session]?.pauses == pause else { return }
            destroy(session)
        case .voiceOpened(let session, let guild, let connection, let outcome):
            voiceOpened(session, guild, connection, outcome)
        case .work(let ticket, let request): carryOut(ticket, request)
        case .delivery(let ticket, let response): put(.answer(ticket, response), for: ticket)
        case .listen: outputs.append(.listen)
        }
    }

    // MARK: Requests

    mutating func begin(_ ticket: Ticket) { inFlight.insert(ticket) }

    /// Ends a request, unless its client has given up meanwhile.
    mutating func put(_ output: NodeOutput, for ticket: Ticket) {
        guard inFlight.remove(ticket) != nil else { return }
        outputs.append(output)
    }

    /// The client of a request has gone; what the request does, it does all the same.
    package mutating func abandon(_ ticket: Ticket) { inFlight.remove(ticket) }

    /// Resets the connection of every request in flight.
    mutating func resetRequests() {
        for ticket in inFlight.sorted(by: { $0.number < $1.number }) {
            outputs.append(.reset(ticket))
        }
        inFlight = []
        dispositions = [:]
    }

    // MARK: Sessions

    mutating func newConnection() -> ConnectionID {
        lastConnection += 1
        return ConnectionID(lastConnection)
    }

    mutating func newSession(of user: String, on connection: ConnectionID) -> Int {
        lastSession += 1
        let session = NodeSession(id: newID(), user: user, connection: connection)
        sessions[lastSession] = session
        sessionOrder.append(lastSession)
        sessionsByID[session.id] = lastSession
        sessionsByConnection[connection] = lastSession
        return lastSession
    }

    private mutating func newID() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String(
            (0..<NodeSession.idLength).map { _ in
                letters[Int(generator.next() % UInt64(letters.count))]
            }
        )
    }

    /// Ends a session and its players, silently (§3.4).
    mutating func destroy(_ key: Int) {
        guard let session = sessions.removeValue(forKey: key) else { return }
        sessionOrder.removeAll { $0 == key }
        sessionsByID[session.id] = nil
        if let connection = session.connection { sessionsByConnection[connection] = nil }
    }

    /// Sends a message, or keeps it for the resume.
    mutating func tell(_ key: Int, _ message: [UInt8]) {
        guard let session = sessions[key] else { return }
        if let connection = session.connection {
            outputs.append(.send(connection, message))
        } else {
            sessions[key]?.keep(message)
        }
    }

    // MARK: Players

    /// Changes a player, tells its session what it said, and notes when to look at it again.
    mutating func change<Result>(
        _ key: Int,
        _ guild: Int64,
        _ body: (inout ModelPlayer, inout PlayerScene) -> Result
    ) -> Result? {
        guard var player = sessions[key]?[guild] else { return nil }
        var scene = PlayerScene(now: clock, settings: settings)
        let result = body(&player, &scene)
        if let due = player.deadline(settings), due != player.scheduledAt {
            player.scheduledAt = max(due, clock)
            agenda.add(.player(session: key, guild: guild), at: max(due, clock))
        }
        sessions[key]?[guild] = player
        deliver(scene.messages, to: key)
        return result
    }

    private mutating func deliver(_ messages: [PlayerMessage], to key: Int) {
        for message in messages {
            switch message {
            case .event(let bytes):
                tell(key, bytes)
                guard script.repeatedEvents > 0 else { continue }
                script.repeatedEvents -= 1
                tell(key, bytes)
            case .update(let bytes):
                guard let connection = sessions[key]?.connection else { continue }
                outputs.append(.send(connection, bytes))
            }
        }
    }

    private mutating func tick(_ key: Int, _ guild: Int64, dueAt at: Int64) {
        guard sessions[key]?[guild]?.scheduledAt == at else { return }
        _ = change(key, guild) { player, scene in
            player.scheduledAt = nil
            player.tick(&scene)
        }
    }
}
