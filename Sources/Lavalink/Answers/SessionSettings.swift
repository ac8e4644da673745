package import Wire

/// What becomes of a session whose socket is lost (lavalink-v4.md §6.7).
package struct SessionSettings: Hashable, Sendable, NodeValue {
    package var resuming: Bool
    /// Seconds for which it waits.
    package var timeout: Int64

    package init(resuming: Bool, timeout: Int64) {
        self.resuming = resuming
        self.timeout = timeout
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        resuming = value.flag("resuming") ?? false
        timeout = value.whole("timeout") ?? 0
    }

    package func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("resuming", resuming)
            json.member("timeout", timeout)
        }
    }
}
