import Control
import Runtime
@testable import Service
import Testing
import Wire

@Suite("The endpoints of several bots")
struct BotEndpointTests {
    private let bots = ["chat": "8", "radio": "7"]

    @Test("keep bots apart, in one guild as well")
    @Loop func apart() async throws {
        let desk = try Desk(bots: bots)
        #expect(
            try await desk.ask(.put, "/v1/players/42?bot=radio", #"{"volume":5}"#).status == 201
        )
        #expect(try await desk.ask(.get, "/v1/players/42?bot=chat").status == 404)
        #expect(try await desk.ask(.put, "/v1/players/42?bot=8", #"{"volume":6}"#).status == 201)
        #expect(try await desk.ask(.get, "/v1/players/42?bot=7")["volume"]?.int64 == 5)
        #expect(try await desk.ask(.get, "/v1/players/42?bot=chat")["volume"]?.int64 == 6)
        #expect(try await desk.ask(.delete, "/v1/state?bot=chat")["cleared"]?.int64 == 1)
        #expect(try await desk.ask(.get, "/v1/state?bot=radio")["players"]?.elements.count == 1)
    }

    @Test("want to know which bot is meant, whatever is asked")
    @Loop func unnamed() async throws {
        let desk = try Desk(bots: bots)
        for route in desk.application.router.routes where route.query.contains("bot") {
            if case .stream = route.endpoint { continue }
            let target = route.template.replacing("{guildId}", with: "42")
                .replacing("{node}", with: "main").replacing("{job}", with: "1")
            let body = route.method == .get || route.method == .delete ? "" : "{}"
            let answer = try await desk.ask(route.method, target, body)
            #expect(answer.status == 400, "\(route.operationId)")
            // A body may be looked at before.
            let kinds = ["bot-not-named", "invalid-member"]
            #expect(kinds.contains(answer.problem ?? ""), "\(route.operationId)")

            let unknown = try await desk.ask(route.method, target + "?bot=news", body)
            let isUnknown = unknown.status == 404 && unknown.problem == "no-such-bot"
            #expect(isUnknown || unknown.problem == "invalid-member", "\(route.operationId)")
        }
    }

    @Test("show a bound token its own bot alone, named or not")
    @Loop func bound() async throws {
        let desk = try Desk(bots: bots)
        let bearer = Bearer(name: "t", bot: BotName("chat"))
        #expect(try await desk.ask(.put, "/v1/players/42", bearer: bearer).status == 201)
        #expect(try await desk.ask(.get, "/v1/players/42?bot=chat").status == 200)
        #expect(try await desk.ask(.get, "/v1/players/42?bot=8", bearer: bearer).status == 200)
        for name in ["radio", "7", "news"] {
            let answer = try await desk.ask(.get, "/v1/players/42?bot=\(name)", bearer: bearer)
            #expect(answer.status == 404)
            #expect(answer.problem == "no-such-bot")
            #expect(answer["detail"]?.string == "No bot is named \"\(name)\".")
        }
    }

    @Test("say that there is no bot when none is configured")
    @Loop func none() async throws {
        let answer = try await Desk(bots: [:]).ask(.get, "/v1/players")
        #expect(answer.status == 404)
        #expect(answer.problem == "no-such-bot")
        #expect(answer["detail"]?.string?.contains("LAVADECK_USER_ID") == true)
    }
}
