package import Lavalink
package import Wire

/// A request that has found its route and may ask, as endpoints see it.
package final class Context: Sendable {
    package let request: Request
    package let route: Route
    /// What the log, the answer and problems call this request.
    package let requestID: String
    /// Whose token it carries; nil where none is needed.
    package let bearer: Bearer?
    package let bots: BotDirectory
    private let parameters: [Router.PathParameter]
    private let query: [(name: String, value: String)]

    /// Reads the query.
    ///
    /// - Throws: when it has a name that the route does not know, or one twice.
    package init(
        request: Request,
        route: Route,
        parameters: [Router.PathParameter] = [],
        requestID: String,
        bearer: Bearer? = nil,
        bots: BotDirectory
    ) throws(Problem) {
        self.request = request
        self.route = route
        self.parameters = parameters
        self.requestID = requestID
        self.bearer = bearer
        self.bots = bots
        query = try Self.query(of: request, knownTo: route)
    }

    private static func query(
        of request: Request,
        knownTo route: Route
    ) throws(Problem) -> [(name: String, value: String)] {
        guard let text = request.query, !text.isEmpty else { return [] }
        guard let query = Query(text) else {
            throw Problem(.invalidQuery, "The query must be percent-encoded UTF-8.")
        }
        for (index, pair) in query.pairs.enumerated() {
            guard route.query.contains(pair.name) else {
                let nearest = Spelling.nearest(to: pair.name, among: route.query)
                let question = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw .query(pair.name, "is unknown\(question)")
            }
            if query.pairs[..<index].contains(where: { $0.name == pair.name }) {
                throw .query(pair.name, "is given more than once")
            }
        }
        return query.pairs
    }

    // MARK: Path

    /// A part of the path, decoded.
    package func path(_ name: String) throws(Problem) -> String {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("a route without the parameter that its endpoint reads")
        }
        guard let text = PercentEncoding.decode(parameter.encoded) else {
            throw .path(name, "must be percent-encoded UTF-8")
        }
        return text
    }

    package func guild() throws(Problem) -> GuildID {
        guard let guild = GuildID(try path("guildId")) else {
            throw .path("guildId", "must be a Discord id, a decimal number greater than 0")
        }
        return guild
    }

    // MARK: Query

    package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    package func query(
        _ name: String,
        in range: ClosedRange<Int>
    ) throws(Problem) -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .query(
                name,
                "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    package func queryFlag(_ name: String) throws(Problem) -> Bool? {
        guard let text = query(name) else { return nil }
        guard let flag = Bool(text) else { throw .query(name, "must be true or false") }
        return flag
    }

    // MARK: Body

    /// The body as JSON.
    ///
    /// - Throws: 415 for another media type, 400 for what is no JSON.
    package func json() throws(Problem) -> JSONValue {
        guard !request.body.isEmpty else {
            throw Problem(.malformedJSON, "The body is empty; send JSON.")
        }
        guard MediaType.isJSON(request.headers["Content-Type"]) else {
            throw Problem(
                .unsupportedMediaType,
                "Send the body as JSON with Content-Type: application/json."
            )
        }
        do throws(JSONSyntaxError) {
            return try JSONDocument(parsing: request.body).root
        } catch {
            throw Problem(error)
        }
    }

    /// The body as an object with members of these names.
    package func members(known: [String]) throws(Problem) -> JSONMembers {
        let value = try json()
        return try Problem.ofFaults { () throws(JSONFault) in
            try JSONMembers(value, known: known)
        }
    }

    /// The same, or nil for an empty body, where everything in it has a default.
    package func optionalMembers(known: [String]) throws(Problem) -> JSONMembers? {
        request.body.isEmpty ? nil : try members(known: known)
    }

    // MARK: Bot

    /// The bot that this request means.
    package func bot() throws(Problem) -> BotDirectory.Bot {
        try bots.bot(named: query("bot"), boundTo: bearer?.bot)
    }
}
