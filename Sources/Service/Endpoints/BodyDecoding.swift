import Control
import Lavalink
import Wire

// What bodies say, read into values that cannot be wrong; every refusal names the member.

extension Track {
    /// Reads the encoded form, which is known here.
    ///
    /// The caller's own words of it go beside.
    init(
        encodedIn value: JSONValue,
        at pointer: String,
        info: RawJSON? = nil,
        pluginInfo: RawJSON? = nil,
        userData: RawJSON? = nil
    ) throws(JSONFault) {
        guard let encoded = value.string else {
            throw JSONFault(pointer: pointer, detail: "must be a string", location: value.location)
        }
        do throws(EncodedTrackError) {
            try self.init(
                decoding: encoded,
                info: info,
                pluginInfo: pluginInfo ?? .emptyObject,
                userData: userData ?? .emptyObject
            )
        } catch {
            throw JSONFault(
                pointer: pointer,
                detail: "is not an encoded track: \(error)",
                location: value.location
            )
        }
    }
}

extension JSONMembers {
    func channel(_ name: StaticString) throws(JSONFault) -> ChannelID? {
        guard let text = try string(name) else { return nil }
        guard let channel = ChannelID(text) else {
            throw fault(name, "must be a Discord id, a decimal number in a string")
        }
        return channel
    }

    func loop() throws(JSONFault) -> LoopMode? {
        guard let text = try string("loop") else { return nil }
        guard let loop = LoopMode(rawValue: text) else {
            throw fault("loop", "must be \"none\", \"track\" or \"queue\"")
        }
        return loop
    }

    func filters() throws(JSONFault) -> Filters? {
        guard let value = value("filters") else { return nil }
        return try Filters(checking: value, at: pointer + "/filters")
    }

    /// The caller's own data, which must leave our member alone.
    func userData() throws(JSONFault) -> RawJSON? {
        let data = try rawObject("userData")
        if let mark = object["userData"]?["lavadeck"] {
            throw JSONFault(
                pointer: pointer + "/userData/\(PlayMark.member)",
                detail: "is reserved for Lavadeck",
                location: mark.location
            )
        }
        return data
    }

    /// The members of a track that a caller may send: as it was loaded, or `encoded` alone.
    static let trackMembers = ["encoded", "info", "pluginInfo", "userData", "requester"]

    /// A track by its encoded form, with what the caller knows of it beside.
    func track() throws(JSONFault) -> Track {
        try Track(
            encodedIn: require("encoded", value("encoded")),
            at: pointer + "/encoded",
            info: rawObject("info"),
            pluginInfo: rawObject("pluginInfo"),
            userData: userData()
        )
    }

    func entry() throws(JSONFault) -> NewEntry {
        NewEntry(track: try track(), requester: try requester())
    }

    /// Bytes that a requester's name may have.
    private static let longestRequester = 256

    func requester() throws(JSONFault) -> String? {
        guard let text = try string("requester") else { return nil }
        guard text.utf8.count <= Self.longestRequester else {
            throw fault("requester", "must not be longer than \(Self.longestRequester) bytes")
        }
        return text
    }

    /// The longest place in the music that is understood: a year.
    static let positions: ClosedRange<Int64> = 0...31_536_000_000
    static let volumes: ClosedRange<Int64> = 0...1000

    static let updateMembers = [
        "paused", "volume", "position", "endTime", "filters", "loop", "autoplay", "voiceChannel",
        "textChannel",
    ]

    /// Changes of a player.
    func update() throws(JSONFault) -> PlayerUpdate {
        try refuseNull(
            "paused",
            "volume",
            "position",
            "endTime",
            "filters",
            "loop",
            "autoplay",
            "voiceChannel",
            "textChannel"
        )
        var update = PlayerUpdate()
        update.paused = try bool("paused")
        update.volume = try int64("volume", in: Self.volumes).map(Int.init)
        update.position = try int64("position", in: Self.positions)
        update.endTime = try int64("endTime", in: 1...Self.positions.upperBound)
        update.filters = try filters()
        update.loop = try loop()
        update.autoplay = try bool("autoplay")
        update.voiceChannel = try channel("voiceChannel")
        update.textChannel = try channel("textChannel")
        return update
    }

    static let playMembers =
        ["identifier"] + trackMembers + updateMembers

    /// What to play, and how; a PATCH says the how beside the track, in `update`.
    func playRequest(with update: JSONMembers? = nil) throws(JSONFault) -> PlayRequest {
        var request = try source()
        request.requester = try requester()
        request.update = try (update ?? self).update()
        return request
    }

    private func source() throws(JSONFault) -> PlayRequest {
        try refuseNull("identifier", "encoded")
        guard let identifier = try string("identifier") else {
            guard has("encoded") else {
                throw fault("encoded", "is missing; send \"encoded\" or \"identifier\"")
            }
            return PlayRequest(.track(try track()))
        }
        guard !identifier.isEmpty else { throw fault("identifier", "must not be empty") }
        for name in ["encoded", "info", "pluginInfo"] as [StaticString] where value(name) != nil {
            throw fault("identifier", "cannot be combined with \"\(name)\"")
        }
        var request = PlayRequest(.identifier(identifier))
        request.userData = try userData()
        return request
    }

    func voice() throws(JSONFault) -> VoiceParts {
        VoiceParts(
            token: try require("token", notBlank("token")),
            endpoint: try require("endpoint", notBlank("endpoint")),
            sessionId: try require("sessionId", notBlank("sessionId")),
            channelId: try require("channelId", channel("channelId"))
        )
    }

    /// A text with something in it.
    func notBlank(_ name: StaticString) throws(JSONFault) -> String? {
        guard let text = try string(name) else { return nil }
        guard !text.allSatisfy(\.isWhitespace) else { throw fault(name, "must not be empty") }
        return text
    }
}
