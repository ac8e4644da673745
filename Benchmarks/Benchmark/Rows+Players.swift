import Glibc
import Wire

/// What players cost: commands, memory, pages, and the loop while they are saved.
enum PlayerRows {
    static var all: [Row] {
        [
            Row(name: "volume") { _ in try volume() },
            Row(name: "memory") { stage in try memory(stage) },
            Row(name: "pages") { stage in try pages(stage) },
            Row(name: "restart") { stage in try restart(stage) },
            Row(name: "loop") { _ in try loop() },
        ]
    }

    // MARK: Commands

    private static func volume() throws -> [Figure] {
        let players = 1_000
        let (rounds, commands) = (5, 4_000)
        let service = try Service()
        try service.fill(players: players)
        let subscriber = try Subscribers(
            port: service.port,
            count: 1,
            request: Service.request("GET", "/v1/events")
        )
        defer { subscriber.end() }
        // Each time all players get a volume that they have not.
        let client = try LoadClient(port: service.port, connections: 64) { number in
            let body = "{\"volume\":\(20 + number / players % 50)}"
            return Service.request("PATCH", "/v1/players/\(Service.guild(number % players))", body)
        }
        try client.run(commands / 4)
        var costs: [Double] = []
        for _ in 0..<rounds {
            try service.forgetPatches()
            let before = service.process.cpu
            let outcome = try client.run(commands)
            costs.append((service.process.cpu - before) / Double(commands))
            let patches = try service.patches()
            guard outcome.refused == 0, patches == commands else {
                throw Child.Failed("\(outcome.statuses), and \(patches) PATCHes of \(commands)")
            }
        }
        return [
            Figure(
                what: "CPU of a command that reaches a node and the disk (volume), 64 callers",
                value: Form.microseconds(costs.median),
                goal: "<= 120 us",
                isMet: costs.median <= 120e-6
            )
        ]
    }

    // MARK: 10,000 players

    private static func pages(_ stage: Stage) throws -> [Figure] {
        let service = try stage.tenThousandPlayers()
        var totals: [Double] = []
        var longest: [Double] = []
        for _ in 0..<5 {
            let costs = try costsOfAllPages(service)
            totals.append(costs.reduce(0, +))
            longest.append(costs.max() ?? 0)
        }
        return [
            Figure(
                what: "all pages of `GET /v1/players?limit=1000`, 10,000 players: CPU in all",
                value: Form.milliseconds(totals.median),
                goal: "<= 30 ms",
                isMet: totals.median <= 0.030
            ),
            Figure(
                what: "the longest page of them",
                value: Form.milliseconds(longest.median),
                goal: "<= 5 ms",
                isMet: longest.median <= 0.005
            ),
        ]
    }

    private static func costsOfAllPages(_ service: Service) throws -> [Double] {
        var costs: [Double] = []
        var seen = 0
        var cursor: String?
        repeat {
            let path = "/v1/players?limit=1000" + (cursor.map { "&cursor=\($0)" } ?? "")
            let client = try LoadClient(port: service.port, connections: 1) { _ in
                Service.request("GET", path)
            }
            let before = service.process.cpu
            try client.run(1)
            costs.append(service.process.cpu - before)
            let page = try JSONDocument(parsing: client.lastBody).root
            seen += page["players"]?.elements.count ?? 0
            cursor = page["next"]?.string
        } while cursor != nil
        guard seen == 10_000 else { throw Child.Failed("the pages have \(seen) players") }
        return costs
    }

    private static func memory(_ stage: Stage) throws -> [Figure] {
        let service = try stage.tenThousandPlayers()
        Clock.rest(6)
        let bytes = service.process.residentBytes
        let mebibytes = Form.fixed(Double(bytes) / 1_048_576, 0)
        let each = Form.fixed(Double(bytes) / 10_000 / 1_024, 1)
        return [
            Figure(
                what: "resident memory with 10,000 players of 11 tracks each",
                value: "\(mebibytes) MiB (\(each) KiB a player)",
                goal: "<= 60 MiB",
                isMet: bytes <= 60 * 1_048_576
            )
        ]
    }

    private static func restart(_ stage: Stage) throws -> [Figure] {
        let service = try stage.tenThousandPlayers()
        var times: [Double] = []
        var patches = 0
        for _ in 0..<3 {
            try service.forgetPatches()
            service.process.end()
            let start = Clock.seconds
            try service.restart()
            try service.waitForNodes()
            try service.waitForPlayers(10_000, every: 0.005)
            times.append(Clock.seconds - start)
            Clock.rest(0.5)
            patches += try service.patches()
        }
        return [
            Figure(
                what: "restart with 10,000 players until every session is resumed",
                value: "\(Form.seconds(times.median)), \(patches) PATCHes",
                goal: "<= 0.70 s, 0 PATCHes",
                isMet: times.median <= 0.7 && patches == 0
            )
        ]
    }

    // MARK: The loop

    private static func loop() throws -> [Figure] {
        let service = try Service(updateInterval: 5_000)
        try service.fill(players: 50_000)
        Clock.rest(5)
        let client = try LoadClient(port: service.port, connections: 1) { _ in
            Service.request("GET", "/livez", withToken: false)
        }
        var longest: [Double] = []
        for _ in 0..<5 {
            let end = Clock.seconds + 5
            var slowest = 0.0
            while Clock.seconds < end {
                slowest = max(slowest, try client.run(1).slowest)
                Clock.rest(0.001)
            }
            longest.append(slowest)
        }
        return [
            Figure(
                what: "longest time the loop is busy, 50,000 players, while positions are saved",
                value: Form.milliseconds(longest.median),
                goal: "<= 10 ms",
                isMet: longest.median <= 0.010
            )
        ]
    }
}
