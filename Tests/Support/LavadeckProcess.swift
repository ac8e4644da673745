import Glibc
import Synchronization
import Wire

/// The program as it was built, run as its users run it, with files of its own.
///
/// It can be killed and started again; what it keeps stays until the last reference is gone.
package final class LavadeckProcess: Sendable {
    /// Beside the tests, where the build puts it.
    package static let program: String = {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        let path = String(decoding: bytes[..<max(count, 0)].map(UInt8.init), as: UTF8.self)
        return path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/lavadeck"
    }()

    package let directory: TemporaryDirectory
    private let environment: [String: String]
    private let running = Mutex<(process: ChildProcess, port: UInt16)?>(nil)

    package init(configuration: String, environment: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        self.environment = environment
        try directory.write(configuration, to: "lavadeck.json")
    }

    package var database: String { directory.path + "/lavadeck.db" }

    /// Starts the service, and waits until it listens.
    package func start() async throws {
        let process = try run(["serve"])
        let line = try await process.line { $0.contains(#""message":"listening""#) }
        guard let address = try JSONDocument(parsing: line).root["address"]?.string,
            let port = address.split(separator: ":").last.flatMap({ UInt16($0) })
        else { throw Missed("no port in \(line)") }
        running.withLock { $0 = (process, port) }
    }

    /// Any command, with the configuration and the database of this one.
    package func run(_ words: [String]) throws -> ChildProcess {
        try ChildProcess(
            Self.program,
            words + ["--config", directory.path + "/lavadeck.json", "--database", database],
            // A crash should be seen at once, not after minutes of looking at itself.
            environment: environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { own, _ in own }
        )
    }

    package var process: ChildProcess {
        get throws {
            guard let process = running.withLock({ $0?.process }) else {
                throw Missed("it does not run")
            }
            return process
        }
    }

    package var port: UInt16 { running.withLock { $0?.port ?? 0 } }

    /// SIGKILL, and nothing left of the process.
    package func kill() async throws {
        try await process.killed()
        running.withLock { $0 = nil }
    }

    /// SIGTERM: how it ended.
    @discardableResult
    package func stop() async throws -> ChildProcess.End {
        let process = try process
        process.signal(SIGTERM)
        let end = try await process.end()
        running.withLock { $0 = nil }
        return end
    }

    package func client(token: String? = nil) -> HTTPClient {
        HTTPClient(port: port, authorization: token.map { "Bearer \($0)" })
    }

    package func events(
        _ query: String = "",
        token: String? = nil,
        lastEventID: String? = nil
    ) async throws -> EventStream {
        var headers: [(String, String)] = []
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        if let lastEventID { headers.append(("Last-Event-ID", lastEventID)) }
        let process = try process
        return try await EventStream.opened(port: port, query: query, headers: headers) {
            process.output
        }
    }
}
