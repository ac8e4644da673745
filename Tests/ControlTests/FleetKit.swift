import Control
import Lavalink
import Support
import Testing
import Wire

/// A fleet beside the few words in which its nodes, its bot and its clock are told about.
///
/// Time moves by hand; deadlines that pass on the way are kept, as the shell would.
struct FleetKit {
    private(set) var fleet: Fleet
    private(set) var now = Instant.start
    /// Requests that are not answered yet, in the order in which they were sent.
    private(set) var open: [OpenRequest] = []
    private(set) var replies: [UInt64: [Fleet.Answer]] = [:]
    /// What was published, pinged, aborted and persisted since it was last looked at.
    var published: [FleetEvent] = []
    private(set) var connections: [NodeName: (id: ConnectionID, resuming: String?)] = [:]
    private(set) var pings = 0
    /// Nodes that do not answer pings.
    var mute: Set<NodeName> = []
    private(set) var aborted: [NodeName] = []
    private(set) var changes: [StoreChange] = []
    private var nextTicket: UInt64 = 1

    struct OpenRequest {
        var id: RequestID
        var node: NodeName
        var request: NodeRequest
    }

    init(
        nodes: [NodeName] = [.a],
        options: Options = Options(),
        limits: Limits = .standard,
        saved: SavedBot = SavedBot(),
        seed: UInt64 = 1
    ) {
        fleet = Fleet(
            bot: BotName("radio"),
            user: .bot,
            nodes: nodes.map { NodeSettings(name: $0, address: "\($0):2333") },
            options: options,
            limits: limits,
            saved: saved,
            seed: seed
        )
        feed(.start)
    }

    // MARK: Time

    /// Lets time pass, keeping every deadline on the way.
    mutating func wait(_ duration: Duration) {
        let end = now.advanced(by: duration)
        while let deadline = fleet.nextDeadline, deadline <= end {
            now = max(now, deadline)
            feed(.tick)
            guard fleet.nextDeadline.map({ $0 > now }) ?? true else {
                Issue.record("a deadline stays in the past")
                break
            }
        }
        now = end
    }

    // MARK: The bot

    @discardableResult
    mutating func order<Reply>(_ make: (Ticket<Reply>) -> Fleet.Command) -> Ticket<Reply> {
        let ticket = Ticket<Reply>(nextTicket)
        nextTicket += 1
        feed(.command(make(ticket)))
        return ticket
    }

    @discardableResult
    mutating func order(_ guild: GuildID, _ command: PlayerCommand) -> Ticket<PlayerReply> {
        order { .player(guild, command, $0) }
    }

    @discardableResult
    mutating func enqueue(
        _ entries: [NewEntry],
        at index: Int? = nil,
        on guild: GuildID = .one
    ) -> Ticket<QueueReply> {
        order { .queue(guild, .add(entries, at: index), $0) }
    }

    @discardableResult
    mutating func order(_ node: NodeName, _ command: NodeCommand) -> Ticket<NodeReply> {
        order { .node(node, command, $0) }
    }

    mutating func forward(_ payload: GatewayVoice) { order { .voice(payload, $0) } }

    @discardableResult
    mutating func load(_ identifier: String) -> Ticket<LoadReply> {
        order { .load(identifier: identifier, $0) }
    }

    @discardableResult
    mutating func restoreAll() -> Ticket<RestoreReply> { order { .state(.restore($0)) } }

    mutating func saveAll() { order { .state(.save($0)) } }
    mutating func clearAll() { order { .state(.clear($0)) } }

    /// The one answer to a command; nil so long as there is none.
    func reply<Reply>(to ticket: Ticket<Reply>) -> Fleet.Answer? {
        let all = replies[ticket.rawValue] ?? []
        #expect(all.count <= 1, "a command was answered twice")
        return all.first
    }

    func succeeded<Reply>(_ ticket: Ticket<Reply>) -> Bool {
        reply(to: ticket).map { $0.error == nil } ?? false
    }

    func failure<Reply>(of ticket: Ticket<Reply>) -> CommandError? { reply(to: ticket)?.error }

    /// A player with voice, made in one go.
    mutating func makePlayer(_ guild: GuildID = .one) {
        order(guild, .put(PlayerSettings()))
        order(guild, .setVoice(.sample))
        wait(.milliseconds(50))
    }

    @discardableResult
    mutating func play(_ track: Track, on guild: GuildID = .one) -> Ticket<PlayerReply> {
        order(guild, .play(PlayRequest(.track(track))))
    }

    @discardableResult
    mutating func update(
        _ guild: GuildID = .one,
        _ change: (inout PlayerUpdate) -> Void
    ) -> Ticket<PlayerReply> {
        var update = PlayerUpdate()
        change(&update)
        return order(guild, .update(update))
    }

    // MARK: Sockets

    mutating func opens(_ node: NodeName = .a) { socket(node, .opened) }
    mutating func ends(_ node: NodeName = .a, _ loss: NodeLink.Loss) { socket(node, .ended(loss)) }
    mutating func pongs(_ node: NodeName = .a) { socket(node, .pong) }

    mutating func says(_ message: NodeMessage, _ node: NodeName = .a) {
        socket(node, .message(message))
    }

    mutating func says(_ event: NodeEvent, of guild: GuildID = .one, _ node: NodeName = .a) {
        says(.event(guild, event), node)
    }

