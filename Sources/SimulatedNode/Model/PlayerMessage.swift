import Lavalink
import Wire

/// A message of one player to its session.
enum PlayerMessage: Sendable {
    /// Dropped while the session is paused.
    case update([UInt8])
    /// Kept for the resume while the session is paused.
    case event([UInt8])
}

/// What a player needs to know while it changes, and what it says meanwhile.
struct PlayerScene: Sendable {
    let now: Int64
    let settings: NodeSettings
    private(set) var messages: [PlayerMessage] = []

    init(now: Int64, settings: NodeSettings) {
        self.now = now
        self.settings = settings
    }

    mutating func say(update player: ModelPlayer) {
        var json = JSONWriter()
        json.object { json in
            json.member("op", "playerUpdate")
            json.key("state")
            player.writeState(into: &json, self)
            json.member("guildId", String(player.guild))
        }
        messages.append(.update(json.bytes))
    }

    /// A track, as this version of the server writes it.
    func write(_ track: Track, into json: inout JSONWriter) {
        settings.persona.write(track, into: &json)
    }

    private mutating func say(
        _ type: String,
        _ guild: Int64,
        _ content: (inout JSONWriter) -> Void
    ) {
        var json = JSONWriter()
        json.object { json in
            json.member("op", "event")
            json.member("type", type)
            json.member("guildId", String(guild))
            content(&json)
        }
        messages.append(.event(json.bytes))
    }

    mutating func say(start track: Track, _ guild: Int64) {
        let persona = settings.persona
        say("TrackStartEvent", guild) { json in
            json.key("track")
            persona.write(track, into: &json)
        }
    }

    mutating func say(end track: Track, _ reason: String, _ guild: Int64) {
        let persona = settings.persona
        say("TrackEndEvent", guild) { json in
            json.key("track")
            persona.write(track, into: &json)
            json.member("reason", reason)
        }
    }

    mutating func say(failure: LoadedTrack.Failure, of track: Track, _ guild: Int64) {
        let persona = settings.persona
        say("TrackExceptionEvent", guild) { json in
            json.key("track")
            persona.write(track, into: &json)
            json.member("exception") { json in
                json.member("message", failure.message)
                json.member("severity", "fault")
                json.member("cause", failure.cause)
                if persona.hasStackTrace {
                    json.member("causeStackTrace", failure.cause + "\n\tat simulated.Node.play")
                }
            }
        }
    }

    mutating func say(stuck track: Track, thresholdMs: Int64, _ guild: Int64) {
        let persona = settings.persona
        say("TrackStuckEvent", guild) { json in
            json.key("track")
            persona.write(track, into: &json)
            json.member("thresholdMs", thresholdMs)
        }
    }

    mutating func say(voiceClosed code: Int, _ reason: String, byRemote: Bool, _ guild: Int64) {
        say("WebSocketClosedEvent", guild) { json in
            json.member("code", code)
            json.member("reason", reason)
            json.member("byRemote", byRemote)
        }
    }
}
