import Dispatch
import Glibc
import Runtime
import SimulatedNode
import Wire

/// `Benchmark --node`: a simulated node in a process of its own, so that its cost is not counted.
///
/// It is told through its standard input, one line each:
///
/// | Line | What it does |
/// |---|---|
/// | `events INTERVAL BYTES` | every so many microseconds a message of so many bytes; 0 stops |
/// | `forget` | forgets the requests that came so far, and writes `forgotten` |
/// | `patches` | writes `patches N`, the PATCHes of players since then |
@Loop enum NodeProcess {
    private static var node: SimulatedNode?
    private static let timer = LoopTimer()
    private static var interval: Duration = .zero
    private static var message = ""
    private static var due = ContinuousClock.now

    /// Milliseconds: between two updates of a player, and until every answer.
    nonisolated static func run(port: UInt16, updateInterval: Int64, latency: Int64) -> Never {
        Signals.ignoreBrokenPipes()
        Task { @Loop in start(port, updateInterval, latency) }
        DispatchQueue(label: "input").async {
            while let line = readLine() { Task { @Loop in hear(line) } }
            exit(0)  // whoever started it is gone
        }
        dispatchMain()
    }

    private static func start(_ port: UInt16, _ updateInterval: Int64, _ latency: Int64) {
        var settings = NodeSettings()
        settings.password = Service.nodePassword
        settings.playerUpdateInterval = updateInterval
        do throws(ListenerError) {
            let node = try SimulatedNode.started(
                port: port,
                password: settings.password,
                settings: settings,
                seed: UInt64.random(in: .min ... .max)
            )
            let figures = Latency.Figures(floor: latency, cost: 0)
            node.script.latency = Latency(voice: figures, track: figures, other: figures)
            self.node = node
            say("listening on 127.0.0.1:\(node.port)")
        } catch {
            say("node: \(error)")
            exit(1)
        }
    }

    private static func hear(_ line: String) {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().compactMap { Int($0) }
        switch words.first {
        case "events" where numbers.count == 2:
            interval = .microseconds(numbers[0])
            message = event(of: numbers[1])
            due = ContinuousClock.now
            if interval > .zero { push() } else { timer.cancel() }
        case "forget":
            node?.clearLog()
            say("forgotten")
        case "patches":
            let patches = node?.log.filter { request in
                request.method == .patch && request.path.contains("/players/")
            }
            say("patches \(patches?.count ?? 0)")
        default: say("not understood: \(line)")
        }
    }

    /// A message of a plugin, which goes to every subscriber as it came.
    private static func event(of bytes: Int) -> String {
        let frame = #"{"op":"benchmark","pad":""}"#
        return frame.replacing(
            "\"\"",
            with: "\"\(String(repeating: "x", count: max(0, bytes - frame.utf8.count)))\""
        )
    }

    /// Sends what is due; a timer that comes late makes up for it.
    private static func push() {
        while due <= ContinuousClock.now {
            node?.broadcast(message)
            due += interval
        }
        timer.schedule(after: due - ContinuousClock.now) { push() }
    }

    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(1, bytes, bytes.count)
    }
}
