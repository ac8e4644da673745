package import Wire

/// One message of a node's WebSocket (lavalink-v4.md §4).
package enum NodeMessage: Hashable, Sendable {
    case ready(sessionId: String, resumed: Bool)
    case playerUpdate(GuildID, PlayerState)
    case stats(Stats)
    case event(GuildID, NodeEvent)
    /// A message of a newer node, or an event that belongs to no guild.
    case unknown(op: String, raw: RawJSON)

    /// Reads a message, the text being parsed once.
    ///
    /// - Throws: when it is no JSON object, or a message of a known kind lacks what it is about.
    package init(parsing bytes: [UInt8]) throws(NodeMessageError) {
        let root = try NodeMessageError.root(of: bytes)
        do throws(JSONFault) {
            try self.init(root)
        } catch {
            throw .malformed(error)
        }
    }

    package init(_ message: JSONValue) throws(JSONFault) {
        try message.requireObject(at: "")
        let op = try message.requiredText("op", at: "")
        switch op {
        case "ready":
            self = .ready(
                sessionId: try message.requiredText("sessionId", at: ""),
                resumed: message.flag("resumed") ?? false
            )
        case "playerUpdate":
            let state = try message.required("state", at: "")
            self = .playerUpdate(
                try GuildID(memberOf: message),
                try PlayerState(state, at: "/state")
            )
        case "stats":
            self = .stats(try Stats(message))
        case "event":
            try self.init(event: message)
        default:
            self = .unknown(op: op, raw: message.raw)
        }
    }

    private init(event message: JSONValue) throws(JSONFault) {
        let event = try NodeEvent(type: message.requiredText("type", at: ""), message)
        if case .unknown = event, message.text("guildId").flatMap({ GuildID($0) }) == nil {
            self = .unknown(op: "event", raw: message.raw)
        } else {
            self = .event(try GuildID(memberOf: message), event)
        }
    }
}

// MARK: Writing

extension NodeMessage {
    package var bytes: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }

    /// Writes the message as a node sends it.
    package func write(into json: inout JSONWriter) {
        switch self {
        case .unknown(_, let raw), .event(_, .unknown(_, let raw)): json.value(raw)
        default: json.object { json in writeMembers(into: &json) }
        }
    }

    private func writeMembers(into json: inout JSONWriter) {
        switch self {
        case .ready(let sessionId, let resumed):
            json.member("op", "ready")
            json.member("resumed", resumed)
            json.member("sessionId", sessionId)
        case .playerUpdate(let guild, let state):
            json.member("op", "playerUpdate")
            json.key("state")
            state.write(into: &json)
            json.member("guildId", guild.description)
        case .stats(let stats):
            json.member("op", "stats")
            stats.writeMembers(into: &json)
        case .event(let guild, let event):
            json.member("op", "event")
            json.member("type", event.type)
            json.member("guildId", guild.description)
            event.writeMembers(into: &json)
        case .unknown: break
        }
    }
}
