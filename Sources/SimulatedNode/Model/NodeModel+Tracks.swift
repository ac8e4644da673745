import Lavalink
import Wire

extension NodeModel {
    func load(_ identifier: String) -> LoadOutcome {
        let outcome = script.catalogue[identifier] ?? Catalogue.load(identifier)
        // A source that the node does not have finds nothing.
        if case .track(let track) = outcome, !has(source: track.sourceName) { return .empty }
        return outcome
    }

    private func has(source: String) -> Bool { settings.sources?.contains(source) ?? true }

    /// Nil for what the node cannot decode, for want of the source among other reasons (§6.5).
    func decode(_ text: String) -> EncodedTrack? {
        // Why it cannot is not said: 500 without a message.
        guard let track = try? EncodedTrack(decoding: text), has(source: track.sourceName) else {
            return nil
        }
        return track
    }

    func loadTracks(_ request: Request) -> Response {
        guard let identifier = QueryItems(request.query)["identifier"] else {
            return error(400, "Required parameter 'identifier' is not present.", request)
        }
        let outcome = load(identifier)
        return Answers.ok { json in
            json.object { json in
                json.member("loadType", outcome.loadType)
                json.key("data")
                outcome.writeData(into: &json, settings.persona)
            }
        }
    }

    func decodeTrack(_ request: Request) -> Response {
        let query = QueryItems(request.query)
        guard let text = query["encodedTrack"] ?? query["track"] else {
            return error(400, "No track to decode provided", request)
        }
        guard let track = decode(text) else { return undecodable(request) }
        return Answers.ok { json in Track(track, encoded: text).write(into: &json) }
    }

    func decodeTracks(_ request: Request) -> Response {
        // What is not JSON is 400 like any other shape that is wrong.
        let document = try? JSONDocument(parsing: request.body)
        guard let array = document?.root, array.kind == .array else {
            return error(400, "Bad Request", request)
        }
        let texts = array.elements.compactMap(\.string)
        guard texts.count == array.elements.count else {
            return error(400, "Bad Request", request)
        }
        guard !texts.isEmpty else { return error(400, "No tracks to decode provided", request) }
        let tracks = texts.map { (text: $0, track: decode($0)) }
        guard tracks.allSatisfy({ $0.track != nil }) else { return undecodable(request) }
        return Answers.ok { json in
            json.array { json in
                for case (let text, let track?) in tracks {
                    Track(track, encoded: text).write(into: &json)
                }
            }
        }
    }

    private func undecodable(_ request: Request) -> Response {
        error(500, "No message available", request, uncaught: true)
    }
}

extension LoadOutcome {
    fileprivate var loadType: String {
        switch self {
        case .track: "track"
        case .playlist: "playlist"
        case .search: "search"
        case .empty: "empty"
        case .error: "error"
        }
    }

    fileprivate func writeData(into json: inout JSONWriter, _ persona: Persona) {
        switch self {
        case .empty: json.null()
        case .track(let track): persona.write(Track(track), into: &json)
        case .search(let tracks): Self.write(tracks, into: &json, persona)
        case .playlist(let name, let selected, let tracks):
            json.object { json in
                json.member("info") { json in
                    json.member("name", name)
                    json.member("selectedTrack", selected)
                }
                json.member("pluginInfo", RawJSON.emptyObject)
                json.key("tracks")
                Self.write(tracks, into: &json, persona)
            }
        case .error(let cause): Self.writeFailure(cause, into: &json, persona)
        }
    }

    /// Since 4.0.8 the source's own words only stand in the stack trace (§6.4).
    private static func writeFailure(
        _ cause: String,
        into json: inout JSONWriter,
        _ persona: Persona
    ) {
        let wraps = persona.wrapsFailures
        let wrapper = "com.sedmelluq.discord.lavaplayer.tools.FriendlyException: "
        json.object { json in
            json.member("message", wraps ? Catalogue.failure : cause)
            json.member("severity", wraps ? "fault" : "common")
            json.member("cause", wrapper + (wraps ? Catalogue.failure : cause))
            guard persona.hasStackTrace else { return }
            let trace = wrapper + Catalogue.failure + "\nCaused by: " + cause
            json.member("causeStackTrace", trace)
        }
    }

    private static func write(
        _ tracks: [EncodedTrack],
        into json: inout JSONWriter,
        _ persona: Persona
    ) {
        json.array { json in
            for track in tracks { persona.write(Track(track), into: &json) }
        }
    }
}
