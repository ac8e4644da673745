package import Control
package import Wire

/// Whoever showed a token.
package struct Bearer: Sendable, Equatable {
    /// The token's name, for the log.
    package var name: String
    /// The one bot that it may see; nil for all.
    package var bot: BotName?

    package init(name: String, bot: BotName? = nil) {
        self.name = name
        self.bot = bot
    }
}

/// Who may call: bearer tokens (RFC 6750), of which only hashes are known.
package struct Authorization: Sendable {
    private let tokens: [ConfiguredToken]

    /// Bytes of an Authorization header that are looked at; a longer one is wrong anyway.
    private static let longestHeader = 1_024

    package init(_ tokens: [ConfiguredToken]) { self.tokens = tokens }

    /// Without any token every caller is let in; then only this machine can (the configuration sees
    /// to that).
    package var isNeeded: Bool { !tokens.isEmpty }

    /// Whose token a request carries; nil where none is needed.
    ///
    /// - Throws: 401 when it is missing or wrong; both take the same time.
    package func bearer(of request: Request) throws(Problem) -> Bearer? {
        guard isNeeded else { return nil }
        let header = request.headers["Authorization"]
        let token = header.flatMap(Self.token) ?? []
        // All tokens are compared, and always one hash is made, so that time tells nothing.
        let hash = SHA256.hash(token)
        var found: ConfiguredToken?
        for candidate in tokens where constantTimeEquals(candidate.sha256, hash) {
            found = candidate
        }
        guard let found, !token.isEmpty else {
            throw Problem(
                .unauthorized,
                header == nil
                    ? "Send a token in the header \"Authorization: Bearer TOKEN\"."
                    : "The token in the Authorization header is unknown."
            )
        }
        return Bearer(name: found.name, bot: found.bot)
    }

    /// What follows `Bearer `, in any case of letters.
    private static func token(_ header: String) -> [UInt8]? {
        let bytes = Array(header.utf8)
        let scheme = Array("bearer ".utf8)
        guard bytes.count <= longestHeader, bytes.count > scheme.count,
            zip(bytes, scheme).allSatisfy({ $0 | 0x20 == $1 })
        else { return nil }
        return Array(bytes[scheme.count...].drop { $0 == UInt8(ascii: " ") })
    }
}
