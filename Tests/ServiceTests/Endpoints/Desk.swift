import Control
import Lavalink
import Runtime
@testable import Service
import Storage
import Support
import Testing
import Wire

/// The whole service without its door, and with nodes that nobody goes to.
///
/// Every answer is compared with `openapi.yaml`, and so is every body that was accepted.
@Loop struct Desk {
    let application: Application
    let store: InMemoryStore
    private let bots: BotDirectory
    private let document: OpenAPIDocument

    init(
        bots: [String: String] = ["radio": "7"],
        nodes: [String] = ["main"],
        drills: Bool = false
    ) throws {
        var configuration = Configuration()
        configuration.bots = try bots.sorted { $0.key < $1.key }.map {
            ConfiguredBot(name: BotName($0.key), userId: try #require(UserID($0.value)))
        }
        configuration.nodes = nodes.map {
            ConfiguredNode(name: NodeName($0), host: "127.0.0.1", port: 9, auth: Secret("secret"))
        }
        configuration.drills = drills
        store = InMemoryStore()
        application = Application(
            configuration: configuration,
            store: store,
            saved: [:],
            log: .silent
        )
        self.bots = BotDirectory(configuration)
        document = try .shared()
    }

    struct Answer {
        var status: Int
        var headers: [(name: String, value: String)]
        var json: JSONValue
        /// The body as it is.
        var body: String
        /// What the schema of the body says against it.
        var faultsOfBody: [String]

        subscript(_ name: StaticString) -> JSONValue? { json[name] }

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// The end of a problem's type.
        var problem: String? {
            json["type"]?.string.map { String($0.dropFirst("/problems/".count)) }
        }

        var pointers: [String] {
            json["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
        }

        var text: String { json.raw.description }
    }

    /// Asks as a client would, from the router on.
    func ask(
        _ method: Wire.Method,
        _ target: String,
        _ body: String = "",
        type: String? = "application/json",
        bearer: Bearer? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        var headers = Headers()
        if let type { headers.append("Content-Type", type) }
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = Request(
            method: method,
            path: parts[0],
            query: parts.count > 1 ? parts[1] : nil,
            headers: headers,
            body: Array(body.utf8)
        )
        guard case .found(let route, let parameters) = application.router.match(method, parts[0])
        else {
            throw Unanswered(detail: "no route for \(method) \(target)")
        }
        let response: Response
        do throws(Problem) {
            let context = try Context(
                request: request,
                route: route,
                parameters: parameters,
                requestID: "a-1",
                bearer: bearer,
                bots: bots
            )
            response = try await run(route, context)
        } catch {
            response = error.response(path: parts[0], requestID: "a-1")
        }
        return try checked(response, of: route, body, sourceLocation)
    }

    struct Unanswered: Error { var detail: String }

    private func run(_ route: Route, _ context: Context) async throws(Problem) -> Response {
        switch route.endpoint {
        case .immediate(let answer): try answer(context)
        case .waiting(let answer): try await answer(context)
        case .stream: preconditionFailure("streams have tests of their own")
        }
    }

    // MARK: The contract

    private func checked(
        _ response: Response,
        of route: Route,
        _ body: String,
        _ sourceLocation: SourceLocation
    ) throws -> Answer {
        let operation = try #require(document.operations.first { $0.id == route.operationId })
        let name = "\(route.operationId), \(response.status)"
        let answers = operation.content["responses"]
        let documented = answers?["\(response.status)"]
        #expect(documented != nil, "\(name) is not documented", sourceLocation: sourceLocation)
        let type = response.headers.first { $0.name == "Content-Type" }?.value ?? ""
        let media = type.split(separator: ";").first.map(String.init) ?? ""
        let isJSON = media.hasSuffix("json")
        let json = try JSONDocument(parsing: isJSON ? response.body : Array("null".utf8)).root
        if let documented, !response.body.isEmpty {
            let schema = try #require(
                document.schema(of: documented, media),
                "\(name) has no schema for \(media)",
                sourceLocation: sourceLocation
            )
            let faults =
                isJSON
                ? OpenAPISchema(document: document, schema: schema, isClosed: true).faults(in: json)
                : []
            #expect(faults == [], "\(name)", sourceLocation: sourceLocation)
        }
        let faults = try faultsOfBody(body, operation)
        if response.status < 300 {
            #expect(faults == [], "\(name): its body", sourceLocation: sourceLocation)
        }
        return Answer(
            status: response.status,
            headers: response.headers,
            json: json,
            body: String(decoding: response.body, as: UTF8.self),
            faultsOfBody: faults
        )
    }

    private func faultsOfBody(
        _ body: String,
        _ operation: OpenAPIDocument.Operation
    ) throws -> [String] {
        guard !body.isEmpty else { return [] }
        guard let content = operation.content["requestBody"],
            let schema = document.schema(of: content, "application/json")
        else { return ["\(operation.id) has no body"] }
        // A body that is no JSON has no schema to break.
        guard let json = try? JSONDocument(parsing: body).root else { return ["no JSON"] }
        return OpenAPISchema(document: document, schema: schema).faults(in: json)
    }
}

// MARK: Things to send

enum Sample {
    /// A track of three minutes, or of another length.
    static func track(_ name: String = "one", length: Int64 = 180_000) -> String {
        EncodedTrack(
            info: TrackInfo(
                identifier: name,
                author: "The Examples",
                length: length,
                title: "Track \(name)",
                sourceName: "youtube"
            )
        )
        .encoded()
    }

    static let voice = """
        {"token":"t","endpoint":"a.discord.media","sessionId":"s","channelId":"90"}
        """

    /// A body that adds tracks of these names.
    static func addition(_ names: [String], at index: Int? = nil) -> String {
        let tracks = names.map { #"{"encoded":"\#(track($0))"}"# }.joined(separator: ",")
        return #"{"tracks":[\#(tracks)]\#(index.map { #","at":\#($0)"# } ?? "")}"#
    }
}
