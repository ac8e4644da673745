import Control
import Lavalink
@testable import Service
import Testing
import Wire

@Suite("The context of a request")
struct ContextTests {
    private static let radio = BotDirectory.Bot(name: BotName("radio"), userId: known("7"))
    private static let chat = BotDirectory.Bot(name: BotName("chat"), userId: known("8"))

    private static func known(_ text: String) -> UserID {
        guard let id = UserID(text) else { preconditionFailure("an id of the test") }
        return id
    }

    private func context(
        _ body: String = "",
        query: String? = nil,
        type: String? = "application/json",
        guild: String = "42",
        bearer: Bearer? = nil,
        bots: [BotDirectory.Bot] = [radio]
    ) throws(Problem) -> Context {
        var headers = Headers()
        if let type { headers.append("Content-Type", type) }
        return try Context(
            request: Request(
                method: .post,
                path: "/v1/players/\(guild)",
                query: query,
                headers: headers,
                body: Array(body.utf8)
            ),
            route: route(.post, "/v1/players/{guildId}", query: ["bot", "limit", "dry"]),
            parameters: [Router.PathParameter(name: "guildId", encoded: guild)],
            requestID: "a-1",
            bearer: bearer,
            bots: BotDirectory(bots)
        )
    }

    private func refusal(_ body: () throws(Problem) -> Void) -> Problem? {
        do throws(Problem) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("reads what the query says")
    func query() throws {
        let context = try context(query: "limit=5&dry=true&bot=ra%64io")
        #expect(try context.query("limit", in: 1...100) == 5)
        #expect(try context.queryFlag("dry") == true)
        #expect(context.query("bot") == "radio")
        #expect(try self.context(query: "").query("limit", in: 1...5) == nil)
    }

    @Test(
        "refuses what the query should not say",
        arguments: [
            (
                "limti=5",
                "The query parameter \"limti\" is unknown; did you mean \"limit\"?"
            ),
            ("x", "The query parameter \"x\" is unknown."),
            ("limit=1&limit=2", "The query parameter \"limit\" is given more than once."),
            ("bot=%zz", "The query must be percent-encoded UTF-8."),
        ]
    )
    func badQuery(query: String, detail: String) {
        let problem = refusal { () throws(Problem) in _ = try context(query: query) }
        #expect(problem?.kind == .invalidQuery)
        #expect(problem?.detail == detail)
    }

    @Test("refuses numbers and flags that are none", arguments: ["limit=0", "limit=x", "dry=1"])
    func badValues(query: String) {
        let problem = refusal { () throws(Problem) in
            let context = try context(query: query)
            _ = try context.query("limit", in: 1...100)
            _ = try context.queryFlag("dry")
        }
        #expect(problem?.kind == .invalidQuery)
    }

    @Test("reads the guild of the path")
    func guild() throws {
        #expect(try context().guild() == GuildID("42"))
        for text in ["0", "x", "%34x", "99999999999999999999", "-1"] {
            let problem = refusal { () throws(Problem) in _ = try context(guild: text).guild() }
            #expect(problem?.kind == .invalidPath)
        }
        #expect(try context(guild: "%34%32").guild() == GuildID("42"))
    }

    @Test("reads a body of JSON and refuses any other")
    func body() throws {
        #expect(try context(#"{"a":1}"#).members(known: ["a"]).int64("a") == 1)
        #expect(try context(#"{}"#, type: nil).json().kind == .object)
        #expect(try context("", type: nil).optionalMembers(known: []) == nil)
        for type in ["application/json; charset=utf-8", "Application/JSON ;charset=\"UTF-8\""] {
            #expect(try context("{}", type: type).json().kind == .object)
        }
        for type in ["text/plain", "application/json; charset=latin1", "", "json"] {
            let problem = refusal { () throws(Problem) in _ = try context("{}", type: type).json() }
            #expect(problem?.kind == .unsupportedMediaType, "\(type)")
        }
        let cases: [(String, ProblemKind)] = [
            ("", .malformedJSON), ("{,}", .malformedJSON), ("[]", .invalidMember),
            (#"{"b":1}"#, .invalidMember), (#"{"a":1,"a":2}"#, .malformedJSON),
        ]
        for (text, kind) in cases {
            let problem = refusal { () throws(Problem) in
                _ = try context(text).members(known: ["a"])
            }
            #expect(problem?.kind == kind, "\(text)")
        }
    }

    @Test("knows which bot is meant")
    func bot() throws {
        let both = [Self.radio, Self.chat]
        #expect(try context().bot() == Self.radio)
        #expect(try context(query: "bot=chat", bots: both).bot() == Self.chat)
        #expect(try context(query: "bot=8", bots: both).bot() == Self.chat)
        let bound = Bearer(name: "t", bot: BotName("chat"))
        #expect(try context(bearer: bound, bots: both).bot() == Self.chat)
        #expect(try context(query: "bot=8", bearer: bound, bots: both).bot() == Self.chat)

        let unnamed = refusal { () throws(Problem) in _ = try context(bots: both).bot() }
        #expect(unnamed?.kind == .botNotNamed)
        #expect(unnamed?.detail.contains("radio, chat") == true)
        let none = refusal { () throws(Problem) in _ = try context(bots: []).bot() }
        #expect(none?.kind == .noSuchBot)
        let unknown = refusal { () throws(Problem) in _ = try context(query: "bot=x").bot() }
        #expect(unknown?.kind == .noSuchBot)
        let other = refusal { () throws(Problem) in
            _ = try context(query: "bot=radio", bearer: bound, bots: both).bot()
        }
        #expect(other?.kind == .noSuchBot)
    }
}
