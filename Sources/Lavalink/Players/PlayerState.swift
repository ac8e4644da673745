package import Wire

/// Where a player is, as a node reports it (lavalink-v4.md §9.4).
package struct PlayerState: Hashable, Sendable, NodeValue {
    /// Milliseconds since 1970 on the node's own clock.
    package var time: Int64
    /// Milliseconds of what was heard since the last seek; wrong while paused (§16 item 30).
    package var position: Int64
    /// The socket to Discord's voice server is open; no proof of sound.
    package var connected: Bool
    /// Milliseconds; -1 without a voice connection, 0 until the first heartbeat is answered.
    package var ping: Int64

    package init(time: Int64, position: Int64, connected: Bool, ping: Int64) {
        self.time = time
        self.position = position
        self.connected = connected
        self.ping = ping
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        time = value.whole("time") ?? 0
        position = value.milliseconds("position") ?? 0
        connected = value.flag("connected") ?? false
        ping = value.whole("ping") ?? -1
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("time", time)
            json.member("position", position)
            json.member("connected", connected)
            json.member("ping", ping)
        }
    }
}
