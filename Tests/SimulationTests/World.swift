import Control
import Lavalink
import Support

/// A whole run, in virtual time and out of one seed.
///
/// The real `Fleet`, model nodes, a network that fails, a store that takes its time, and a bot that
/// asks for things.
struct World {
    enum Item {
        case toFleet(life: Int, NodeName, ConnectionID, Fleet.SocketEvent)
        case answer(life: Int, RequestID, Fleet.NodeAnswer)
        case arrival(Letter)
        case handshake(Attempt)
        case notice(NodeName, boot: Int, SocketID)
        case updates
        case commit(life: Int)
        case command
        case bringVoice(GuildID)
        case operatorConnects(NodeName)
        case fault
        case heal(NodeName)
        case restart(NodeName)
        case revive
    }

    /// A request on its way to a node.
    struct Letter {
        var life: Int
        var id: RequestID
        var node: NodeName
        var request: NodeRequest
        var losesAnswer: Bool
        var timeout: Instant
    }

    /// A request that the fleet waits for.
    struct Outstanding {
        var node: NodeName
        var request: NodeRequest

        /// Whether it is one of those of which a node bears only so many.
        func counts(for other: Node) -> Bool {
            guard node == other.name else { return false }
            switch request {
            case .updatePlayer(let session, _, _, _), .destroyPlayer(let session, _):
                return session == other.session.session
            default: return false
            }
        }
    }

    struct Attempt {
        var life: Int
        var node: NodeName
        var connection: ConnectionID
        var resuming: String?
    }

    /// A WebSocket, from its handshake until the fleet hears no more of it.
    struct Wire {
        var life: Int
        var node: NodeName
        var connection: ConnectionID
        var socket: SocketID
        /// Messages arrive in the order in which they were sent.
        var arrivesAt: Instant
        /// Sent while the network was cut, and on its way again after that.
        var held: [Fleet.SocketEvent] = []
    }

    static let bot = BotName("radio")

    let seed: UInt64
    let chances: Chances
    let options: Options
    var generator: Generator
    var now = Instant.start
    var agenda = Agenda<Item>()
    var isCalm = false
    var trace = Trace()

    var fleet: Fleet?
    /// Grows with every start of the program; what was meant for a former one is lost.
    var life = 0
    var nodes: [ModelNode]
    var wires: [Wire] = []
    var cut: Set<NodeName> = []
    var lastSocket = 0
    var outstanding: [RequestID: Outstanding] = [:]
    /// What kind of request the last answer was for.
    var answeredRequest: NodeRequest?

    var store = ModelStore()
    var user: ModelBot
    var checks = Checks()

    init(seed: UInt64) {
        self.seed = seed
        var generator = Generator(seed: seed)
        var chances = Chances(using: &generator)
        var options = Options()
        options.maxReconnectDelay = .seconds(20)
        options.resumeTimeout = .seconds(Int64.random(in: 10...60, using: &generator))
        self.options = options
        let count = Int.random(in: 1...3, using: &generator)
        nodes = (0..<count).map { ModelNode(name: NodeName("n\($0)")) }
        let isCrowded = Int.random(in: 0..<40, using: &generator) == 0
        user = ModelBot(guilds: isCrowded ? 30 : Int.random(in: 1...4, using: &generator))
        if isCrowded { chances.secondsBetweenCommands /= 5 }
        self.chances = chances
        self.generator = generator
    }

    // MARK: The course of time

    /// Runs through the storm and the calm after it.
    mutating func run() {
        revive()
        agenda.add(.command, at: now)
        agenda.add(.updates, at: now.advanced(by: .seconds(5)))
        agenda.add(.fault, at: now.advanced(by: generator.wait(average: 10)))
        run(until: now.advanced(by: chances.storm))
        calmDown()
        run(until: now.advanced(by: Liveness.calm(options)))
        Liveness.check(&self)
    }

    private mutating func calmDown() {
        isCalm = true
        trace.note(now, "---- the faults end")
        for name in cut.sorted() { agenda.add(.heal(name), at: now) }
        for node in nodes where !node.isUp { agenda.add(.restart(node.name), at: now) }
        if fleet == nil { agenda.add(.revive, at: now) }
        for node in nodes {
            agenda.add(.operatorConnects(node.name), at: now.advanced(by: .seconds(10)))
        }
    }

    mutating func run(until end: Instant) {
        while checks.isGood {
            var next = agenda.next
            let due = fleet?.nextDeadline
            for moment in [due] + nodes.map(\.nextDeadline) {
                if let moment { next = min(next ?? moment, moment) }
            }
            guard let next, next <= end else { break }
            now = max(now, next)
            if let due, due <= now { tick() } else { moveOn() }
        }
        if checks.isGood { now = end }
    }

    private mutating func tick() {
        checks.ticked(now)
        feed(.tick)
        if let deadline = fleet?.nextDeadline, deadline < now {
            checks.fail("the deadline \(deadline) stays in the past")
        }
    }

    private mutating func moveOn() {
        for index in nodes.indices
        where nodes[index].nextDeadline.map({ $0 <= now }) ?? false {
            nodes[index].tick(now: now)
            carryOut(of: index)
            return
        }
        if let item = agenda.take() { carryOut(item) }
    }

    // MARK: What happens

    private mutating func carryOut(_ item: Item) {
        switch item {
        case .toFleet(let life, let node, let connection, let event):
            guard life == self.life else { return }
            hear(event, node, connection)
        case .answer(let life, let id, let answer):
            guard life == self.life, let letter = outstanding.removeValue(forKey: id) else {
                return
            }
            trace.note(now, "\(letter.node) answers \(id.rawValue): \(answer.short)")
            answeredRequest = letter.request
            feed(.answer(id, answer))
        case .arrival(let letter): arrive(letter)
        case .handshake(let attempt): shakeHands(attempt)
        case .notice(let name, let boot, let socket): notice(name, boot, socket)
        case .updates:
            for index in nodes.indices {
                nodes[index].sayUpdates(now: now)
                carryOut(of: index)
            }
            agenda.add(.updates, at: now.advanced(by: .seconds(5)))
        case .commit(let life):
            guard life == self.life else { return }
            commit()
        case .command: act()
        case .bringVoice(let guild): bringVoice(to: guild)
        case .operatorConnects(let name): connect(name)
        case .fault: strike()
        case .heal(let name): heal(name)
        case .restart(let name): restart(name)
        case .revive: revive()
        }
    }

    func index(of name: NodeName) -> Int {
        guard let index = nodes.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(name) is no node of this world")
        }
        return index
    }
}
