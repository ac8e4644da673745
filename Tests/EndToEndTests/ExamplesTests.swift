import Glibc
import Support
import Testing
import Wire

/// `lavadeck demo`, as a newcomer starts it.
private final class Demo: Sendable {
    let process: ChildProcess
    let port: UInt16

    private init(_ process: ChildProcess, _ port: UInt16) {
        self.process = process
        self.port = port
    }

    static func started() async throws -> Demo {
        let process = try ChildProcess(
            LavadeckProcess.program,
            ["demo", "--listen", "127.0.0.1:0"],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        let line = try await process.line { $0.contains("/v1/events") }
        guard let address = line.split(separator: "/").first(where: { $0.hasPrefix("127.") }),
            let port = address.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw Missed("a port in \(line)") }
        // The invitation is one text: when its last line is there, all is.
        _ = try await process.line { $0.contains("saves nothing") }
        return Demo(process, port)
    }

    var url: String { "http://127.0.0.1:\(port)" }
}

/// The folder of the repository, found from this file.
private let repository = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

private func isInstalled(_ program: String) -> Bool { access("/usr/bin/" + program, X_OK) == 0 }

@Suite("The demonstration")
struct ExamplesTests {
    @Test("has players that play, on two nodes", .timeLimit(.minutes(2)))
    func demo() async throws {
        let demo = try await Demo.started()
        let client = HTTPClient(port: demo.port)
        let nodes = try await client.get("/v1/nodes")
        #expect(nodes["nodes"]?.elements.map { $0["name"]?.string } == ["north", "south"])
        let players = try await client.get("/v1/players")
        let states = players["players"]?.elements.map { $0["state"]?.string }
        #expect(states == ["playing", "playing", "playing"])
        demo.process.signal(SIGTERM)
        #expect(try await demo.process.end() == .exit(0))
    }

    @Test(
        "invites to calls that all work",
        .timeLimit(.minutes(2)),
        .enabled(if: isInstalled("curl"))
    )
    func invitation() async throws {
        let demo = try await Demo.started()
        let calls = demo.process.output.split(separator: "\n")
            .map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("curl") }
        #expect(calls.count >= 5)
        for call in calls {
            // Streams do not end by themselves.
            let limit = call.contains("/v1/events") ? "--max-time 1" : "--max-time 10 --fail"
            let words = call.replacing("curl ", with: "curl -sS \(limit) ")
            let (end, said) = try await shell(String(words))
            #expect(end == .exit(0) || call.contains("/v1/events") && end == .exit(28), "\(call)")
            #expect(!said.isEmpty, "\(call)")
        }
    }

    @Test(
        "is what examples/quickstart.sh runs on",
        .timeLimit(.minutes(2)),
        .enabled(if: isInstalled("curl") && isInstalled("bash"))
    )
    func quickstart() async throws {
        let demo = try await Demo.started()
        let (end, said) = try await shell(
            "bash \(repository)/examples/quickstart.sh",
            ["LAVADECK": demo.url]
        )
        #expect(end == .exit(0), "\(said)")
        let lines = said.split(separator: "\n")
        try #require(lines.count > 4, "\(said)")
        let answers = try lines.prefix(4).map { try JSONDocument(parsing: String($0)).root }
        #expect(answers[0]["nodes"]?.elements.count == 2)
        #expect(answers[1]["current"]?["info"]?["identifier"]?.string == "tone-20s")
        #expect(answers[2]["volume"]?.int64 == 50)
        #expect(answers[3]["filters"]?["timescale"]?["speed"]?.double == 1.1)
        #expect(said.contains("event: playerPositionUpdate"), "\(said)")
    }

    @Test(
        "is what examples/bot.py runs on",
        .timeLimit(.minutes(2)),
        .enabled(if: isInstalled("python3"))
    )
    func bot() async throws {
        let demo = try await Demo.started()
        let (end, said) = try await shell(
            "python3 \(repository)/examples/bot.py",
            ["LAVADECK": demo.url]
        )
        #expect(end == .exit(0), "\(said)")
        for event in ["playerCreate", "playerConnect", "trackStart", "trackEnd"] {
            #expect(said.contains("\(event) {"), "\(event) in:\n\(said)")
        }
        #expect(said.contains("'reason': 'finished'"), "\(said)")
        let players = try await HTTPClient(port: demo.port).get("/v1/players")
        #expect(players["players"]?.elements.count == 3, "its player is gone again")
    }

    private func shell(
        _ command: String,
        _ environment: [String: String] = [:]
    ) async throws -> (ChildProcess.End, String) {
        let process = try ChildProcess(
            "/bin/sh",
            ["-c", command],
            environment: environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
        )
        let end = try await process.end(within: .seconds(40))
        return (end, process.output)
    }
}
