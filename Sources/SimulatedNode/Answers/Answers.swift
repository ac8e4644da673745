import Wire

/// Answers in the shapes of §5.1.
enum Answers {
    static let version = (name: "Lavalink-Api-Version", value: "4")
    private static let json = (name: "Content-Type", value: "application/json")

    static func empty(_ status: Int) -> Response { Response(status: status, headers: [version]) }

    static func upgradeHeaders(_ resumed: Bool) -> [(name: String, value: String)] {
        [("Session-Resumed", resumed ? "true" : "false"), version]
    }

    static func ok(_ write: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        write(&writer)
        return Response(status: 200, headers: [version, json], body: writer.bytes)
    }

    static func text(_ text: String, type: String = "text/plain;charset=UTF-8") -> Response {
        Response(
            status: 200,
            headers: [version, ("Content-Type", type)],
            body: Array(text.utf8)
        )
    }

    /// An error with a JSON body.
    ///
    /// One that was not caught (`uncaught`) loses the header with the version (§2.3).
    static func error(
        _ status: Int,
        _ message: String,
        path: String,
        timestamp: Int64,
        uncaught: Bool = false
    ) -> Response {
        var writer = JSONWriter()
        writer.object { json in
            json.member("timestamp", timestamp)
            json.member("status", status)
            json.member("error", phrase(status))
            json.member("message", message)
            json.member("path", path)
        }
        let headers = uncaught ? [json] : [version, json]
        return Response(status: status, headers: headers, body: writer.bytes)
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 415: "Unsupported Media Type"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Error"
        }
    }
}
