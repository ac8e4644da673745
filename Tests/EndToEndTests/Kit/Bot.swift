import Support
import Testing
import Wire

/// A bot's view of one of its players.
struct Bot: Sendable {
    static let channel = "817327181659111999"

    /// Kept, since the service ends with the last reference to it.
    let lavadeck: LavadeckProcess
    let client: HTTPClient
    let guild: String
    /// `?bot=`, where there are several.
    var query = ""

    init(_ lavadeck: LavadeckProcess, guild: Int = 1) {
        self.lavadeck = lavadeck
        client = lavadeck.client()
        self.guild = "81732718165911000\(guild)"
    }

    var path: String { "/v1/players/\(guild)" }

    /// Makes a player, and gives it voice data.
    @discardableResult
    func join(_ node: any NodeUnderTest, session: String = "a gateway session") async throws
        -> HTTPClient.Answer
    {
        let body = #"{"voiceChannel":"\#(Self.channel)","volume":100}"#
        let made = try await client.put(path + query, body)
        #expect(made.status == 201, "\(made.text)")
        return try await giveVoice(node, session: session)
    }

    @discardableResult
    func giveVoice(
        _ node: any NodeUnderTest,
        session: String = "a gateway session"
    ) async throws -> HTTPClient.Answer {
        let voice = try await client.put(
            path + "/voice" + query,
            """
            {"token":"a token","endpoint":"\(node.voiceEndpoint)","sessionId":"\(session)",
             "channelId":"\(Self.channel)"}
            """
        )
        #expect(voice.status == 200, "\(voice.text)")
        return voice
    }

    /// Loads a track: its encoded form.
    func load(_ identifier: String) async throws -> String {
        let join = query.isEmpty ? "?" : query + "&"
        let answer = try await client.get("/v1/tracks\(join)identifier=\(identifier)")
        let encoded = answer["data"]?["encoded"]?.string
        guard answer["loadType"]?.string == "track", let encoded else {
            throw Missed("the track \(identifier): \(answer.text)")
        }
        return encoded
    }

    @discardableResult
    func play(_ identifier: String, and more: String = "") async throws -> HTTPClient.Answer {
        let encoded = try await load(identifier)
        let body = #"{"encoded":"\#(encoded)"\#(more.isEmpty ? "" : ",\(more)")}"#
        return try await expect(200, client.post(path + "/play" + query, body))
    }

    @discardableResult
    func enqueue(_ identifiers: [String]) async throws -> HTTPClient.Answer {
        var tracks: [String] = []
        for identifier in identifiers {
            tracks.append(#"{"encoded":"\#(try await load(identifier))"}"#)
        }
        let body = #"{"tracks":[\#(tracks.joined(separator: ","))]}"#
        return try await expect(201, client.post(path + "/queue" + query, body))
    }

    @discardableResult
    func patch(_ body: String) async throws -> HTTPClient.Answer {
        try await expect(200, client.patch(path + query, body))
    }

    @discardableResult
    func post(_ verb: String, _ body: String? = nil) async throws -> HTTPClient.Answer {
        try await expect(200, client.post("\(path)/\(verb)\(query)", body))
    }

    /// The player as Lavadeck shows it.
    func player() async throws -> HTTPClient.Answer {
        try await expect(200, client.get(path + query))
    }

    /// The identifiers in the queue, in order.
    func queue() async throws -> [String] {
        let answer = try await expect(200, client.get(path + "/queue" + query))
        return answer["entries"]?.elements.compactMap { $0["info"]?["identifier"]?.string } ?? []
    }

    private func expect(_ status: Int, _ answer: HTTPClient.Answer) throws -> HTTPClient.Answer {
        guard answer.status == status else {
            throw Missed("\(status), but it is \(answer.status): \(answer.text)")
        }
        return answer
    }
}

extension LavadeckProcess {
    /// A running service with a configuration.
    static func running(
        _ configuration: TestConfiguration,
        environment: [String: String] = [:]
    ) async throws -> LavadeckProcess {
        let lavadeck = try LavadeckProcess(
            configuration: configuration.text,
            environment: environment
        )
        try await lavadeck.start()
        return lavadeck
    }

    /// Every event since the service started.
    func eventsFromTheBeginning(_ query: String = "") async throws -> EventStream {
        let now = try await events(query)
        let mark = try await now.next("bookmark")
        let epoch = mark.id.split(separator: "-")[0]
        return try await events(query, lastEventID: "\(epoch)-0")
    }

    /// The session on its only node.
    func session() async throws -> String {
        let nodes = try await client().get("/v1/nodes")
        guard let id = nodes["nodes"]?.elements.first?["sessionId"]?.string else {
            throw Missed("a session: \(nodes.text)")
        }
        return id
    }
}
