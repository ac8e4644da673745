import Control
import Lavalink
import Storage
package import Wire

// The only place where an error becomes an HTTP status.

extension Problem {
    package init(_ error: JSONSyntaxError) {
        self.init(.malformedJSON, "The body is not valid JSON: \(error).")
        errors = [Fault(pointer: "", detail: error.reason.description, location: error.location)]
    }

    package init(_ fault: JSONFault) {
        let subject = fault.pointer.isEmpty ? "The body" : "The member \(fault.pointer)"
        self.init(.invalidMember, Self.sentence("\(subject) \(fault.detail)"))
        errors = [Fault(pointer: fault.pointer, detail: fault.detail, location: fault.location)]
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
        var problem = Problem(.invalidQuery, sentence("The query parameter \"\(name)\" \(detail)"))
        problem.errors = [Fault(pointer: name, detail: detail)]
        return problem
    }

    package static func path(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.invalidPath, sentence("The path parameter \"\(name)\" \(detail)"))
        problem.errors = [Fault(pointer: name, detail: detail)]
        return problem
    }

    /// With a full stop, unless it ends in a question.
    private static func sentence(_ text: String) -> String {
        text.hasSuffix("?") ? text : text + "."
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

// MARK: What the control plane refuses

extension Problem {
    package init(_ error: ControlError) {
        switch error {
        case .command(let error): self.init(error)
        case .store(let error):
            self.init(
                .storeUnavailable,
                "The change was not saved: \(error.description).",
                retryAfter: 1
            )
        case .shuttingDown:
            self.init(.shuttingDown, "The service is shutting down.", retryAfter: 5)
        }
    }

    private init(_ error: CommandError) {
        switch error {
        case .unknownPlayer(let guild):
            self.init(
                .noSuchPlayer,
                "Guild \(guild) has no player. Create one with PUT /v1/players/\(guild)."
            )
        case .unknownNode(let node): self.init(.noSuchNode, "No node is named \"\(node)\".")
        case .noNode(let wait, let kept):
            self.init(
                .noNode,
                "No Lavalink node is available for this command." + Self.promise(kept),
                retryAfter: Self.seconds(wait)
            )
            members = [("kept", Self.flag(kept))]
        case .circuitOpen(let node, let wait, let kept):
            self.init(
                .nodeUnavailable,
                "The node \"\(node)\" failed repeatedly; its circuit breaker is open for another "
                    + "\(Self.seconds(wait)) s." + Self.promise(kept),
                retryAfter: Self.seconds(wait)
            )
            members = [("node", Self.text(node.text)), ("kept", Self.flag(kept))]
        case .rejected(let node, let status, let message):
            self.init(.nodeError, "The node \"\(node)\" answered \(status): \(message)")
            members = [
                ("node", Self.text(node.text)), ("nodeAnswer", Self.answer(status, message)),
            ]
        case .timedOut(let node, let kept):
            self.init(
                .nodeTimeout,
                "The node \"\(node)\" did not answer in time; it may have carried out the request."
                    + Self.promise(kept)
            )
            members = [("node", Self.text(node.text)), ("kept", Self.flag(kept))]
        case .unreachable(let node, let detail, let kept):
            self.init(
                .nodeUnavailable,
                "The node \"\(node)\" could not be reached: \(detail)." + Self.promise(kept),
                retryAfter: 1
            )
            members = [("node", Self.text(node.text)), ("kept", Self.flag(kept))]
        case .queueFull(.entries(let limit)):
            self.init(
                .queueFull,
                "With these tracks the queue would exceed its limit of \(limit) entries."
            )
        case .queueFull(.bytes(let limit)):
            self.init(
                .queueFull,
                "With these tracks the queue would exceed its limit of \(limit) bytes."
            )
        case .tooManyPlayers(let limit):
            self.init(.tooManyRequests, "The bot has reached its limit of \(limit) players.")
        case .notPlayable(let reason):
            self.init(.unprocessable, "The request cannot be carried out: \(reason).")
        case .nothingPlays(let guild):
            self.init(.conflict, "No track is playing in guild \(guild).")
        case .isStream(let guild):
            self.init(
                .conflict,
                "The track playing in guild \(guild) is a live stream; "
                    + "its position and end time cannot be set."
            )
        }
    }

    private static func promise(_ kept: Bool) -> String {
        kept
            ? " The change is saved and will be applied when a node is available; do not resend it."
            : ""
    }

    private static func seconds(_ duration: Duration) -> Int {
        max(1, Int(duration.inSeconds.rounded(.up)))
    }

    private static func text(_ text: String) -> RawJSON {
        var json = JSONWriter()
        json.value(text)
        return json.raw
    }

    private static func flag(_ flag: Bool) -> RawJSON {
        var json = JSONWriter()
        json.value(flag)
        return json.raw
    }

    private static func answer(_ status: Int, _ message: String) -> RawJSON {
        var json = JSONWriter()
        json.object { json in
            json.member("status", status)
            json.member("message", message)
        }
        return json.raw
    }
}
