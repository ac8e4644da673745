package import Runtime
package import Wire

/// One row of the router's table: what is asked, and who answers.
package final class Route: Sendable {
    package let method: Method
    /// The path, with names in braces for what varies: `/v1/players/{guildId}`.
    package let template: String
    /// The operation's name in `openapi.yaml`.
    package let operationId: String
    package let access: Access
    /// The query parameters that it understands; any other is refused by name.
    package let query: [String]
    package let endpoint: Endpoint

    package enum Access: Sendable, Equatable {
        /// Without a token.
        case open
        /// With a token, where there are tokens.
        case token
    }

    package enum Endpoint: Sendable {
        /// Answers at once.
        case immediate(@Loop (Context) throws(Problem) -> Response)
        /// Waits for a node or the store, and then answers.
        case waiting(@Loop (Context) async throws(Problem) -> Response)
        /// Keeps the connection; before it has answered it may still refuse.
        case stream(@Loop (Context, Exchange) throws(Problem) -> Void)
    }

    package init(
        _ method: Method,
        _ template: String,
        _ operationId: String,
        access: Access = .token,
        query: [String] = [],
        _ endpoint: Endpoint
    ) {
        self.method = method
        self.template = template
        self.operationId = operationId
        self.access = access
        self.query = query
        self.endpoint = endpoint
    }
}
