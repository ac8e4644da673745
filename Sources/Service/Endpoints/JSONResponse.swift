package import Wire

extension Response {
    /// An answer whose body is an object.
    package static func json(
        _ status: Int = 200,
        headers: [(name: String, value: String)] = [],
        _ content: (inout JSONWriter) -> Void
    ) -> Response {
        var json = JSONWriter()
        json.object(content)
        return .json(status, headers: headers, bytes: json.bytes)
    }

    /// An answer whose body is JSON already.
    package static func json(
        _ status: Int = 200,
        headers: [(name: String, value: String)] = [],
        bytes: [UInt8]
    ) -> Response {
        var all: [(name: String, value: String)] = []
        all.reserveCapacity(headers.count + 2)  // the front end adds one
        all.append((name: "Content-Type", value: "application/json"))
        all += headers
        return Response(status: status, headers: all, body: bytes)
    }
}
