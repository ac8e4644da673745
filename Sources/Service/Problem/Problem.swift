package import Wire

/// Why a request gets no other answer (RFC 9457): thrown by endpoints, written in one place.
package struct Problem: Error, Sendable {
    package var kind: ProblemKind
    /// What is wrong in this case, and what would be right; a sentence.
    package var detail: String
    /// The parts of the request at fault.
    package var errors: [Fault] = []
    /// Seconds after which trying again makes sense.
    package var retryAfter: Int?
    /// The methods of the path, where the one in use is not among them.
    package var allowed: [Method] = []
    /// Members beside those of the standard.
    package var members: [(name: StaticString, value: RawJSON)] = []

    package struct Fault: Sendable, Equatable {
        /// A JSON pointer into the body (RFC 6901), or the name of a parameter.
        package var pointer: String
        package var detail: String
        package var location: TextLocation?

        package init(pointer: String, detail: String, location: TextLocation? = nil) {
            self.pointer = pointer
            self.detail = detail
            self.location = location
        }
    }

    package init(_ kind: ProblemKind, _ detail: String, retryAfter: Int? = nil) {
        self.kind = kind
        self.detail = detail
        self.retryAfter = retryAfter
    }
}

extension Problem {
    /// The answer.
    ///
    /// - Parameters:
    ///   - path: the path that was asked for.
    ///   - requestID: what the log calls the request.
    /// - Returns: the problem as `application/problem+json` with the headers that go with it.
    package func response(path: String? = nil, requestID: String? = nil) -> Response {
        var headers: [(name: String, value: String)] = [
            ("Content-Type", "application/problem+json"), ("Cache-Control", "no-store"),
        ]
        if let retryAfter { headers.append(("Retry-After", String(retryAfter))) }
        if kind == .unauthorized {
            headers.append(("WWW-Authenticate", "Bearer realm=\"lavadeck\""))
        }
        if kind == .methodNotAllowed {
            headers.append(("Allow", allowed.map(\.rawValue).joined(separator: ", ")))
        }
        return Response(
            status: kind.status,
            headers: headers,
            body: body(path: path, requestID: requestID)
        )
    }

    private func body(path: String?, requestID: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            json.member("type", kind.type)
            json.member("title", kind.title)
            json.member("status", kind.status)
            json.member("detail", detail)
            if let path { json.member("instance", path) }
            if let requestID { json.member("requestId", requestID) }
            if !errors.isEmpty { json.array("errors", errors) { $1.write(into: &$0) } }
            for (name, value) in members { json.member(name, value) }
        }
        return writer.bytes
    }
}

extension Problem.Fault {
    fileprivate func write(into json: inout JSONWriter) {
        json.object { json in
            json.member("pointer", pointer)
            json.member("detail", detail)
            if let location {
                json.member("line", location.line)
                json.member("column", location.column)
            }
        }
    }
}
