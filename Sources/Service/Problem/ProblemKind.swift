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
        case .malformedRequest: (400, "The request is not valid HTTP")
        case .malformedJSON: (400, "The body is not valid JSON")
        case .invalidMember: (400, "A member of the body is invalid")
        case .invalidQuery: (400, "A query parameter is invalid")
        case .invalidPath: (400, "A path parameter is invalid")
        case .botNotNamed: (400, "The request does not name a bot")
        case .unauthorized: (401, "The token is missing or unknown")
        case .forbidden: (403, "The request is not allowed")
        case .noSuchPath: (404, "The path does not exist")
        case .noSuchNode: (404, "The node does not exist")
        case .noSuchPlayer: (404, "The player does not exist")
        case .noSuchBot: (404, "The bot does not exist")
        case .noSuchJob: (404, "The job does not exist")
        case .methodNotAllowed: (405, "The path does not support the method")
        case .requestTimeout: (408, "The request took too long to arrive")
        case .conflict: (409, "The current state does not allow the request")
        case .bodyTooLarge: (413, "The body is too large")
        case .targetTooLong: (414, "The request target is too long")
        case .unsupportedMediaType: (415, "The media type of the body is not supported")
        case .expectationFailed: (417, "The expectation is not supported")
        case .unprocessable: (422, "The request is valid but cannot be carried out")
        case .queueFull: (429, "The queue is full")
        case .tooManyRequests: (429, "A limit is reached")
        case .headersTooLarge: (431, "The header fields are too large")
        case .notImplemented: (501, "The method or the transfer coding is not implemented")
        case .nodeError: (502, "The node answered with an error")
        case .overloaded: (503, "The service is overloaded")
        case .shuttingDown: (503, "The service is shutting down")
        case .storeUnavailable: (503, "The database cannot be written")
        case .noNode: (503, "No Lavalink node is available")
        case .nodeUnavailable: (503, "The node is not available")
        case .nodeTimeout: (504, "The node did not answer in time")
        case .versionNotSupported: (505, "The HTTP version is not supported")
        }
    }
}
