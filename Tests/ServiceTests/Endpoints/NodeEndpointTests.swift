import Control
import Runtime
@testable import Service
import Storage
import Testing
import Wire

@Suite("The endpoints of nodes, voice and health")
struct NodeEndpointTests {
    @Test("show every node with its status")
    @Loop func status() async throws {
        let desk = try Desk(nodes: ["main", "other"])
        let list = try await desk.ask(.get, "/v1/nodes")
        let nodes = try #require(list["nodes"]?.elements)
        #expect(nodes.compactMap { $0["name"]?.string } == ["main", "other"])
        let one = try await desk.ask(.get, "/v1/nodes/other")
        #expect(one.text == nodes[1].raw.description)
        #expect(one["host"]?.string == "127.0.0.1:9")
        #expect(one["available"]?.bool == false)
        #expect(one["wish"]?.string == "active")
        #expect(one["circuitBreaker"]?["failures"]?.int64 == 0)
        #expect(!list.text.contains("secret"))
    }

    @Test("tell the health and the metrics of every node")
    @Loop func health() async throws {
        let desk = try Desk(nodes: ["main", "other"])
        let health = try await desk.ask(.get, "/v1/health")
        #expect(health["status"]?.string == "down")
        #expect(health["nodes"]?.members.compactMap(\.key.string) == ["main", "other"])
        let metrics = try await desk.ask(.get, "/v1/metrics")
        #expect(metrics["total_disconnects"]?.int64 == 0)
        #expect(metrics["nodes"]?["main"]?["success_rate"]?.double == 0)
        #expect(metrics["last_disconnect"]?.isNull == true)
    }

    @Test("know no other node")
    @Loop func unknown() async throws {
        let desk = try Desk(drills: true)
        for (method, path) in [
            (.get, ""), (.post, "/connect"), (.post, "/disconnect"), (.post, "/simulate-failure"),
        ] as [(Wire.Method, String)] {
            let answer = try await desk.ask(method, "/v1/nodes/nowhere" + path)
            #expect(answer.status == 404, "\(path)")
            #expect(answer.problem == "no-such-node", "\(path)")
        }
    }

    @Test("fail by drill only where drills are allowed, and where there is what can fail")
    @Loop func drill() async throws {
        let path = "/v1/nodes/main/simulate-failure"
        let off = try await Desk().ask(.post, path)
        #expect(off.status == 403)
        #expect(off.problem == "forbidden")
        let idle = try await Desk(drills: true).ask(.post, path)
        #expect(idle.status == 503)
        #expect(idle["kept"]?.bool == false)
    }

    @Test("disconnect from a node that is not connected")
    @Loop func disconnect() async throws {
        let desk = try Desk()
        #expect(try await desk.ask(.post, "/v1/nodes/main/disconnect", "{}").status == 202)
        #expect(try await desk.ask(.get, "/v1/nodes/main")["state"]?.string == "disabled")
    }

    // MARK: Voice

    @Test("gather voice from forwarded payloads, also from before the player is made")
    @Loop func gather() async throws {
        let desk = try Desk()
        let state = """
            {"op":0,"s":7,"t":"VOICE_STATE_UPDATE","d":{"guild_id":"42","channel_id":"90",
            "user_id":"7","session_id":"s","deaf":false,"member":{"nick":null}}}
            """
        let server = """
            {"t":"VOICE_SERVER_UPDATE","d":{"guild_id":"42","token":"t","endpoint":"e.media"}}
            """
        #expect(try await desk.ask(.post, "/v1/voice", state).status == 202)
        #expect(try await desk.ask(.post, "/v1/voice", server).status == 202)
        let player = try await desk.ask(.put, "/v1/players/42")
        #expect(player["voice"]?["ready"]?.bool == true)
        #expect(!player.text.contains("e.media"))
    }

    @Test("pass over payloads that are about no player of this bot")
    @Loop func passOver() async throws {
        let desk = try Desk()
        _ = try await desk.ask(.put, "/v1/players/42")
        let other = """
            {"t":"VOICE_STATE_UPDATE","d":{"guild_id":"42","channel_id":"90","user_id":"8",
            "session_id":"s"}}
            """
        let direct = #"{"t":"VOICE_STATE_UPDATE","d":{"guild_id":null,"user_id":"7"}}"#
        let waiting =
            #"{"t":"VOICE_SERVER_UPDATE","d":{"guild_id":"42","token":"t","endpoint":null}}"#
        for payload in [other, direct, waiting] {
            #expect(try await desk.ask(.post, "/v1/voice", payload).status == 202)
        }
        let player = try await desk.ask(.get, "/v1/players/42")
        #expect(player["voice"]?["ready"]?.bool == false)
        #expect(player["voiceChannel"]?.isNull == true)
    }

    // MARK: The service

    @Test("say that the service lives and is not ready, and why")
    @Loop func ready() async throws {
        let desk = try Desk()
        #expect(try await desk.ask(.get, "/livez").status == 200)
        let ready = try await desk.ask(.get, "/readyz?verbose")
        #expect(ready.status == 503)
        #expect(ready["checks"]?["nodes"]?.string == "no node is ready")
        #expect(ready["checks"]?["store"]?.string == "ok")
        #expect(try await desk.ask(.get, "/metrics").status == 200)
    }

    @Test("refuse what the gateway never says")
    @Loop func gatewayFaults() async throws {
        let desk = try Desk()
        for (body, pointer) in [
            (#"{"t":"READY","d":{}}"#, "/t"),
            (
                #"{"t":"VOICE_SERVER_UPDATE","d":{"guild_id":"42","token":" ","endpoint":"a"}}"#,
                "/d/token"
            ),
            (
                #"{"t":"VOICE_SERVER_UPDATE","d":{"guild_id":"42","token":"t","endpoint":""}}"#,
                "/d/endpoint"
            ),
            (
                #"{"t":"VOICE_STATE_UPDATE","d":{"guild_id":"42","user_id":"7","session_id":""}}"#,
                "/d/session_id"
            ),
        ] {
            let answer = try await desk.ask(.post, "/v1/voice", body)
            #expect(answer.status == 400, "\(body)")
            #expect(answer.pointers == [pointer], "\(body)")
        }
    }

    @Test("tell nobody where the database is")
    @Loop func readiness() async throws {
        let desk = try Desk()
        desk.store.fail(with: StorageError(.diskFull, path: "/secret/place.db"))
        let answer = try await desk.ask(.get, "/readyz")
        #expect(answer.status == 503)
        #expect(answer["checks"]?["store"]?.string == "the database cannot be written")
        #expect(!answer.text.contains("/secret"))
    }

    @Test("measure for a bearer of one bot that bot alone")
    @Loop func boundMetrics() async throws {
        let desk = try Desk(bots: ["radio": "7", "disco": "8"])
        let all = try await desk.ask(.get, "/metrics").body
        #expect(all.contains("bot=\"disco\"") && all.contains("bot=\"radio\""))
        let bound = Bearer(name: "b", bot: BotName("radio"))
        let own = try await desk.ask(.get, "/metrics", bearer: bound).body
        #expect(!own.contains("bot=\"disco\"") && own.contains("bot=\"radio\""))
    }
}
