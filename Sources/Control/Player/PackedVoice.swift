import Lavalink

/// The voice data of a player, its texts in one piece of memory: every player has them, and they
/// are read only when they change or are sent.
struct PackedVoice: Sendable {
    /// Bytes of a text; `absent` when there is none.
    private typealias Length = Int32
    private static let absent: Length = -1

    private let texts: [UInt8]
    private let token: Length
    private let endpoint: Length
    private let sessionId: Length
    private let channelId: ChannelID?

    init(_ parts: VoiceParts) {
        func length(_ text: String?) -> Length { text.map { Length($0.utf8.count) } ?? Self.absent }
        token = length(parts.token)
        endpoint = length(parts.endpoint)
        sessionId = length(parts.sessionId)
        channelId = parts.channelId
        let given = [parts.token, parts.endpoint, parts.sessionId].compactMap(\.self)
        var texts: [UInt8] = []
        texts.reserveCapacity(given.reduce(0) { $0 + $1.utf8.count })
        for text in given { texts += text.utf8 }
        self.texts = texts
    }

    var parts: VoiceParts {
        var rest = texts[...]
        func next(_ length: Length) -> String? {
            guard length != Self.absent else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return String(decoding: rest.prefix(Int(length)), as: UTF8.self)
        }
        return VoiceParts(
            token: next(token),
            endpoint: next(endpoint),
            sessionId: next(sessionId),
            channelId: channelId
        )
    }

    /// Whether all four values are there.
    var isComplete: Bool {
        token != Self.absent && endpoint != Self.absent && sessionId != Self.absent
            && channelId != nil
    }
}
