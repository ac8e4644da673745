package import Wire

/// What a node needs to reach Discord's voice server (lavalink-v4.md §11.1).
package struct VoiceState: Hashable, Sendable, NodeValue {
    /// A secret of the bot, for as long as this voice connection lasts.
    package var token: String
    package var endpoint: String
    /// Discord's voice session, not Lavalink's.
    package var sessionId: String
    /// Needed by nodes from 4.2 on; older ones neither take nor report it.
    package var channelId: String?

    package init(token: String, endpoint: String, sessionId: String, channelId: String?) {
        self.token = token
        self.endpoint = endpoint
        self.sessionId = sessionId
        self.channelId = channelId
    }

    /// What a player has that was never given any.
    package static let none = VoiceState(token: "", endpoint: "", sessionId: "", channelId: nil)

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        token = value.text("token") ?? ""
        endpoint = value.text("endpoint") ?? ""
        sessionId = value.text("sessionId") ?? ""
        channelId = value.text("channelId")
    }

    /// Whether a node of any version takes it: all four are there, the channel as a number.
    package var isComplete: Bool {
        !token.isBlank && !endpoint.isBlank && !sessionId.isBlank
            && channelId.flatMap { ChannelID($0) } != nil
    }

    /// Whether a node that reports `other` has this; nodes before 4.2 report no channel.
    package func matches(reported other: VoiceState) -> Bool {
        var expected = self
        if other.channelId?.isEmpty ?? true { expected.channelId = other.channelId }
        return expected == other
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("token", token)
            json.member("endpoint", endpoint)
            json.member("sessionId", sessionId)
            json.member("channelId", channelId)
        }
    }
}

extension VoiceState: CustomStringConvertible {
    /// Everything but the token.
    package var description: String {
        "voice session \(sessionId) at \(endpoint), channel \(channelId ?? "unknown")"
    }
}

extension String {
    /// Nothing but white space, as Java's `isBlank` sees it.
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
