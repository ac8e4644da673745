import Foundation
import Runtime
import SimulatedNode
import Support
import Testing

/// Python with lavalink.py from PyPI, in a virtual environment of its own.
enum LavalinkPy {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        .dropLast(3).joined(separator: "/")
    private static let environment = root + "/.build/venv"
    private static let package = "lavalink==5.11.*"
    static let script = root + "/scripts/lavalink_py.py"
    static let python = environment + "/bin/python3"
    /// Seconds that everything may take.
    static let limit: TimeInterval = 60

    /// Whether the library is there; installs it when it is not, if pip can.
    static let isThere: Bool = {
        if works() { return true }
        guard run("/usr/bin/env", ["python3", "-m", "venv", environment]).status == 0 else {
            return false
        }
        _ = run(python, ["-m", "pip", "install", "--quiet", "--retries", "1", package])
        return works()
    }()

    private static func works() -> Bool {
        FileManager.default.isExecutableFile(atPath: python)
            && run(python, ["-c", "import lavalink"]).status == 0
    }

    /// Runs a program to its end, or to the end of the limit; returns what it wrote.
    static func run(_ path: String, _ arguments: [String]) -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        // A program that cannot be started has failed.
        guard (try? process.run()) != nil else { return (-1, "cannot run \(path)") }
        let watch = DispatchSource.makeTimerSource(queue: .global())
        watch.schedule(deadline: .now() + limit)
        watch.setEventHandler { process.terminate() }
        watch.resume()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        watch.cancel()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

@Suite("A client library that nobody here wrote")
struct ForeignClientTests {
    @Loop
    @Test(
        "plays, seeks and resumes on the simulated node",
        .enabled(
            if: LavalinkPy.isThere,
            "lavalink.py cannot be installed here: no python3, no venv or no PyPI"
        ),
        .timeLimit(.minutes(2))
    )
    func lavalinkPy() async throws {
        var settings = NodeSettings()
        settings.playerUpdateInterval = 200
        try await NodeHarness.withNode(settings) { node in
            let result = await Self.judge(node.port, settings.password)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.hasSuffix("done\n"))
        }
    }

    /// Beside the loop, which has to serve meanwhile.
    @concurrent private static func judge(
        _ port: UInt16,
        _ password: String
    ) async -> (status: Int32, output: String) {
        LavalinkPy.run(LavalinkPy.python, [LavalinkPy.script, "\(port)", password])
    }
}
