import CLinux
import Glibc

/// What a request costs that is answered from memory, beside the floor and beside nginx.
enum HTTPRows {
    private static let connections = 64
    private static let rounds = 9
    private static let requestsPerRound = 20_000

    static var all: [Row] {
        [
            Row(name: "livez") { _ in
                try measure(
                    "CPU of `GET /livez`",
                    Service.request("GET", "/livez", withToken: false),
                    goal: 1.15
                )
            },
            Row(name: "node") { _ in
                try measure(
                    "CPU of `GET /v1/nodes/{node}` with a token, 64 connections kept alive",
                    Service.request("GET", "/v1/nodes/node0"),
                    goal: 1.4
                )
            },
            Row(name: "node-quiet") { _ in
                try measure(
                    "the same, with `log.level` `warning`",
                    Service.request("GET", "/v1/nodes/node0"),
                    goal: 1.4,
                    logLevel: "warning"
                )
            },
        ]
    }

    /// A server under the same load as the others, a short round each in turn.
    private final class Lane {
        let process: Child
        let client: LoadClient
        var costs: [Double] = []

        init(_ process: Child, port: UInt16, _ request: [UInt8]) throws {
            self.process = process
            client = try LoadClient(port: port, connections: connections) { _ in request }
            try client.run(requestsPerRound / 4)
        }

        func round() throws {
            let before = process.cpu
            let outcome = try client.run(requestsPerRound)
            guard outcome.refused == 0 else {
                throw Child.Failed("not all were answered: \(outcome.statuses)")
            }
            costs.append((process.cpu - before) / Double(requestsPerRound))
        }
    }

    private static func measure(
        _ what: String,
        _ request: [UInt8],
        goal: Double,
        logLevel: String = "info"
    ) throws -> [Figure] {
        let service = try Service(logLevel: logLevel)
        let sample = try LoadClient(port: service.port, connections: 1) { _ in request }
        try sample.run(1)
        let answer = "\(service.folder)/answer"
        File.write(sample.lastAnswer, to: answer)
        let floorProcess = try Child(
            Programs.floor,
            ["http", answer],
            output: "\(service.folder)/floor"
        )
        let ours = try Lane(service.process, port: service.port, request)
        let floor = try Lane(floorProcess, port: floorProcess.port, request)
        let nginx = try NginxServer(answering: sample.lastBody, in: service.folder)
        let other = try nginx.map { try Lane($0.process, port: $0.port, request) }
        for _ in 0..<rounds {
            try floor.round()
            try ours.round()
            try other?.round()
        }
        let ratio = zip(ours.costs, floor.costs).map { $0 / $1 }.median
        let cost = Form.microseconds(ours.costs.median)
        let against = "\(cost) against \(Form.microseconds(floor.costs.median))"
        var figures = [
            Figure(
                what: what,
                value: "\(Form.ratio(ratio)) the C floor (\(against))",
                goal: "<= \(Form.fixed(goal, 2)) x",
                isMet: ratio <= goal
            )
        ]
        if let other {
            let ratio = zip(ours.costs, other.costs).map { $0 / $1 }.median
            let cost = Form.microseconds(other.costs.median)
            figures.append(
                Figure(
                    what: "the same against nginx that returns the same body",
                    value: "\(Form.ratio(ratio)) nginx (\(cost))",
                    goal: ""
                )
            )
        }
        return figures
    }
}

/// nginx, as one process that answers everything with the same body.
private final class NginxServer {
    let process: Child
    let port: UInt16

    /// Nil where there is no nginx.
    init?(answering body: [UInt8], in folder: String) throws {
        guard let program = Programs.nginx else { return nil }
        port = try Socket.freePort()
        let text = String(decoding: body, as: UTF8.self)
        let configuration = """
            daemon off; master_process off; pid \(folder)/nginx.pid;
            error_log \(folder)/nginx.log;
            events { worker_connections 1024; }
            http {
              access_log off; keepalive_requests 1000000000; default_type application/json;
              client_body_temp_path \(folder)/nginx.t1; proxy_temp_path \(folder)/nginx.t2;
              fastcgi_temp_path \(folder)/nginx.t3; uwsgi_temp_path \(folder)/nginx.t4;
              scgi_temp_path \(folder)/nginx.t5;
              server { listen 127.0.0.1:\(port); location / { return 200 '\(text)'; } }
            }
            """
        File.write(configuration, to: "\(folder)/nginx.conf")
        process = try Child(
            program,
            ["-c", "\(folder)/nginx.conf", "-e", "\(folder)/nginx.log"],
            output: "\(folder)/nginx.out",
            waits: false
        )
        try process.waitUntilListening(on: port)
    }
}
