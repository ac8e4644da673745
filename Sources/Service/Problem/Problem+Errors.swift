package import Wire

// The only place where an error becomes an HTTP status.

extension Problem {
    package init(_ error: JSONSyntaxError) {
        self.init(.malformedJSON, "The body is not JSON: \(error).")
        errors = [Fault(pointer: "", detail: error.reason.description, place: error.place)]
    }

    package init(_ fault: JSONFault) {
        self.init(.invalidMember, "\(fault).")
        errors = [Fault(pointer: fault.pointer, detail: fault.detail, place: fault.place)]
    }

    /// What the listener refused before a router could see it.
    package init(status: Int, detail: String) {
        let kind: ProblemKind =
            switch status {
            case 408: .requestTimeout
            case 413: .bodyTooLarge
            case 414: .targetTooLong
            case 417: .expectationFailed
            case 431: .headersTooLarge
            case 501: .notImplemented
            case 503: .overloaded
            case 505: .versionNotSupported
            default: .malformedRequest
            }
        self.init(kind, detail)
    }

    package static func query(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.invalidQuery, "The query parameter \"\(name)\" \(detail).")
        problem.errors = [Fault(pointer: name, detail: detail)]
        return problem
    }

    package static func path(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.invalidPath, "The path's \(name) \(detail).")
        problem.errors = [Fault(pointer: name, detail: detail)]
        return problem
    }

    /// Runs `read`, and makes a problem of what it refuses of the body.
    package static func ofFaults<Value>(
        _ read: () throws(JSONFault) -> Value
    ) throws(Problem) -> Value {
        do throws(JSONFault) {
            return try read()
        } catch {
            throw Problem(error)
        }
    }
}
