import Control
import Lavalink
import Support

/// A whole run, in virtual time and out of one seed.
///
/// The real `Fleet` of one or two bots, the modelled nodes, a network that fails, a store that
/// fails and heals, and bots that ask for things.
struct World {
    enum Item {
        case toFleet(life: Int, plane: Int, NodeName, ConnectionID, Fleet.SocketEvent)
        case answer(Letter, Fleet.NodeAnswer)
        case arrival(Letter)
        case handshake(Attempt)
        case notice(server: Int, SocketID)
        case commit(life: Int, plane: Int)
        case rescue(life: Int, plane: Int)
        case storeHeals
        case command(plane: Int)
        case bringVoice(plane: Int, GuildID)
        case operatorConnects(plane: Int, NodeName)
        case operatorRestores(plane: Int)
        case fault
        case heal(server: Int)
        case restart(server: Int)
        case revive
    }

    /// A request on its way to a node.
    struct Letter {
        var life: Int
        var plane: Int
        var id: RequestID
        var node: NodeName
        var server: Int
        var request: NodeRequest
    }

    struct Attempt {
        var life: Int
        var plane: Int
        var node: NodeName
        var server: Int
        var connection: ConnectionID
        var resuming: String?
    }

    /// A WebSocket, from its handshake until the fleet hears no more of it.
    struct Link {
        var life: Int
        var plane: Int
        var node: NodeName
        var server: Int
        var connection: ConnectionID
        var socket: SocketID
        /// Messages arrive in the order in which they were sent.
        var arrivesAt: Instant
        /// Sent while the network was cut, and on its way again after that.
        var held: [Fleet.SocketEvent] = []
    }

    /// A node as this life of the program knows it.
    struct ConfiguredNode {
        var name: NodeName
        var server: Int
    }

    /// Numbers of a node mean nothing at another one.
    struct AtServer<Number: Hashable>: Hashable {
        var server: Int
        var number: Number
    }

    let seed: UInt64
    let weather: Weather
    let limits: Limits
    var options: Options
    var generator: Generator
    var now = Instant.start
    var agenda = Agenda<Item>()
    var isCalm = false
    var trace = Trace()
    /// What happened, by name; nil for a run of which nobody asks.
    var marks: Set<String>?

    /// Whether the program runs; all planes live and die with it.
    var isAlive = false
    /// Grows with every start of the program and every end; what was meant for a former one is
    /// lost.
    var life = 0
    var configuration: [ConfiguredNode]
    var planes: [Plane]
    var servers: [Server]
    var links: [Link] = []
    /// Whose every socket is or was.
    var owners: [AtServer<SocketID>: Int] = [:]
    var letters: [AtServer<Int>: Letter] = [:]
    var cut: Set<Int> = []
    var names = 0

    init(seed: UInt64) {
        self.seed = seed
        var generator = Generator(seed: seed)
        var weather = Weather(using: &generator)
        options = Options(using: &generator)
        let count = Int.random(in: 1...3, using: &generator)
        servers = (0..<count).map {
            Server(
                number: $0,
                settings: ServerSettings(using: &generator),
                seed: generator.next()
            )
        }
        configuration = (0..<count).map { ConfiguredNode(name: NodeName("n\($0)"), server: $0) }
        let isCrowded = generator.happens(perThousand: 25)
        let guilds = isCrowded ? 30 : Int.random(in: 1...4, using: &generator)
        if isCrowded { weather.secondsBetweenCommands /= 5 }
        limits = Limits(guilds: guilds, using: &generator)
        let bots = !isCrowded && generator.happens(perThousand: 150) ? 2 : 1
        planes = (0..<bots).map { Plane(number: $0, guilds: guilds) }
        self.weather = weather
        self.generator = generator
        names = count
    }

    var clock: Duration { Instant.start.duration(to: now) }
    var failure: String? { planes.lazy.compactMap(\.checks.failure).first }

    // MARK: The course of time

    /// Runs through the storm and the calm after it.
    mutating func run() {
        revive()
        for plane in planes.indices { agenda.add(.command(plane: plane), at: now) }
        agenda.add(.fault, at: now.advanced(by: generator.wait(average: 10)))
        run(until: now.advanced(by: weather.storm))
        calmDown()
        run(until: now.advanced(by: Liveness.calm(options)))
        Liveness.check(&self)
    }

    mutating func run(until end: Instant) {
        while failure == nil {
            var next = agenda.next
            for plane in planes {
                if let due = plane.fleet?.nextDeadline { next = min(next ?? due, due) }
            }
            for server in servers {
                guard let due = server.nextDeadline else { continue }
                let moment = Instant.start.advanced(by: due)
                next = min(next ?? moment, moment)
            }
            guard let next, next <= end else { break }
            now = max(now, next)
            moveOn()
            checkCopies()
        }
        if failure == nil { now = end }
    }

    private mutating func moveOn() {
        for plane in planes.indices {
            guard let due = planes[plane].fleet?.nextDeadline, due <= now else { continue }
            return tick(plane)
        }
        for index in servers.indices {
            guard let due = servers[index].nextDeadline, due <= clock else { continue }
            servers[index].tick(clock)
            return hear(from: index)
        }
        if let item = agenda.take() { carryOut(item) }
    }

    private mutating func tick(_ plane: Int) {
        planes[plane].checks.ticked(now)
        feed(.tick, to: plane)
        if let deadline = planes[plane].fleet?.nextDeadline, deadline < now {
            planes[plane].checks.fail("the deadline \(deadline) stays in the past")
        }
    }

    // MARK: What happens

    private mutating func carryOut(_ item: Item) {
        switch item {
        case .toFleet(let life, let plane, let node, let connection, let event):
            guard life == self.life else { return }
            hear(event, node, connection, plane)
        case .answer(let letter, let answer):
            guard letter.life == life else { return }
            answered(letter, answer)
        case .arrival(let letter): arrive(letter)
        case .handshake(let attempt): shakeHands(attempt)
        case .notice(let server, let socket):
            servers[server].noticed(endOf: socket, now: clock)
            hear(from: server)
        case .commit(let life, let plane): if life == self.life { commit(plane) }
        case .rescue(let life, let plane): if life == self.life { rescue(plane) }
        case .storeHeals: healStore()
        case .command(let plane): act(plane)
        case .bringVoice(let plane, let guild): bringVoice(to: guild, plane)
        case .operatorConnects(let plane, let name): connect(name, plane)
        case .operatorRestores(let plane): restore(plane)
        case .fault: strike()
        case .heal(let server): heal(server)
        case .restart(let server): restart(server)
        case .revive: revive()
        }
    }

    mutating func mark(_ name: @autoclosure () -> String) {
        guard marks != nil else { return }
        marks?.insert(name())
    }

    func server(of name: NodeName) -> Int? {
        configuration.first { $0.name == name }?.server
    }

    func name(of server: Int) -> NodeName? {
        configuration.first { $0.server == server }?.name
    }
}

/// One bot: its control plane, who asks it for things, and who watches both.
struct Plane {
    let bot: BotName
    let user: UserID
    var fleet: Fleet?
    var outstanding: [RequestID: World.Letter] = [:]
    var store = ModelStore()
    var caller: Caller
    var checks: Checks

    init(number: Int, guilds count: Int) {
        guard let user = UserID(rawValue: UInt64(number) + 1) else {
            preconditionFailure("every number from 1 is a user")
        }
        let guilds = (1...UInt64(count)).compactMap { GuildID(rawValue: $0) }
        bot = BotName("radio\(number)")
        self.user = user
        caller = Caller(guilds: guilds, user: user)
        checks = Checks(guilds: guilds)
    }
}
