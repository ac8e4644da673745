import Control
import Runtime
@testable import Service
import Testing
import Wire

@Suite("The endpoints of queues and tracks")
struct QueueEndpointTests {
    private let queue = "/v1/players/42/queue"

    private func names(_ answer: Desk.Answer) -> [String] {
        answer["entries"]?.elements.compactMap { $0["info"]?["identifier"]?.string } ?? []
    }

    private func ids(_ answer: Desk.Answer) -> [String] {
        answer["entries"]?.elements.compactMap { $0["entry"]?.string } ?? []
    }

    @Test("add tracks at the end, at a place and past the end, each with an id of its own")
    @Loop func add() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let first = try await desk.ask(.post, queue, Sample.addition(["now", "a", "b"]))
        #expect(first.status == 201)
        #expect(names(first) == ["now", "a", "b"])
        #expect(first["length"]?.int64 == 2)
        #expect(first["duration"]?.int64 == 360_000)
        let player = try await desk.ask(.get, "/v1/players/42")
        #expect(player["current"]?["entry"]?.string == ids(first).first)

        let second = try await desk.ask(.post, queue, Sample.addition(["c", "d"], at: 1))
        let third = try await desk.ask(.post, queue, Sample.addition(["e"], at: 10_000))
        let all = try await desk.ask(.get, queue)
        #expect(names(all) == ["a", "c", "d", "b", "e"])
        #expect(ids(all) == [ids(first)[1]] + ids(second) + [ids(first)[2]] + ids(third))
        #expect(Set(ids(all)).count == 5)
        #expect(all["length"]?.int64 == 5)
        #expect(all["next"]?.isNull == true)
    }

    @Test("keep what comes with a track")
    @Loop func data() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let track = """
            {"encoded":"\(Sample.track())","info":{"title":"Mine","new":[1]},"pluginInfo":{"b":{}},
            "userData":{"a":1e3},"requester":"me"}
            """
        _ = try await desk.ask(.post, queue, #"{"tracks":[\#(track),\#(track)]}"#)
        let entry = try #require(try await desk.ask(.get, queue)["entries"]?.elements.first)
        #expect(entry["info"]?.raw.description == #"{"title":"Mine","new":[1]}"#)
        #expect(entry["pluginInfo"]?.raw.description == #"{"b":{}}"#)
        #expect(entry["userData"]?.raw.description == #"{"a":1e3}"#)
        #expect(entry["requester"]?.string == "me")
    }

    @Test("read a queue in pages, going on where the last entry stood when it is gone")
    @Loop func pages() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let all = ["now", "a", "b", "c", "d", "e"]
        _ = try await desk.ask(.post, queue, Sample.addition(all))
        let first = try await desk.ask(.get, queue + "?limit=2")
        #expect(names(first) == ["a", "b"])
        let next = try #require(first["next"]?.string)
        #expect(names(try await desk.ask(.get, queue + "?limit=2&cursor=\(next)")) == ["c", "d"])
        for _ in 1...2 { _ = try await desk.ask(.post, "/v1/players/42/skip") }
        let rest = try await desk.ask(.get, queue + "?cursor=\(next)")
        #expect(names(rest) == ["c", "d", "e"])
        #expect(rest["length"]?.int64 == 3)
        #expect(rest["next"]?.isNull == true)
        _ = try await desk.ask(.post, queue, Sample.addition(["x", "y", "z"], at: 0))
        let later = try await desk.ask(.get, queue + "?cursor=\(next)")
        #expect(names(later).suffix(3) == ["c", "d", "e"])
        #expect(!names(later).contains("x") && !names(later).contains("y"))
        for cursor in ["42", "e", "x1", "eg", "e1", "e1.", "e1.g", ".1", "e1.1.1"] {
            let answer = try await desk.ask(.get, queue + "?cursor=\(cursor)")
            #expect(answer.status == 400)
            #expect(answer.pointers == ["cursor"])
        }
    }

    @Test("refuse more than a queue holds, and keep what is there")
    @Loop func full() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let thousand = Sample.addition(Array(repeating: "a", count: 1_000))
        for _ in 1...10 {
            #expect(try await desk.ask(.post, queue, thousand).status == 201)
        }
        let over = try await desk.ask(.post, queue, Sample.addition(["b", "c"]))
        #expect(over.status == 429)
        #expect(over.problem == "queue-full")
        #expect(try await desk.ask(.get, queue + "?limit=1")["length"]?.int64 == 9_999)
    }

    // MARK: Tracks

    @Test("decode tracks in their order, without a node")
    @Loop func decode() async throws {
        let tracks = ["a", "b"].map { #""\#(Sample.track($0, length: 5_000))""# }
        let body = #"{"tracks":[\#(tracks.joined(separator: ","))]}"#
        let answer = try await Desk(nodes: []).ask(.post, "/v1/tracks/decode", body)
        #expect(answer.status == 200)
        let infos = try #require(answer["tracks"]?.elements.compactMap { $0["info"] })
        #expect(infos.compactMap { $0["identifier"]?.string } == ["a", "b"])
        #expect(infos.compactMap { $0["length"]?.int64 } == [5_000, 5_000])
    }

    @Test("refuse to load nothing", arguments: ["/v1/tracks", "/v1/tracks?identifier="])
    @Loop func loadNothing(target: String) async throws {
        let answer = try await Desk().ask(.get, target)
        #expect(answer.status == 400)
        #expect(answer.pointers == ["identifier"])
    }
}
