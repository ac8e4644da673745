import Wire

/// The body of a PATCH of a player as a node reads it (§7.2): null and absent are two things.
struct PatchBody: Sendable {
    enum NewTrack: Sendable, Equatable {
        case none
        case stop
        case encoded(String)
        case identifier(String)
    }

    /// What a node refuses before it does anything, with its own words.
    struct Refusal: Error {
        var message: String
    }

    static let unreadable = Refusal(message: "Bad Request")

    var track = NewTrack.none
    var userData: RawJSON?
    var position: Int64?
    var endTime: Int64?
    var volume: Int64?
    var paused: Bool?
    var filters: NodeFilters?
    var voice: VoiceData?
    /// What is wrong though it can be read: steps 2 to 6 of §7.3, which come after the session.
    private(set) var objection: Refusal?

    init(_ body: [UInt8], _ settings: NodeSettings) throws(Refusal) {
        // Why it is not JSON only stands in a node's log.
        guard let document = try? JSONDocument(parsing: body), document.root.kind == .object else {
            throw Self.unreadable
        }
        let root = document.root
        try refuseNull(
            root,
            "track",
            "identifier",
            "position",
            "volume",
            "paused",
            "filters",
            "voice"
        )
        let clash = try readTrack(root)
        position = try Self.int64(root["position"])
        endTime = try root["endTime"].flatMap { value throws(Refusal) in
            value.isNull ? nil : try Self.int64(value)
        }
        volume = try Self.int64(root["volume"])
        if let volume, Int32(exactly: volume) == nil { throw Self.unreadable }
        paused = try Self.bool(root["paused"])
        filters = try Self.filters(root["filters"])
        voice = try root["voice"].map { value throws(Refusal) in
            try Self.voice(value, settings.persona)
        }
        objection = clash ?? firstObjection(root["filters"], settings)
    }

    /// Steps 4 to 6 of §7.3.
    private func firstObjection(
        _ filters: JSONValue?,
        _ settings: NodeSettings
    ) -> Refusal? {
        let forbidden = (filters?.members ?? []).compactMap(\.key.string)
            .filter(settings.disabledFilters.contains)
        guard forbidden.isEmpty else {
            return Refusal(
                message: "Following filters are disabled in the config: "
                    + forbidden.joined(separator: ", ")
            )
        }
        if let voice, !voice.isComplete(settings.persona) {
            return Refusal(message: voice.objection(settings.persona))
        }
        if let endTime, endTime <= 0 {
            return Refusal(message: "End time must be greater than 0")
        }
        return nil
    }

    /// Whether it brings a track that is to play.
    var startsTrack: Bool {
        switch track {
        case .none, .stop: false
        case .encoded, .identifier: true
        }
    }

    // MARK: The track

    /// Reads the new ways to name a track and the deprecated ones; returns a clash between them.
    private mutating func readTrack(_ root: JSONValue) throws(Refusal) -> Refusal? {
        let deprecated = try Self.newTrack(root["encodedTrack"], root["identifier"])
        guard let object = root["track"] else {
            track = deprecated.track
            return deprecated.clash
        }
        guard object.kind == .object else { throw Self.unreadable }
        try refuseNull(object, "identifier", "userData")
        let named = try Self.newTrack(object["encoded"], object["identifier"])
        track = named.track
        if let data = object["userData"] {
            guard data.kind == .object else { throw Self.unreadable }
            userData = data.raw
        }
        if root["encodedTrack"] != nil || root["identifier"] != nil {
            return Refusal(message: "Cannot specify both track and encodedTrack/identifier")
        }
        return named.clash
    }

    private static func newTrack(
        _ encoded: JSONValue?,
        _ identifier: JSONValue?
    ) throws(Refusal) -> (track: NewTrack, clash: Refusal?) {
        let name = try identifier.map(Self.string)
        guard let encoded else { return (name.map(NewTrack.identifier) ?? .none, nil) }
        let track: NewTrack = encoded.isNull ? .stop : .encoded(try string(encoded))
        let clash = Refusal(message: "Cannot specify both encodedTrack and identifier")
        return (track, name == nil ? nil : clash)
    }

    // MARK: Types

    private func refuseNull(_ object: JSONValue, _ names: StaticString...) throws(Refusal) {
        for name in names where object[name]?.isNull == true { throw Self.unreadable }
    }

    private static func string(_ value: JSONValue) throws(Refusal) -> String {
        guard let text = value.string else { throw unreadable }
        return text
    }

    private static func int64(_ value: JSONValue?) throws(Refusal) -> Int64? {
        guard let value else { return nil }
        guard let number = value.int64 else { throw unreadable }
        return number
    }

    private static func bool(_ value: JSONValue?) throws(Refusal) -> Bool? {
        guard let value else { return nil }
        guard let flag = value.bool else { throw unreadable }
        return flag
    }

    private static func filters(_ value: JSONValue?) throws(Refusal) -> NodeFilters? {
        guard let value else { return nil }
        for name in ["volume", "equalizer", "pluginFilters"] as [StaticString]
        where value[name]?.isNull == true {
            throw unreadable
        }
        do throws(NodeFilters.Unreadable) { return try NodeFilters(value) } catch {
            throw unreadable
        }
    }

    /// `channelId` must be there since 4.2, though null or blank is another error.
    private static func voice(
        _ value: JSONValue,
        _ persona: Persona
    ) throws(Refusal) -> VoiceData {
        guard value.kind == .object,
            let token = value["token"]?.string, let endpoint = value["endpoint"]?.string,
            let session = value["sessionId"]?.string
        else { throw unreadable }
        if persona.knowsChannel {
            guard let channel = value["channelId"], channel.isNull || channel.kind == .string
            else { throw unreadable }
        }
        return VoiceData(
            token: token,
            endpoint: endpoint,
            sessionID: session,
            channelID: persona.knowsChannel ? value["channelId"]?.string : nil
        )
    }
}

/// The four values of a voice connection.
struct VoiceData: Sendable, Equatable {
    var token = ""
    var endpoint = ""
    var sessionID = ""
    var channelID: String?

    func isComplete(_ persona: Persona) -> Bool {
        let channel = persona.knowsChannel ? [channelID ?? ""] : []
        return ([token, endpoint, sessionID] + channel).allSatisfy { text in
            text.contains { !$0.isWhitespace }
        }
    }

    /// Older nodes tell everything that was sent, the token among it (§7.4).
    func objection(_ persona: Persona) -> String {
        persona.knowsChannel
            ? "token, endpoint, sessionId and channelId must be provided in voice state"
            : "Partial Lavalink voice state: VoiceState(token=\(token), endpoint=\(endpoint), "
                + "sessionId=\(sessionID))"
    }
}
