import Control
import Lavalink
@testable import Service
import Testing
import Wire

@Suite("A filter of events")
struct EventFilterTests {
    private func filter(_ query: String?, bearer: Bearer? = nil) throws(Problem) -> EventFilter {
        let bots = ["radio", "chat"].enumerated().compactMap { index, name in
            UserID("\(index + 7)").map { BotDirectory.Bot(name: BotName(name), userId: $0) }
        }
        return try EventFilter(
            Context(
                request: Request(method: .get, path: "/v1/events", query: query),
                route: route(.get, "/v1/events", query: EventFilter.parameters),
                requestID: "1",
                bearer: bearer,
                bots: BotDirectory(bots)
            )
        )
    }

    private func passes(_ query: String?, _ event: ServerEvent) throws -> Bool {
        try filter(query).passes(event.topic)
    }

    @Test(
        "lets pass what was asked for",
        arguments: [
            (nil, event(), true),
            ("types=trackStart,trackEnd", event("trackEnd"), true),
            ("types=trackStart", event("trackEnd"), false),
            ("guildId=42,43", event(guild: "43"), true),
            ("guildId=42", event(guild: "43"), false),
            ("guildId=42", event("nodeReady"), false),
            ("node=main", event(node: "main"), true),
            ("node=main", event(node: "other"), false),
            ("node=main", event(), false),
            ("shard=1/2", event(guild: "4194304"), true),
            ("shard=0/2", event(guild: "4194304"), false),
            ("shard=0/2", event("nodeReady", node: "main"), true),
            ("bot=radio", event(bot: "radio"), true),
            ("bot=7", event(bot: "chat"), false),
            ("types=trackStart&guildId=42", event(guild: "42"), true),
            ("types=trackEnd&guildId=42", event(guild: "42"), false),
        ] as [(String?, ServerEvent, Bool)]
    )
    func passing(query: String?, event: ServerEvent, expected: Bool) throws {
        #expect(try passes(query, event) == expected)
    }

    @Test(
        "refuses what makes no sense, naming it",
        arguments: [
            (
                "types=trackstart",
                "names an unknown event type \"trackstart\"; did you mean \"trackStart\"?"
            ),
            ("types=", "must have 1 to 100 values, separated by commas"),
            ("guildId=42,,43", "must have 1 to 100 values, separated by commas"),
            ("guildId=x", "must be Discord ids, decimal numbers separated by commas"),
            ("shard=2/2", "must be INDEX/COUNT, for example 3/16"),
            ("shard=0/0", "must be INDEX/COUNT, for example 3/16"),
            ("shard=1", "must be INDEX/COUNT, for example 3/16"),
        ]
    )
    func refused(query: String, detail: String) {
        do throws(Problem) {
            _ = try filter(query)
            Issue.record("that is no filter")
        } catch {
            #expect(error.kind == .invalidQuery)
            #expect(error.errors.map(\.detail) == [detail])
        }
    }

    @Test("of a token for one bot never shows another")
    func bound() throws {
        let bearer = Bearer(name: "t", bot: BotName("chat"))
        #expect(try filter(nil, bearer: bearer).bot == BotName("chat"))
        #expect(throws: Problem.self) { try filter("bot=radio", bearer: bearer) }
        #expect(try filter(nil).isOpen)
    }
}
