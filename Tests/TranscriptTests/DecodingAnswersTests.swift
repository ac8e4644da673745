import Lavalink
import Testing
import Wire

@Suite(
    "A recorded answer",
    .enabled(
        if: Transcript.isThere,
        "the recordings of shared/corpora/lavalink-4.2.2 are not there"
    )
)
struct DecodingAnswersTests {
    @Test(
        "of a known route is read as what it is, and nothing is lost",
        arguments: Transcript.names
    )
    func answers(name: String) throws {
        for (line, exchange) in try Transcript.load(name).exchanges {
            guard let status = exchange.status, let route = Route(exchange) else { continue }
            let place = Comment(rawValue: "\(name).jsonl:\(line)")
            guard status == 200, let response = exchange.response else { continue }
            var json = JSONWriter()
            try route.rewrite(response.raw.bytes, into: &json)
            #expect(json.raw.value.isEquivalent(to: response), place)
        }
    }

    @Test("of every known route is among the recordings")
    func routes() throws {
        var routes: Set<Route> = []
        for name in Transcript.names {
            for (_, exchange) in try Transcript.load(name).exchanges where exchange.status == 200 {
                if let route = Route(exchange) { routes.insert(route) }
            }
        }
        #expect(routes == Set(Route.allCases))
    }

    @Test("that is an error keeps its message", arguments: Transcript.names)
    func errors(name: String) throws {
        for (line, exchange) in try Transcript.load(name).exchanges {
            guard let status = exchange.status, status >= 400 else { continue }
            let place = Comment(rawValue: "\(name).jsonl:\(line)")
            let answer = NodeErrorAnswer(status: status, body: exchange.response?.raw.bytes ?? [])
            #expect(!answer.message.isEmpty, place)
            let said = exchange.response?["message"]?.string
            if let said { #expect(answer.message == said, place) }
            #expect((answer.kind == .sessionNotFound) == (said == "Session not found"), place)
            #expect((answer.kind == .playerNotFound) == (said == "Player not found"), place)
        }
    }

    @Test("holds tracks byte for byte", arguments: Transcript.names)
    func tracks(name: String) throws {
        let transcript = try Transcript.load(name)
        for (line, exchange) in transcript.exchanges where exchange.status == 200 {
            guard Route(exchange) == .player, let response = exchange.response else { continue }
            guard let track = try NodePlayer(response).track else { continue }
            let bytes = try #require(transcript.entries.first { $0.line == line }?.bytes)
            for part in [track.infoRaw, track.pluginInfo, track.userData] {
                #expect(bytes.contains(part.bytes), Comment(rawValue: "\(name).jsonl:\(line)"))
            }
        }
    }
}

/// What the answer to a request is.
private enum Route: Hashable, CaseIterable {
    case load, track, tracks, players, player, session

    init?(_ exchange: Transcript.Exchange) {
        let path = exchange.path.split(separator: "?").first.map(String.init) ?? ""
        switch (exchange.method, path.split(separator: "/").map(String.init)) {
        case ("GET", ["v4", "loadtracks"]): self = .load
        case ("GET", ["v4", "decodetrack"]): self = .track
        case ("POST", ["v4", "decodetracks"]): self = .tracks
        case ("GET", let parts) where parts.count == 4 && parts[3] == "players": self = .players
        case ("GET", let parts) where parts.count == 5 && parts[3] == "players": self = .player
        case ("PATCH", let parts) where parts.count == 5 && parts[3] == "players": self = .player
        case ("PATCH", let parts) where parts.count == 3 && parts[1] == "sessions": self = .session
        default: return nil
        }
    }

    /// Reads an answer, and writes what was understood.
    func rewrite(_ bytes: [UInt8], into json: inout JSONWriter) throws {
        switch self {
        case .load: try LoadResult(parsing: bytes).write(into: &json)
        case .track: try Track(parsing: bytes).write(into: &json)
        case .tracks:
            let tracks = try [Track](parsing: bytes)
            json.array { json in for track in tracks { track.write(into: &json) } }
        case .players:
            let players = try [NodePlayer](parsing: bytes)
            json.array { json in for player in players { player.write(into: &json) } }
        case .player: try NodePlayer(parsing: bytes).write(into: &json)
        case .session: try SessionSettings(parsing: bytes).write(into: &json)
        }
    }
}
