package import Wire

/// What went wrong with a track (lavalink-v4.md §4.6).
package struct TrackException: Hashable, Sendable, NodeValue {
    package let message: String?
    /// `common`, `suspicious`, `fault`, or one of a newer node.
    package let severity: String
    package let cause: String
    /// Absent before 4.1.0 and from NodeLink.
    package let causeStackTrace: String?
    package let raw: RawJSON

    package init(
        message: String?,
        severity: String,
        cause: String,
        causeStackTrace: String? = nil
    ) {
        self.message = message
        self.severity = severity
        self.cause = cause
        self.causeStackTrace = causeStackTrace
        var json = JSONWriter()
        json.object { json in
            json.member("message", message)
            json.member("severity", severity)
            json.member("cause", cause)
            if let causeStackTrace { json.member("causeStackTrace", causeStackTrace) }
        }
        raw = json.raw
    }

    package init(_ value: JSONValue, at pointer: String) throws(JSONFault) {
        try value.requireObject(at: pointer)
        message = value.text("message")
        severity = value.text("severity") ?? ""
        cause = value.text("cause") ?? ""
        causeStackTrace = value.text("causeStackTrace")
        raw = value.raw
    }

    package func write(into json: inout JSONWriter) { json.value(raw) }

    /// The first cause that the stack trace names, else the cause.
    ///
    /// From 4.0.8 on, the message of a failed load says nothing (§6.4).
    package var rootCause: String {
        let marker = "Caused by: "
        let line = causeStackTrace?.split(separator: "\n").last { $0.hasPrefix(marker) }
        return line.map { String($0.dropFirst(marker.count)) } ?? cause
    }
}
