import Wire

/// An answer of a node that is no success (lavalink-v4.md §5.1).
package struct NodeErrorAnswer: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The session is unknown, or only paused because its socket has just dropped (§16 item 2).
        case sessionNotFound
        case playerNotFound
        case other
    }

    package let status: Int
    /// Never empty; what the node said, or what stands for it.
    package let message: String
    package let kind: Kind

    /// Bytes of the node's text that are kept.
    package static let messageLimit = 1024

    /// Reads any body: none, Lavalink's JSON, or whatever a proxy sends.
    package init(status: Int, body: [UInt8]) {
        self.status = status
        let said = Self.message(of: body)
        message = said ?? "status \(status) without a message"
        kind = status == 404 ? Self.kind(ofNotFound: said ?? "") : .other
    }

    private static func message(of body: [UInt8]) -> String? {
        let text: String?
        // A body that is not JSON comes from a proxy, and is read as text below.
        if let root = try? JSONDocument(parsing: body).root {
            text = nonempty(root.text("message")) ?? nonempty(root.text("error")) ?? root.string
        } else {
            text = plainText(body)
        }
        return nonempty(text)
    }

    /// The text, unless it is a page for people.
    private static func plainText(_ body: [UInt8]) -> String? {
        guard let text = String(validating: body.prefix(messageLimit), as: UTF8.self),
            !text.contains("<")
        else { return nil }
        return text
    }

    private static func nonempty(_ text: String?) -> String? {
        guard let text, !text.isBlank else { return nil }
        return text.utf8.count <= messageLimit
            ? text : String(decoding: text.utf8.prefix(messageLimit), as: UTF8.self)
    }

    /// Lavalink's literal messages; NodeLink says the same in other words (§18).
    private static func kind(ofNotFound message: String) -> Kind {
        let text = message.lowercased()
        guard text.contains("not found") || text.contains("exist") else { return .other }
        if text.contains("session") { return .sessionNotFound }
        return text.contains("player") ? .playerNotFound : .other
    }
}

extension NodeErrorAnswer: CustomStringConvertible {
    package var description: String { "\(status): \(message)" }
}
