import Control
import Lavalink
import Wire

/// A saved state in the shape of the contract, or in ours, which has more beside it.
enum SavedStateBody {
    static let members = [
        "guildId", "voiceChannel", "textChannel", "queue", "current", "position", "volume",
        "paused", "loop", "autoplay", "filters", "endTime", "node", "live", "currentEntry",
        "entries", "voice",
    ]

    static func state(
        _ body: JSONMembers,
        of guild: GuildID
    ) throws(JSONFault) -> SavedState {
        if let named = try body.string("guildId"), named != guild.description {
            throw body.fault("guildId", "must be the guild of the path, \(guild)")
        }
        var state = SavedState()
        state.settings.voiceChannel = try body.channel("voiceChannel")
        state.settings.textChannel = try body.channel("textChannel")
        state.update = try update(body)
        state.current = try current(body)
        state.queue = try queue(body)
        state.voice = try body.members(
            "voice",
            known: ["token", "endpoint", "sessionId", "channelId"]
        )?.voice()
        return state
    }

    private static func update(_ body: JSONMembers) throws(JSONFault) -> PlayerUpdate {
        var update = PlayerUpdate()
        update.paused = try body.bool("paused") ?? false
        update.volume = try body.int64("volume", in: JSONMembers.volumes).map(Int.init) ?? 100
        update.position = try body.int64("position", in: JSONMembers.positions)
        update.endTime = try body.int64("endTime", in: 1...JSONMembers.positions.upperBound)
        update.filters = try body.filters() ?? Filters.none
        update.loop = try body.loop() ?? LoopMode.none
        update.autoplay = try body.bool("autoplay") ?? false
        return update
    }

    private static func current(_ body: JSONMembers) throws(JSONFault) -> NewEntry? {
        if let entry = try body.members("currentEntry", known: JSONMembers.trackMembers) {
            return try entry.entry()
        }
        guard let value = body.value("current") else { return nil }
        return try entry(value, at: "/current")
    }

    private static func queue(_ body: JSONMembers) throws(JSONFault) -> [NewEntry] {
        let name: StaticString = body.value("entries") == nil ? "queue" : "entries"
        var entries: [NewEntry] = []
        for (index, value) in (try body.elements(name) ?? []).enumerated() {
            entries.append(try entry(value, at: "/\(name)/\(index)"))
        }
        return entries
    }

    /// An encoded track, alone or in an object.
    private static func entry(
        _ value: JSONValue,
        at pointer: String
    ) throws(JSONFault) -> NewEntry {
        if value.string != nil {
            return NewEntry(track: try Track(encodedIn: value, at: pointer))
        }
        return try JSONMembers(value, at: pointer, known: JSONMembers.trackMembers).entry()
    }
}
