import Control
import Lavalink
import Storage
package import Wire

// The only place where an error becomes an HTTP status.

extension Problem {
    package init(_ error: JSONSyntaxError) {
        self.init(.malformedJSON, "The body is not JSON: \(error).")
        errors = [Fault(pointer: "", detail: error.reason.description, place: error.place)]
    }

    package init(_ fault: JSONFault) {
        self.init(.invalidMember, Self.sentence("\(fault)"))
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
        var problem = Problem(.invalidQuery, sentence("The query parameter \"\(name)\" \(detail)"))
        problem.errors = [Fault(pointer: name, detail: detail)]
        return problem
    }

    package static func path(_ name: String, _ detail: String) -> Problem {
        var problem = Problem(.invalidPath, sentence("The path's \(name) \(detail)"))
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
                "The change was not kept: \(error.description)",
                retryAfter: 1
            )
        case .shuttingDown:
            self.init(.shuttingDown, "The service is shutting down.", retryAfter: 5)
        }
    }

    private init(_ error: CommandError) {
        switch error {
        case .unknownPlayer(let guild):
            self.init(.noSuchPlayer, "There is no player for guild \(guild); PUT makes one.")
        case .unknownNode(let node): self.init(.noSuchNode, "There is no node \"\(node)\".")
        case .noNode(let wait, let kept):
            self.init(
                .noNode,
                "No node can do this now." + Self.promise(kept),
                retryAfter: Self.seconds(wait)
            )
            members = [("kept", Self.flag(kept))]
        case .circuitOpen(let node, let wait, let kept):
            self.init(
                .nodeUnavailable,
                "The node \"\(node)\" failed too often and has its rest." + Self.promise(kept),
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
                "The node \"\(node)\" did not answer in time. Whether it acted is being found out."
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
            self.init(.queueFull, "The queue would have more than \(limit) entries.")
        case .queueFull(.bytes(let limit)):
            self.init(.queueFull, "The entries of the queue would have more than \(limit) bytes.")
        case .tooManyPlayers(let limit):
            self.init(.tooManyRequests, "There are \(limit) players, which is the limit.")
        case .notPlayable(let reason):
            self.init(.unprocessable, "It cannot be played: \(reason).")
        case .nothingPlays(let guild):
            self.init(.conflict, "Nothing plays in guild \(guild).")
        case .isStream(let guild):
            self.init(.conflict, "What plays in guild \(guild) is a stream: it has no places.")
        }
    }

    private static func promise(_ kept: Bool) -> String {
        kept ? " It is remembered, and happens as soon as one can." : ""
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