    mutating func socket(_ node: NodeName, _ event: Fleet.SocketEvent) {
        guard let connection = connections[node] else {
            Issue.record("no connection to \(node)")
            return
        }
        feed(.socket(node, connection.id, event))
    }

    /// Up to `ready`, without the answers to what follows.
    mutating func isReady(_ node: NodeName = .a, session: String = "s1", resumed: Bool = false) {
        opens(node)
        says(.ready(sessionId: session, resumed: resumed), node)
    }

    /// A node with a new session, settled.
    mutating func comesUp(_ node: NodeName = .a, session: String = "s1") {
        isReady(node, session: session)
        settles(node)
    }

    /// A node that is back with its session and these players, settled.
    mutating func resumes(
        _ node: NodeName = .a,
        session: String = "s1",
        having players: [NodePlayer]
    ) {
        isReady(node, session: session, resumed: true)
        answersPlayers(players, node)
        settles(node)
    }

    private mutating func settles(_ node: NodeName) {
        if has(node, { if case .updateSession = $0 { true } else { false } }) {
            answers(node, 200) { if case .updateSession = $0 { true } else { false } }
        }
        if has(node, { $0 == .info }) { answers(node, 200) { $0 == .info } }
    }

    // MARK: Answers

    func has(_ node: NodeName, _ matches: (NodeRequest) -> Bool) -> Bool {
        open.contains { $0.node == node && matches($0.request) }
    }

    /// The PATCHes of players under way to a node.
    func patches(_ node: NodeName = .a, of guild: GuildID? = nil) -> [PlayerPatch] {
        open.compactMap { request in
            guard request.node == node,
                case .updatePlayer(_, let of, let patch, _) = request.request,
                guild == nil || guild == of
            else { return nil }
            return patch
        }
    }

    /// The guilds whose DELETE is under way to a node, with the session they go through.
    func deletions(_ node: NodeName = .a) -> [String] {
        open.compactMap { request in
            guard request.node == node,
                case .destroyPlayer(let session, let guild) = request.request
            else { return nil }
            return "\(session)/\(guild)"
        }
    }

    /// Answers the first request that matches.
    mutating func answers(
        _ node: NodeName = .a,
        _ status: Int = 200,
        body: [UInt8] = Array("{}".utf8),
        to matches: (NodeRequest) -> Bool
    ) {
        answers(node, .response(status: status, body: body, retryAfter: nil), to: matches)
    }

    mutating func answers(
        _ node: NodeName,
        _ answer: Fleet.NodeAnswer,
        to matches: (NodeRequest) -> Bool
    ) {
        guard let index = open.firstIndex(where: { $0.node == node && matches($0.request) }) else {
            Issue.record("no such request to \(node)")
            return
        }
        let request = open.remove(at: index)
        feed(.answer(request.id, answer))
    }

    /// Answers the first PATCH of a player; returns what it asked for.
    @discardableResult
    mutating func answersPatch(
        _ node: NodeName = .a,
        _ answer: Fleet.NodeAnswer = .ok,
        of guild: GuildID = .one
    ) -> PlayerPatch? {
        let patch = patches(node, of: guild).first
        answers(node, answer) {
            if case .updatePlayer(_, guild, _, _) = $0 { true } else { false }
        }
        return patch
    }

    mutating func answersDelete(_ node: NodeName = .a, _ answer: Fleet.NodeAnswer = .gone) {
        answers(node, answer) { if case .destroyPlayer = $0 { true } else { false } }
    }

    mutating func answersPlayers(_ players: [NodePlayer], _ node: NodeName = .a) {
        var json = JSONWriter()
        json.array { json in for player in players { player.write(into: &json) } }
        answers(node, body: json.bytes) { if case .players = $0 { true } else { false } }
    }

    // MARK: Looking

    func player(_ guild: GuildID = .one) -> Player? { fleet.player(guild) }

    func assignedNode(_ guild: GuildID = .one) -> NodeName? {
        player(guild).flatMap { fleet.assignedNode(of: $0) }
    }

    func position(_ guild: GuildID = .one) -> Int64? {
        fleet.player(guild)?.position.milliseconds(at: now)
    }

    var names: [String] { published.map(\.name) }

    func count(_ name: String) -> Int { published.count { $0.name == name } }

    /// What the store would hold after everything that was persisted.
    var saved: SavedBot { Shelf(changes).bot }

    // MARK: The shell

    private mutating func feed(_ event: Fleet.Event) {
        for effect in fleet.handle(event, now: now) {
            switch effect {
            case .connect(let node, let id, let session): connections[node] = (id, session)
            case .ping(let node, let id):
                pings += 1
                if !mute.contains(node) { feed(.socket(node, id, .pong)) }
            case .abort(let node, _): aborted.append(node)
            case .breakConnection(let node, let id):
                feed(.socket(node, id, .ended(.closed(code: 1006, reason: "a drill"))))
            case .request(let id, let node, let request, _):
                open.append(OpenRequest(id: id, node: node, request: request))
            case .forget(let id): open.removeAll { $0.id == id }
            case .persist(let new): changes += new
            case .publish(let event): published.append(event)
            case .reply(let answer): replies[answer.number, default: []].append(answer)
            }
        }
    }
}
