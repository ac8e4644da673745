package import Wire

/// Something that happened to a player on a node (lavalink-v4.md §4.4).
package enum NodeEvent: Hashable, Sendable {
    case trackStart(Track)
    case trackEnd(Track, TrackEndReason)
    case trackException(Track, TrackException)
    case trackStuck(Track, thresholdMs: Int64)
    /// Discord's voice socket ended for good.
    case webSocketClosed(code: Int, reason: String, byRemote: Bool)
    /// An event of a plugin or a newer node; `raw` is the whole message.
    case unknown(type: String, raw: RawJSON)
}

extension NodeEvent {
    /// Reads the part of a message that depends on its type.
    init(type: String, _ message: JSONValue) throws(JSONFault) {
        switch type {
        case "TrackStartEvent":
            self = .trackStart(try Self.track(of: message))
        case "TrackEndEvent":
            let reason = TrackEndReason(message.text("reason") ?? "")
            self = .trackEnd(try Self.track(of: message), reason)
        case "TrackExceptionEvent":
            let exception = try message.required("exception", at: "")
            self = .trackException(
                try Self.track(of: message),
                try TrackException(exception, at: "/exception")
            )
        case "TrackStuckEvent":
            let threshold = message.whole("thresholdMs") ?? 0
            self = .trackStuck(try Self.track(of: message), thresholdMs: threshold)
        case "WebSocketClosedEvent":
            self = .webSocketClosed(
                code: message.count("code") ?? 0,
                reason: message.text("reason") ?? "",
                byRemote: message.flag("byRemote") ?? true
            )
        default:
            self = .unknown(type: type, raw: message.raw)
        }
    }

    private static func track(of message: JSONValue) throws(JSONFault) -> Track {
        try Track(passing: message.required("track", at: ""), at: "/track")
    }

    package var type: String {
        switch self {
        case .trackStart: "TrackStartEvent"
        case .trackEnd: "TrackEndEvent"
        case .trackException: "TrackExceptionEvent"
        case .trackStuck: "TrackStuckEvent"
        case .webSocketClosed: "WebSocketClosedEvent"
        case .unknown(let type, _): type
        }
    }

    /// The track that it is about.
    package var track: Track? {
        switch self {
        case .trackStart(let track), .trackEnd(let track, _), .trackException(let track, _),
            .trackStuck(let track, _):
            track
        case .webSocketClosed, .unknown: nil
        }
    }

    /// Writes the members that depend on the type; the unknown is written whole by its message.
    func writeMembers(into json: inout JSONWriter) {
        if let track {
            json.key("track")
            track.write(into: &json)
        }
        switch self {
        case .trackStart, .unknown: break
        case .trackEnd(_, let reason): json.member("reason", reason.text)
        case .trackException(_, let exception): json.member("exception", exception.raw)
        case .trackStuck(_, let threshold): json.member("thresholdMs", threshold)
        case .webSocketClosed(let code, let reason, let byRemote):
            json.member("code", code)
            json.member("reason", reason)
            json.member("byRemote", byRemote)
        }
    }
}
