import Lavalink
import Testing
import Wire

@Suite("A change of a player")
struct PlayerPatchTests {
    @Test("is written with what it changes alone")
    func bodies() throws {
        let userData = try RawJSON(checking: Array(#"{ "req":"42" }"#.utf8))
        let filters = try RawJSON(checking: Array(#"{"timescale":{"speed":1.10}}"#.utf8))
        let voice = VoiceState(token: "f", endpoint: "e:443", sessionId: "a", channelId: "12")
        let bodies: [(PlayerPatch, String)] = [
            (PlayerPatch(), "{}"),
            (
                PlayerPatch(track: .play(encoded: "QA==", userData: userData)),
                #"{"track":{"encoded":"QA==","userData":{ "req":"42" }}}"#
            ),
            (
                PlayerPatch(track: .play(encoded: "QA==", userData: nil)),
                #"{"track":{"encoded":"QA=="}}"#
            ),
            (PlayerPatch(track: .stop), #"{"track":{"encoded":null}}"#),
            (PlayerPatch(track: .userData(.emptyObject)), #"{"track":{"userData":{}}}"#),
            (PlayerPatch(position: 0), #"{"position":0}"#),
            (PlayerPatch(endTime: .max), #"{"endTime":9223372036854775807}"#),
            (PlayerPatch(volume: 80, paused: false), #"{"volume":80,"paused":false}"#),
            (PlayerPatch(filters: filters), #"{"filters":{"timescale":{"speed":1.10}}}"#),
            (
                PlayerPatch(voice: voice),
                #"{"voice":{"token":"f","endpoint":"e:443","sessionId":"a","channelId":"12"}}"#
            ),
        ]
        for (patch, body) in bodies {
            #expect(String(decoding: patch.body, as: UTF8.self) == body)
            #expect(patch.isEmpty == (body == "{}"))
        }
    }
}

@Suite("A request to a node")
struct NodeRequestTests {
    @Test("has the method, target and body of the protocol")
    func requests() throws {
        let guild = try #require(GuildID("817327181659111454"))
        let player = "/v4/sessions/k3v9/players/817327181659111454"
        let patch = PlayerPatch(volume: 5)
        let requests: [(NodeRequest, Wire.Method, String, String?)] = [
            (
                .updatePlayer(session: "k3v9", guild: guild, patch, noReplace: false), .patch,
                player,
                #"{"volume":5}"#
            ),
            (
                .updatePlayer(session: "k3v9", guild: guild, patch, noReplace: true), .patch,
                player + "?noReplace=true", #"{"volume":5}"#
            ),
            (.destroyPlayer(session: "k3v9", guild: guild), .delete, player, nil),
            (.player(session: "k3v9", guild: guild), .get, player, nil),
            (.players(session: "k3v9"), .get, "/v4/sessions/k3v9/players", nil),
            (
                .updateSession(session: "k3v9", resuming: true, timeout: 60), .patch,
                "/v4/sessions/k3v9", #"{"resuming":true,"timeout":60}"#
            ),
            (
                .updateSession(session: "k3v9", resuming: nil, timeout: nil), .patch,
                "/v4/sessions/k3v9", "{}"
            ),
            (.info, .get, "/v4/info", nil),
            (.version, .get, "/version", nil),
            (.stats, .get, "/v4/stats", nil),
            (.loadTracks(identifier: "x"), .get, "/v4/loadtracks?identifier=x", nil),
            (.decodeTracks(["QA+/", "b"]), .post, "/v4/decodetracks", #"["QA+/","b"]"#),
            (.decodeTracks([]), .post, "/v4/decodetracks", "[]"),
        ]
        for (request, method, target, body) in requests {
            #expect(request.method == method)
            #expect(request.target == target)
            #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == body)
        }
    }

    @Test(
        "encodes everything in an identifier that is not plain",
        arguments: [
            ("ytsearch:never gonna", "ytsearch%3Anever%20gonna"),
            ("https://a.b/c?d=e&f=g#h+i", "https%3A%2F%2Fa.b%2Fc%3Fd%3De%26f%3Dg%23h%2Bi"),
            ("music/ä ö+x.wav", "music%2F%C3%A4%20%C3%B6%2Bx.wav"), ("-._~Az9", "-._~Az9"),
            ("100%", "100%25"), ("🎵", "%F0%9F%8E%B5"), ("a\r\nb\u{0}", "a%0D%0Ab%00"), ("", ""),
        ]
    )
    func encoding(identifier: String, encoded: String) {
        let target = NodeRequest.loadTracks(identifier: identifier).target
        #expect(target == "/v4/loadtracks?identifier=" + encoded)
    }

    @Test("cannot be led elsewhere by a session id")
    func session() {
        #expect(
            NodeRequest.players(session: "a/../b?c#d").target
                == "/v4/sessions/a%2F..%2Fb%3Fc%23d/players"
        )
    }
}
