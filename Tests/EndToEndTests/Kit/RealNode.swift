import Glibc
import Support

/// A real Lavalink, where the environment names one.
///
/// `LAVALINK_TEST_URI` and `LAVALINK_TEST_PASSWORD` name it; `LAVALINK_TEST_KILL` and
/// `LAVALINK_TEST_START` are shell commands that end it as SIGKILL does, and start it again.
/// `LAVALINK_TEST_TRACK` (a long track), `LAVALINK_TEST_TRACKS` (three others, separated by
/// commas) and `LAVALINK_TEST_VOICE_ENDPOINT` default to what the recordings in
/// `corpora/lavalink-4.2.2` were made with.
struct RealNode: NodeUnderTest {
    let host: String
    let port: UInt16
    let password: String
    let tracks: TestTracks
    let voiceEndpoint: String

    static let isConfigured =
        variable("LAVALINK_TEST_URI") != nil && variable("LAVALINK_TEST_PASSWORD") != nil
    static let canBeKilled =
        isConfigured && variable("LAVALINK_TEST_KILL") != nil
        && variable("LAVALINK_TEST_START") != nil

    init() throws {
        guard let uri = Self.variable("LAVALINK_TEST_URI"),
            let password = Self.variable("LAVALINK_TEST_PASSWORD"),
            let authority = uri.split(separator: "/").last,
            let colon = authority.lastIndex(of: ":"),
            let port = UInt16(authority[authority.index(after: colon)...])
        else { throw Missed("LAVALINK_TEST_URI must be as http://127.0.0.1:2333") }
        // The clients of these tests are made for loopback.
        host = authority[..<colon] == "localhost" ? "127.0.0.1" : String(authority[..<colon])
        self.port = port
        self.password = password
        let short = Self.variable("LAVALINK_TEST_TRACKS")?.split(separator: ",").map(String.init)
        tracks = TestTracks(
            long: Self.variable("LAVALINK_TEST_TRACK") ?? "music/long.wav",
            short: short ?? ["music/a.wav", "music/b.wav", "music/c.wav"]
        )
        voiceEndpoint = Self.variable("LAVALINK_TEST_VOICE_ENDPOINT") ?? "localhost:24443"
    }

    private static func variable(_ name: String) -> String? {
        guard let text = getenv(name), text.pointee != 0 else { return nil }
        return String(cString: text)
    }

    func kill() async throws { try await run("LAVALINK_TEST_KILL") }
    func start() async throws { try await run("LAVALINK_TEST_START") }
    func end() async {}
    func patches() async -> [String]? { nil }

    private func run(_ name: String) async throws {
        let command = Self.variable(name) ?? "false"
        let shell = try ChildProcess(
            "/bin/sh",
            ["-c", command],
            environment: ["PATH": Self.variable("PATH") ?? "/usr/bin:/bin"]
        )
        let end = try await shell.end(within: .seconds(60))
        guard end == .exit(0) else { throw Missed("\(name) ended with \(end): \(shell.output)") }
    }
}
