/// Every kind of problem that an answer may carry (RFC 9457): this is the table of its types.
///
/// A kind's raw value ends the URI of its type, `/problems/no-such-player`; neither is ever
/// renamed.
package enum ProblemKind: String, CaseIterable, Sendable {
    // What the request is.
    case malformedRequest = "malformed-request"
    case malformedJSON = "malformed-json"
    case invalidMember = "invalid-member"
    case invalidQuery = "invalid-query"
    case invalidPath = "invalid-path"
    case botNotNamed = "bot-not-named"
    case unauthorized = "unauthorized"
    case forbidden = "forbidden"
    case noSuchPath = "no-such-path"
    case noSuchNode = "no-such-node"
    case noSuchPlayer = "no-such-player"
    case noSuchBot = "no-such-bot"
    case noSuchJob = "no-such-job"
    case methodNotAllowed = "method-not-allowed"
    case requestTimeout = "request-timeout"
    case conflict = "conflict"
    case bodyTooLarge = "body-too-large"
    case targetTooLong = "target-too-long"
    case unsupportedMediaType = "unsupported-media-type"
    case expectationFailed = "expectation-failed"
    case unprocessable = "unprocessable"
    case queueFull = "queue-full"
    case tooManyRequests = "too-many-requests"
    case headersTooLarge = "headers-too-large"
    // What this service can do now.
    case notImplemented = "not-implemented"
    case overloaded = "overloaded"
    case shuttingDown = "shutting-down"
    case storeUnavailable = "store-unavailable"
    case versionNotSupported = "version-not-supported"
    // What the nodes do.
    case nodeError = "node-error"
    case noNode = "no-node"
    case nodeUnavailable = "node-unavailable"
    case nodeTimeout = "node-timeout"

    package var type: String { "/problems/\(rawValue)" }

    package var status: Int { meaning.status }

    package var title: String { meaning.title }

    private var meaning: (status: Int, title: String) {
        switch self {
        case .malformedRequest: (400, "The request is not HTTP as it should be")
        case .malformedJSON: (400, "The body is not JSON")
        case .invalidMember: (400, "A member of the body is wrong")
        case .invalidQuery: (400, "A query parameter is wrong")
        case .invalidPath: (400, "A part of the path is wrong")
        case .botNotNamed: (400, "The request does not say which bot it means")
        case .unauthorized: (401, "The token is missing or wrong")
        case .forbidden: (403, "This is not allowed here")
        case .noSuchPath: (404, "There is nothing at this path")
        case .noSuchNode: (404, "There is no such node")
        case .noSuchPlayer: (404, "There is no such player")
        case .noSuchBot: (404, "There is no such bot")
        case .noSuchJob: (404, "There is no such job")
        case .methodNotAllowed: (405, "The method is not for this path")
        case .requestTimeout: (408, "The request took too long to arrive")
        case .conflict: (409, "The request is in conflict with the present state")
        case .bodyTooLarge: (413, "The body is too large")
        case .targetTooLong: (414, "The request target is too long")
        case .unsupportedMediaType: (415, "The body's media type is not understood")
        case .expectationFailed: (417, "The expectation cannot be met")
        case .unprocessable: (422, "The request is understood and cannot be done")
        case .queueFull: (429, "The queue is full")
        case .tooManyRequests: (429, "There were too many requests")
        case .headersTooLarge: (431, "The header fields are too large")
        case .notImplemented: (501, "This is not implemented")
        case .nodeError: (502, "The node answered with an error")
        case .overloaded: (503, "There is too much to do")
        case .shuttingDown: (503, "The service is shutting down")
        case .storeUnavailable: (503, "The database cannot be written")
        case .noNode: (503, "No node can do this now")
        case .nodeUnavailable: (503, "The node is not available")
        case .nodeTimeout: (504, "The node did not answer in time")
        case .versionNotSupported: (505, "The HTTP version is not supported")
        }
    }
}
