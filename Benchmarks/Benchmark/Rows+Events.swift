import Glibc

/// What events of nodes cost, with and without somebody who listens.
enum EventRows {
    static var all: [Row] {
        [
            Row(name: "update") { _ in try updates() },
            Row(name: "events") { _ in try deliveries() },
        ]
    }

    // MARK: Player updates

    private static let players = 5_000
    /// Seconds; each window holds one saving of all positions.
    private static let window = 5.0
    private static let windows = 3

    private static func updates() throws -> [Figure] {
        let service = try Service(updateInterval: 1_000)
        try service.fill(players: players)
        Clock.rest(2)
        var heard: [Double] = []
        var alone: [Double] = []
        for _ in 0..<windows {
            let subscriber = try Subscribers(
                port: service.port,
                count: 1,
                request: Service.request("GET", "/v1/events")
            )
            Clock.rest(0.5)
            let events = subscriber.events
            let cpu = try cpuOfWindow(service)
            let updates = Double(subscriber.events - events)
            subscriber.end()
            guard updates > Double(players) * window * 0.9 else {
                throw Child.Failed("only \(updates) updates came in \(window) s")
            }
            heard.append(cpu / updates)
            alone.append(try cpuOfWindow(service) / (Double(players) * window))
        }
        return [
            Figure(
                what: "CPU of one `playerUpdate`, one subscriber, 5,000 players, one each second",
                value: Form.microseconds(heard.median),
                goal: "<= 5 us",
                isMet: heard.median <= 5e-6
            ),
            Figure(
                what: "the same without a subscriber",
                value: Form.microseconds(alone.median),
                goal: "<= 3 us",
                isMet: alone.median <= 3e-6
            ),
        ]
    }

    private static func cpuOfWindow(_ service: Service) throws -> Double {
        let before = service.process.cpu
        Clock.rest(window)
        return service.process.cpu - before
    }

    // MARK: The event stream

    private static let subscribers = Service.subscribers
    private static let bytes = 200
    /// Microseconds between two events: each is a turn of the loop of its own.
    private static let interval = 10_000
    private static let rounds = 5
    private static let round = 2.0

    private static func deliveries() throws -> [Figure] {
        let service = try Service()
        let size = try messageSize(service)
        let floor = try Child(
            Programs.floor,
            ["sse", "\(bytes)", "\(interval)"],
            output: "\(service.folder)/floor"
        )
        let request = Service.request("GET", "/v1/events")
        let ours = try Subscribers(port: service.port, count: subscribers, request: request)
        Clock.rest(0.5)
        let count = try subscriberCount(service)
        let theirs = try Subscribers(port: floor.port, count: count, request: request)
        defer {
            ours.end()
            theirs.end()
        }
        Clock.rest(1)
        var ratios: [Double] = []
        var rates: [Double] = []
        for _ in 0..<rounds {
            floor.signal(SIGUSR1)
            let best = try rate(of: floor, theirs)
            floor.signal(SIGUSR1)
            Clock.rest(0.2)
            service.nodes[0].tell("events \(interval) \(size)")
            let rate = try rate(of: service.process, ours)
            service.nodes[0].tell("events 0 0")
            Clock.rest(0.2)
            ratios.append(rate / best)
            rates.append(rate)
        }
        guard ours.closed == 0 else { throw Child.Failed("\(ours.closed) subscribers were closed") }
        let thousands = Form.fixed(rates.median / 1e3, 0)
        return [
            Figure(
                what:
                    "event stream, \(count) subscribers, 200-byte events: deliveries in a second of CPU",
                value: "\(Form.ratio(ratios.median)) the C floor (\(thousands),000)",
                goal: ">= 0.80 x",
                isMet: ratios.median >= 0.8
            )
        ]
    }

    private static func subscriberCount(_ service: Service) throws -> Int {
        let name = "lavadeck_sse_subscribers "
        let line = try service.text("/metrics").split(separator: "\n").last { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }

    /// Bytes of a node's message that make an event of 200 bytes.
    private static func messageSize(_ service: Service) throws -> Int {
        let subscriber = try Subscribers(
            port: service.port,
            count: 1,
            request: Service.request("GET", "/v1/events")
        )
        defer { subscriber.end() }
        Clock.rest(0.2)
        let (events, total) = (subscriber.events, subscriber.bytes)
        let tried = 60
        service.nodes[0].tell("events \(interval) \(tried)")
        Clock.rest(1)
        service.nodes[0].tell("events 0 0")
        Clock.rest(0.2)
        let count = subscriber.events - events
        guard count > 0 else { throw Child.Failed("no event came") }
        return max(27, tried + bytes - (subscriber.bytes - total) / count)
    }

    /// Deliveries in each second of CPU of the server.
    private static func rate(of process: Child, _ subscribers: Subscribers) throws -> Double {
        Clock.rest(0.2)
        let (cpu, bytes) = (process.cpu, subscribers.bytes)
        Clock.rest(round)
        let delivered = Double(subscribers.bytes - bytes) / Double(Self.bytes)
        guard delivered > 0, process.cpu > cpu else {
            throw Child.Failed("nothing was delivered; it wrote:\n\(process.written.suffix(2_000))")
        }
        return delivered / (process.cpu - cpu)
    }
}
