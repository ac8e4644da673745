import Control
import Runtime
@testable import Service
import Storage
import Testing
import Wire

@Suite("The endpoints of the state")
struct StateEndpointTests {
    private static let one = Sample.track()

    /// A player with everything that a state tells of.
    @Loop private func furnished() async throws -> Desk {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42", #"{"voiceChannel":"90","textChannel":"91"}"#)
        let track = """
            {"encoded":"\(Self.one)","position":61000,"endTime":170000,"volume":70,"paused":true,
            "loop":"queue","autoplay":true,"filters":{"timescale":{"speed":1.25}},
            "userData":{"wish":7},"requester":"me"}
            """
        _ = try await desk.ask(.post, "/v1/players/42/play", track)
        let tracks = """
            {"tracks":[{"encoded":"\(Sample.track("a"))","userData":{"n":1},"requester":"you"},
            {"encoded":"\(Sample.track("b"))"}]}
            """
        _ = try await desk.ask(.post, "/v1/players/42/queue", tracks)
        return desk
    }

    @Test("give out what brings a player back elsewhere, the same in every part")
    @Loop func roundTrip() async throws {
        let desk = try await furnished()
        let state = try await desk.ask(.get, "/v1/players/42/state")
        #expect(state.status == 200)
        #expect(state["current"]?.string == Self.one)
        #expect(state["queue"]?.elements.count == 2)
        #expect(state["position"]?.int64 == 61_000)

        let other = try Desk()
        let back = try await other.ask(.put, "/v1/players/42/state", state.text)
        #expect(back.status == 201, "\(back.text)")
        #expect(try await other.ask(.get, "/v1/players/42/state").text == state.text)
        let entry = try await other.ask(.get, "/v1/players/42/queue")["entries"]?.elements.first
        #expect(entry?["userData"]?.raw.description == #"{"n":1}"#)
        #expect(entry?["requester"]?.string == "you")
        let again = try await other.ask(.put, "/v1/players/42/state", state.text)
        #expect(again.status == 200)
        #expect(try await other.ask(.get, "/v1/players/42/state").text == state.text)
    }

    @Test("bring back a state that has encoded tracks alone")
    @Loop func salada() async throws {
        let desk = try Desk()
        let answer = try await desk.ask(
            .put,
            "/v1/players/42/state",
            """
            {"guildId":"42","voiceChannel":"90","textChannel":"91","queue":["\(Sample.track("a"))",
            "\(Sample.track("b"))"],"current":"\(Self.one)","position":61000,"volume":55,
            "paused":false,"loop":"queue","autoplay":true}
            """
        )
        #expect(answer.status == 201)
        #expect(answer["current"]?["info"]?["identifier"]?.string == "one")
        #expect(answer["position"]?.int64 == 61_000)
        #expect(answer["volume"]?.int64 == 55)
        #expect(answer["queue"]?["length"]?.int64 == 2)
        #expect(answer["loop"]?.string == "queue")
        #expect(answer["autoplay"]?.bool == true)
        #expect(answer["voiceChannel"]?.string == "90")
    }

    @Test("make a player what the state says as a whole, nulls and gaps being defaults")
    @Loop func whole() async throws {
        let desk = try await furnished()
        let body = #"{"queue":null,"current":null,"volume":null,"filters":null,"paused":null}"#
        let answer = try await desk.ask(.put, "/v1/players/42/state", body)
        #expect(answer.status == 200)
        #expect(answer["current"]?.isNull == true)
        #expect(answer["queue"]?["length"]?.int64 == 0)
        #expect(answer["volume"]?.int64 == 100)
        #expect(answer["paused"]?.bool == false)
        #expect(answer["loop"]?.string == "none")
        #expect(answer["filters"]?.raw.isEmptyObject == true)
        #expect(answer["voiceChannel"]?.isNull == true)
    }

    @Test("take voice data along, and then wait for a node")
    @Loop func voice() async throws {
        let desk = try Desk()
        let body = #"{"current":"\#(Self.one)","voice":\#(Sample.voice)}"#
        let answer = try await desk.ask(.put, "/v1/players/42/state", body)
        #expect(answer.status == 503)
        #expect(answer["kept"]?.bool == true)
        let player = try await desk.ask(.get, "/v1/players/42")
        #expect(player["state"]?.string == "waiting")
        #expect(player["voice"]?["ready"]?.bool == true)
    }

    @Test("refuse a state with more tracks than a queue holds")
    @Loop func tooMany() async throws {
        let desk = try Desk()
        let tracks = Array(repeating: #""\#(Self.one)""#, count: 10_001)
        let body = #"{"queue":[\#(tracks.joined(separator: ","))]}"#
        let answer = try await desk.ask(.put, "/v1/players/42/state", body)
        #expect(answer.status == 429)
        #expect(answer.problem == "queue-full")
        #expect(try await desk.ask(.get, "/v1/players/42").status == 404)
    }

    @Test("list, save and clear the states of all players")
    @Loop func all() async throws {
        let desk = try Desk()
        for guild in [3, 1, 2] { _ = try await desk.ask(.put, "/v1/players/\(guild)") }
        let page = try await desk.ask(.get, "/v1/state?limit=2")
        let guilds = page["players"]?.elements.compactMap { $0["guildId"]?.string }
        #expect(guilds == ["1", "2"])
        let rest = try await desk.ask(.get, "/v1/state?cursor=\(page["next"]?.string ?? "")")
        #expect(rest["players"]?.elements.count == 1)
        #expect(rest["next"]?.isNull == true)

        #expect(try await desk.ask(.post, "/v1/state/save")["saved"]?.int64 == 3)
        #expect(try desk.store.load()[BotName("radio")]?.players.count == 3)
        #expect(try await desk.ask(.delete, "/v1/state")["cleared"]?.int64 == 3)
        #expect(try desk.store.load()[BotName("radio")]?.players.count == 0)
        #expect(try await desk.ask(.get, "/v1/state")["players"]?.elements.count == 0)
    }

    @Test("begin a restore, and tell how far it is")
    @Loop func restore() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/1")
        _ = try await desk.ask(.put, "/v1/players/2")
        _ = try await desk.ask(.put, "/v1/players/2/voice", Sample.voice)
        let begun = try await desk.ask(.post, "/v1/state/restore")
        #expect(begun.status == 202)
        let id = try #require(begun["id"]?.string)
        #expect(begun.header("Location") == "/v1/state/restore/\(id)")

        let job = try await desk.ask(.get, "/v1/state/restore/\(id)")
        #expect(job["done"]?.bool == false)
        #expect(job["restored"]?.int64 == 0)
        #expect(job["pending"]?.int64 == 1)
        #expect(job["failed"]?.elements.compactMap { $0["guildId"]?.string } == ["1"])
        for unknown in ["2", "x", "-1"] {
            let answer = try await desk.ask(.get, "/v1/state/restore/\(unknown)")
            #expect(answer.status == 404)
            #expect(answer.problem == "no-such-job")
        }
        let named = try await desk.ask(.post, "/v1/state/restore?bot=radio")
        #expect(named.header("Location")?.hasSuffix("?bot=radio") == true)
    }
}
