package import Wire

/// Asks a server on loopback as any HTTP client would: one connection for each request.
package struct HTTPClient: Sendable {
    package struct Answer: Sendable {
        package let status: Int
        package let headers: Headers
        package let body: [UInt8]

        /// The body as JSON; `null` when it is none.
        package var json: JSONValue {
            let document = try? JSONDocument(parsing: body)  // no JSON is as good as nothing
            return document?.root ?? Self.null
        }

        package var text: String { String(decoding: body, as: UTF8.self) }

        package subscript(_ name: StaticString) -> JSONValue? { json[name] }

        private static let null: JSONValue = {
            guard let document = try? JSONDocument(parsing: "null") else {  // it is JSON
                preconditionFailure("null is JSON")
            }
            return document.root
        }()
    }

    package let port: UInt16
    package var host = "127.0.0.1"
    package var authorization: String?
    package var patience: Duration = .seconds(40)

    package init(port: UInt16, authorization: String? = nil) {
        self.port = port
        self.authorization = authorization
    }

    package func get(_ target: String) async throws -> Answer { try await send("GET", target) }

    package func post(_ target: String, _ body: String? = nil) async throws -> Answer {
        try await send("POST", target, body)
    }

    package func put(_ target: String, _ body: String) async throws -> Answer {
        try await send("PUT", target, body)
    }

    package func patch(_ target: String, _ body: String) async throws -> Answer {
        try await send("PATCH", target, body)
    }

    package func delete(_ target: String) async throws -> Answer {
        try await send("DELETE", target)
    }

    package func send(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n"
        if let authorization { head += "Authorization: \(authorization)\r\n" }
        if body != nil { head += "Content-Type: application/json\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let content = Array((body ?? "").utf8)
        head += "Content-Length: \(content.count)\r\n\r\n"
        let request = Array(head.utf8) + content
        let (port, patience) = (port, patience)
        let bytes = await blocking {
            let client = RawClient(port: port, patience: patience)
            client.send(request)
            return client.readAll()
        }
        guard let answer = Answer(bytes) else {
            throw Missed(
                "an answer to \(method) \(target): \(String(decoding: bytes, as: UTF8.self))"
            )
        }
        return answer
    }
}

extension HTTPClient.Answer {
    /// Takes an answer apart that ended with its connection; nil when it is none, or cut.
    package init?(_ bytes: [UInt8]) {
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: mark) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        var lines = head.split(separator: "\r\n")
        guard !lines.isEmpty else { return nil }
        let words = lines.removeFirst().split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        var headers = Headers()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            headers.append(String(parts[0]), parts[1].drop { $0 == " " }.description)
        }
        var body = Array(bytes[end.upperBound...])
        if headers.has("Transfer-Encoding", token: "chunked") {
            var decoder = ChunkedDecoder(limits: HTTPLimits())
            var whole: [UInt8] = []
            // What cannot be decoded is not done, and is refused below.
            _ = try? decoder.decode(body.span, into: &whole)
            guard decoder.isDone else { return nil }
            body = whole
        } else if let length = headers["Content-Length"] {
            guard let count = Int(length), body.count == count else { return nil }
        }
        self.init(status: status, headers: headers, body: body)
    }
}
