import FoundationEssentials
import Testing
import Wire

/// One recording of what a real node did, as `corpora/lavalink-4.2.2/README.md` describes it.
struct Transcript: Sendable, CustomTestStringConvertible {
    struct Entry: Sendable {
        /// From 1, as an editor counts.
        var line: Int
        /// Seconds since the start of the recording.
        var time: Double
        var kind: Kind
        var bytes: [UInt8]
    }

    enum Kind: Sendable {
        case step(String)
        case rest(Exchange)
        /// `status` and `headers` are the answer's.
        case handshake(
            socket: String,
            headers: [String: String],
            isAuthorized: Bool,
            status: Int,
            answer: [String: String]
        )
        case message(socket: String, JSONValue)
        case close(socket: String, code: Int, reason: String)
        case lost(socket: String)
        case ping(socket: String)
        case pong(socket: String)
    }

    /// A request and its answer.
    struct Exchange: Sendable {
        var method: String
        var path: String
        var request: Body
        /// Nil when no answer came.
        var status: Int?
        var headers: [String: String]
        /// Nil when the answer had no body; text that is no JSON is a string.
        var response: JSONValue?
        var error: String?
    }

    enum Body: Sendable {
        case none
        case json(JSONValue)
        /// Sent as it is, without a content type.
        case text(String)
    }

    var name: String
    var entries: [Entry]
    var testDescription: String { name }

    var exchanges: [(line: Int, exchange: Exchange)] {
        entries.compactMap { entry in
            guard case .rest(let exchange) = entry.kind else { return nil }
            return (entry.line, exchange)
        }
    }

    struct Unreadable: Error { var detail: String }
}

// MARK: The corpus

extension Transcript {
    /// Where the recordings are: under `LAVADECK_SHARED`, or in `shared` beside the package.
    static let folder: String = {
        let shared =
            ProcessInfo.processInfo.environment["LAVADECK_SHARED"] ?? packageRoot + "/../shared"
        return shared + "/corpora/lavalink-4.2.2"
    }()

    private static let packageRoot = #filePath.split(
        separator: "/",
        omittingEmptySubsequences: false
    )
    .dropLast(3).joined(separator: "/")

    static let isThere = FileManager.default.fileExists(atPath: folder)

    static let names = [
        "concurrent", "handshake", "novoice", "ping", "play", "rest", "restart", "resume",
        "sources",
        "timescale-and-pause", "validate", "voice",
    ]

    static func load(_ name: String) throws -> Transcript {
        let path = "\(folder)/\(name).jsonl"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Unreadable(detail: "cannot read \(path)")
        }
        var entries: [Entry] = []
        for (index, line) in data.split(separator: 0x0a).enumerated() {
            entries.append(try Entry(line: index + 1, bytes: Array(line)))
        }
        return Transcript(name: name, entries: entries)
    }
}

extension Transcript.Entry {
    fileprivate init(line: Int, bytes: [UInt8]) throws {
        let value = try JSONDocument(parsing: bytes).root
        self.line = line
        self.bytes = bytes
        time = value["t"]?.double ?? 0
        kind = try Transcript.Kind(value)
    }
}

extension Transcript.Kind {
    fileprivate init(_ value: JSONValue) throws {
        let socket = value["name"]?.string ?? ""
        switch value["kind"]?.string {
        case "step": self = .step(value["title"]?.string ?? "")
        case "rest": self = .rest(try Transcript.Exchange(value))
        case "handshake":
            self = .handshake(
                socket: socket,
                headers: texts(value["request"]),
                isAuthorized: value["authorized"]?.bool ?? false,
                status: Int(value["status"]?.int64 ?? 0),
                answer: texts(value["headers"])
            )
        case "ws":
            guard let message = value["message"] else {
                throw Transcript.Unreadable(detail: "a ws line without a message")
            }
            self = .message(socket: socket, message)
        case "close":
            let code = Int(value["code"]?.int64 ?? 0)
            self = .close(socket: socket, code: code, reason: value["reason"]?.string ?? "")
        case "lost": self = .lost(socket: socket)
        case "ping": self = .ping(socket: socket)
        case "pong": self = .pong(socket: socket)
        case let kind: throw Transcript.Unreadable(detail: "a line of kind \(kind ?? "none")")
        }
    }
}

extension Transcript.Exchange {
    fileprivate init(_ value: JSONValue) throws {
        guard let method = value["method"]?.string, let path = value["path"]?.string else {
            throw Transcript.Unreadable(detail: "a rest line without method or path")
        }
        self.method = method
        self.path = path
        // A request that was never answered is recorded as `body`.
        let request = value["request"] ?? value["body"]
        switch request?.kind {
        case nil, .null: self.request = .none
        case .string: self.request = .text(request?.string ?? "")
        default: self.request = request.map { .json($0) } ?? .none
        }
        status = value["status"]?.int64.map { Int($0) }
        headers = texts(value["headers"])
        response = value["response"].flatMap { $0.isNull ? nil : $0 }
        error = value["error"]?.string
    }
}

private func texts(_ object: JSONValue?) -> [String: String] {
    var texts: [String: String] = [:]
    for (key, value) in object?.members ?? [] { texts[key.string ?? ""] = value.string }
    return texts
}
