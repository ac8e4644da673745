@testable import Service
import Testing
import Wire

/// A route that answers with nothing.
func route(_ method: Wire.Method, _ template: String, query: [String] = []) -> Route {
    Route(
        method,
        template,
        "\(method.rawValue) \(template)",
        query: query,
        .immediate { _ in Response(status: 204) }
    )
}

@Suite("The router")
struct RouterTests {
    private let router = Router([
        route(.get, "/"),
        route(.get, "/v1/players"),
        route(.get, "/v1/players/{guildId}"),
        route(.put, "/v1/players/{guildId}"),
        route(.delete, "/v1/players/{guildId}/queue/{entry}"),
        route(.post, "/v1/players/{guildId}/queue/shuffle"),
        Route(.get, "/v1/events", "streamEvents", .stream { _, _ in }),
    ])

    private func found(_ method: Wire.Method, _ path: String) -> String {
        switch router.match(method, path) {
        case .found(let route, let parameters):
            let values = parameters.map { "\($0.name)=\($0.encoded)" }
            return ([route.operationId] + values).joined(separator: " ")
        case .wrongMethod(let allowed): return allowed.map(\.rawValue).joined(separator: ",")
        case .unknownPath: return "unknown"
        }
    }

    @Test(
        "finds the route of a method and a path",
        arguments: [
            (.get, "/", "GET /"),
            (.head, "/", "GET /"),
            (.get, "/v1/players", "GET /v1/players"),
            (.get, "/v1/players/42", "GET /v1/players/{guildId} guildId=42"),
            (.put, "/v1/players/a%2Fb", "PUT /v1/players/{guildId} guildId=a%2Fb"),
            (.head, "/v1/players/42", "GET /v1/players/{guildId} guildId=42"),
            (
                .delete, "/v1/players/42/queue/e7",
                "DELETE /v1/players/{guildId}/queue/{entry} guildId=42 entry=e7"
            ),
            (
                .post, "/v1/players/42/queue/shuffle",
                "POST /v1/players/{guildId}/queue/shuffle guildId=42"
            ),
            (.get, "/v1/events", "streamEvents"),
        ] as [(Wire.Method, String, String)]
    )
    func finds(method: Wire.Method, path: String, expected: String) {
        #expect(found(method, path) == expected)
    }

    @Test(
        "knows nothing else",
        arguments: [
            "", "*", "v1/players", "/v1", "/v1/", "/v1/players/", "/v1/players//queue/e7",
            "/v1/players/42/", "/v1/players/42/queue", "/v1/Players", "//v1/players",
            "/v1/players/1/2/3/4",
        ]
    )
    func unknown(path: String) { #expect(found(.get, path) == "unknown") }

    @Test(
        "says which methods a path has",
        arguments: [
            (.post, "/v1/players/42", "GET,HEAD,PUT,OPTIONS"),
            (.options, "/v1/players/42", "GET,HEAD,PUT,OPTIONS"),
            (.delete, "/v1/players/42/queue/shuffle", "POST,OPTIONS"),
            (.trace, "/", "GET,HEAD,OPTIONS"),
            (.head, "/v1/events", "GET,OPTIONS"),
        ] as [(Wire.Method, String, String)]
    )
    func wrongMethod(method: Wire.Method, path: String, allowed: String) {
        #expect(found(method, path) == allowed)
    }
}
