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
        var fields = jsonFields
        for header in headers { fields.append(header.name, header.value) }
        return Response(status: status, fields: fields, body: bytes)
    }

    private static let jsonFields = ResponseFields([("Content-Type", "application/json")])
}
