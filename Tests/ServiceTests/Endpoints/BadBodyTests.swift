import Runtime
@testable import Service
import Testing
import Wire

/// A body that is refused.
struct BadBody: Sendable, CustomTestStringConvertible {
    var method: Wire.Method
    var path: String
    var body: String
    /// Where the fault is.
    var pointer: String
    /// Whether a schema can say that it is wrong.
    var isForSchema = true

    init(
        _ method: Wire.Method,
        _ path: String,
        _ body: String,
        at pointer: String,
        isForSchema: Bool = true
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.pointer = pointer
        self.isForSchema = isForSchema
    }

    var testDescription: String { "\(method.rawValue) \(path) \(body.prefix(100))" }
}

@Suite("A bad body")
struct BadBodyTests {
    private static let one = Sample.track()

    @Test(
        "is answered by 400 with the place of the fault",
        arguments: players + plays + queues + voices + states + others
    )
    @Loop func refused(_ bad: BadBody) async throws {
        let desk = try Desk(drills: true)
        _ = try await desk.ask(.put, "/v1/players/42")
        _ = try await desk.ask(.post, "/v1/players/42/play", #"{"encoded":"\#(Self.one)"}"#)
        let before = try await desk.ask(.get, "/v1/players/42").text

        let answer = try await desk.ask(bad.method, bad.path, bad.body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.problem == "invalid-member")
        #expect(answer.pointers == [bad.pointer])
        #expect(answer["errors"]?.elements.first?["line"]?.int64 == 1)
        #expect(answer["instance"]?.string == bad.path)
        #expect(answer.faultsOfBody.isEmpty != bad.isForSchema)
        #expect(try await desk.ask(.get, "/v1/players/42").text == before)
    }

    @Test(
        "is answered by 422 where it asks for a place at or past the end of the track",
        arguments: [
            (Wire.Method.patch, "", #"{"position":180000}"#),
            (.patch, "", #"{"track":{"encoded":"\#(one)"},"position":180000}"#),
            (.post, "/play", #"{"encoded":"\#(one)","position":180000}"#),
            (.post, "/seek", #"{"position":200000}"#),
        ]
    )
    @Loop func pastTheEnd(_ method: Wire.Method, _ path: String, _ body: String) async throws {
        let desk = try Desk(drills: true)
        _ = try await desk.ask(.put, "/v1/players/42")
        _ = try await desk.ask(.post, "/v1/players/42/play", #"{"encoded":"\#(Self.one)"}"#)
        let before = try await desk.ask(.get, "/v1/players/42").text

        let answer = try await desk.ask(method, "/v1/players/42" + path, body)
        #expect(answer.status == 422, "\(answer.text)")
        #expect(answer.problem == "unprocessable")
        #expect(answer.text.contains("180000 ms"))
        #expect(try await desk.ask(.get, "/v1/players/42").text == before)
    }

    static let players: [BadBody] = {
        let path = "/v1/players/42"
        return [
            BadBody(.put, path, #"{"voicechannel":"1"}"#, at: "/voicechannel"),
            BadBody(.put, path, #"{"voiceChannel":1}"#, at: "/voiceChannel"),
            BadBody(.put, path, #"{"voiceChannel":"0"}"#, at: "/voiceChannel"),
            BadBody(.put, path, #"{"voiceChannel":"-1"}"#, at: "/voiceChannel"),
            BadBody(.put, path, #"{"textChannel":"01"}"#, at: "/textChannel"),
            BadBody(
                .put,
                path,
                #"{"textChannel":"9999999999999999999"}"#,
                at: "/textChannel",
                isForSchema: false
            ),
            BadBody(.put, path, #"{"volume":1001}"#, at: "/volume"),
            BadBody(.put, path, #"{"volume":-1}"#, at: "/volume"),
            BadBody(.put, path, #"{"volume":1.5}"#, at: "/volume"),
            BadBody(.put, path, #"{"volume":"100"}"#, at: "/volume"),
            BadBody(.put, path, #"{"volume":null}"#, at: "/volume"),
            BadBody(.put, path, #"{"voiceChannel":null}"#, at: "/voiceChannel"),
            BadBody(.put, path, #"{"textChannel":null}"#, at: "/textChannel"),
            BadBody(.put, path, "[]", at: ""),
            BadBody(.put, path, "null", at: ""),
            BadBody(.patch, path, #"{"pause":true}"#, at: "/pause"),
            BadBody(.patch, path, #"{"paused":"yes"}"#, at: "/paused"),
            BadBody(.patch, path, #"{"paused":null}"#, at: "/paused"),
            BadBody(.patch, path, #"{"voiceChannel":null}"#, at: "/voiceChannel"),
            BadBody(.patch, path, #"{"position":-1}"#, at: "/position"),
            BadBody(.patch, path, #"{"position":99999999999}"#, at: "/position"),
            BadBody(.patch, path, #"{"endTime":0}"#, at: "/endTime"),
            BadBody(.patch, path, #"{"loop":"all"}"#, at: "/loop"),
            BadBody(.patch, path, #"{"autoplay":1}"#, at: "/autoplay"),
            BadBody(.patch, path, #"{"filters":null}"#, at: "/filters"),
            BadBody(.patch, path, #"{"filters":{"volum":1}}"#, at: "/filters/volum"),
            BadBody(.patch, path, #"{"filters":{"volume":6}}"#, at: "/filters/volume"),
            BadBody(
                .patch,
                path,
                #"{"filters":{"timescale":{"speed":0}}}"#,
                at: "/filters/timescale/speed"
            ),
            BadBody(
                .patch,
                path,
                #"{"filters":{"equalizer":[{"band":0},{"band":15,"gain":0}]}}"#,
                at: "/filters/equalizer/1/band"
            ),
            BadBody(
                .patch,
                path,
                #"{"filters":{"vibrato":{"frequency":14.5}}}"#,
                at: "/filters/vibrato/frequency"
            ),
            BadBody(
                .patch,
                path,
                #"{"track":null,"volume":5}"#,
                at: "/track",
                isForSchema: false
            ),
            BadBody(.patch, path, #"{"track":{}}"#, at: "/track/encoded"),
            BadBody(.patch, path, #"{"track":"x"}"#, at: "/track"),
            BadBody(.patch, path, #"{"track":{"encoded":"\#(one)","x":1}}"#, at: "/track/x"),
        ]
    }()

    static let plays: [BadBody] = {
        let path = "/v1/players/42/play"
        return [
            BadBody(.post, path, "{}", at: "/encoded"),
            BadBody(.post, path, #"{"encoded":"\#(one)","volum":1}"#, at: "/volum"),
            BadBody(.post, path, #"{"encoded":"nonsense"}"#, at: "/encoded"),
            BadBody(
                .post,
                path,
                #"{"encoded":"absolutelynonsense"}"#,
                at: "/encoded",
                isForSchema: false
            ),
            BadBody(.post, path, #"{"encoded":""}"#, at: "/encoded"),
            BadBody(.post, path, #"{"encoded":7}"#, at: "/encoded"),
            BadBody(.post, path, #"{"encoded":null}"#, at: "/encoded"),
            BadBody(
                .post,
                path,
                #"{"encoded":"\#(one)","identifier":null}"#,
                at: "/identifier"
            ),
            BadBody(
                .post,
                path,
                #"{"encoded":"\#(one)","identifier":"a","info":{}}"#,
                at: "/identifier"
            ),
            BadBody(.post, path, #"{"identifier":""}"#, at: "/identifier"),
            BadBody(.post, path, #"{"identifier":["a"]}"#, at: "/identifier"),
            BadBody(
                .post,
                path,
                #"{"identifier":"ytsearch:a","encoded":"\#(one)"}"#,
                at: "/identifier"
            ),
            BadBody(
                .post,
                path,
                #"{"identifier":"ytsearch:a","info":{}}"#,
                at: "/identifier"
            ),
            BadBody(
                .post,
                path,
                #"{"encoded":"\#(one)","userData":{"lavadeck":1}}"#,
                at: "/userData/lavadeck"
            ),
            BadBody(.post, path, #"{"encoded":"\#(one)","userData":[]}"#, at: "/userData"),
            BadBody(.post, path, #"{"encoded":"\#(one)","info":"x"}"#, at: "/info"),
            BadBody(
                .post,
                path,
                #"{"encoded":"\#(one)","requester":"\#(String(repeating: "r", count: 257))"}"#,
                at: "/requester"
            ),
            BadBody(.post, path, #"{"encoded":"\#(one)","textChannel":"x"}"#, at: "/textChannel"),
            BadBody(.post, "/v1/players/42/seek", "{}", at: "/position"),
            BadBody(.post, "/v1/players/42/seek", #"{"position":null}"#, at: "/position"),
            BadBody(.post, "/v1/players/42/seek", #"{"position":"1"}"#, at: "/position"),
        ]
            + ["pause", "resume", "stop", "skip"].map {
                BadBody(.post, "/v1/players/42/\($0)", #"{"now":true}"#, at: "/now")
            }
    }()

    static let queues: [BadBody] = {
        let path = "/v1/players/42/queue"
        let many = Array(repeating: #"{"encoded":"\#(one)"}"#, count: 1_001)
        return [
            BadBody(.post, path, "{}", at: "/tracks"),
            BadBody(.post, path, #"{"tracks":null}"#, at: "/tracks"),
            BadBody(.post, path, #"{"tracks":{}}"#, at: "/tracks"),
            BadBody(.post, path, #"{"tracks":[]}"#, at: "/tracks"),
            BadBody(.post, path, #"{"tracks":[\#(many.joined(separator: ","))]}"#, at: "/tracks"),
            BadBody(.post, path, #"{"tracks":["\#(one)"]}"#, at: "/tracks/0"),
            BadBody(
                .post,
                path,
                #"{"tracks":[{"encoded":"\#(one)"},{"encoded":"AAAA"}]}"#,
                at: "/tracks/1/encoded"
            ),
            BadBody(
                .post,
                path,
                #"{"tracks":[{"encoded":"\#(one)","userData":{"lavadeck":{}}}]}"#,
                at: "/tracks/0/userData/lavadeck"
            ),
            BadBody(
                .post,
                path,
                #"{"tracks":[{"identifier":"ytsearch:a"}]}"#,
                at: "/tracks/0/identifier"
            ),
            BadBody(.post, path, #"{"tracks":[{"encoded":"\#(one)"}],"at":-1}"#, at: "/at"),
            BadBody(.post, path, #"{"tracks":[{"encoded":"\#(one)"}],"at":10001}"#, at: "/at"),
            BadBody(.post, path, #"{"tracks":[{"encoded":"\#(one)"}],"at":null}"#, at: "/at"),
            BadBody(.post, path, #"{"tracks":[{"encoded":"\#(one)"}],"at":"0"}"#, at: "/at"),
        ]
    }()

    static let voices: [BadBody] = {
        let path = "/v1/players/42/voice"
        let server = #""t":"VOICE_SERVER_UPDATE""#
        let state = #""t":"VOICE_STATE_UPDATE""#
        return [
            BadBody(.put, path, "{}", at: "/token"),
            BadBody(.put, path, Sample.voice.replacing(#""t","#, with: "7,"), at: "/token"),
            BadBody(
                .put,
                path,
                Sample.voice.replacing(#""t","#, with: #""  ","#),
                at: "/token",
                isForSchema: false
            ),
            BadBody(.put, path, Sample.voice.replacing(#""s""#, with: "null"), at: "/sessionId"),
            BadBody(.put, path, Sample.voice.replacing("90", with: "ninety"), at: "/channelId"),
            BadBody(.put, path, Sample.voice.replacing("token", with: "tokn"), at: "/tokn"),
            BadBody(.post, "/v1/voice", "{\(server)}", at: "/d"),
            BadBody(.post, "/v1/voice", #"{"d":{"guild_id":"42"}}"#, at: "/t"),
            BadBody(.post, "/v1/voice", #"{"t":"READY","d":{"guild_id":"42"}}"#, at: "/t"),
            BadBody(.post, "/v1/voice", #"{\#(server),"d":[]}"#, at: "/d"),
            BadBody(.post, "/v1/voice", #"{\#(server),"d":{"guild_id":42}}"#, at: "/d/guild_id"),
            BadBody(.post, "/v1/voice", #"{\#(server),"d":{"guild_id":"x"}}"#, at: "/d/guild_id"),
            BadBody(
                .post,
                "/v1/voice",
                #"{\#(server),"d":{"guild_id":"42"}}"#,
                at: "/d/token",
                isForSchema: false
            ),
            BadBody(
                .post,
                "/v1/voice",
                #"{\#(state),"d":{"guild_id":"42","user_id":"me"}}"#,
                at: "/d/user_id"
            ),
            BadBody(
                .post,
                "/v1/voice",
                #"{\#(state),"d":{"guild_id":"42","user_id":"7","session_id":"s","channel_id":"0"}}"#,
                at: "/d/channel_id"
            ),
            BadBody(.post, "/v1/voice", #"{\#(state),"d":{},"e":1}"#, at: "/e"),
        ]
    }()

    static let states: [BadBody] = {
        let path = "/v1/players/42/state"
        return [
            BadBody(.put, path, #"{"guildId":"43"}"#, at: "/guildId", isForSchema: false),
            BadBody(.put, path, #"{"guild_id":"42"}"#, at: "/guild_id"),
            BadBody(.put, path, #"{"queue":"\#(one)"}"#, at: "/queue"),
            BadBody(.put, path, #"{"queue":["\#(one)","x"]}"#, at: "/queue/1"),
            BadBody(.put, path, #"{"queue":["\#(one)",7]}"#, at: "/queue/1"),
            BadBody(.put, path, #"{"current":""}"#, at: "/current"),
            BadBody(.put, path, #"{"currentEntry":{"encoded":null}}"#, at: "/currentEntry/encoded"),
            BadBody(.put, path, #"{"entries":[{"id":"e1"}]}"#, at: "/entries/0/id"),
            BadBody(.put, path, #"{"volume":5000}"#, at: "/volume"),
            BadBody(.put, path, #"{"loop":"off"}"#, at: "/loop"),
            BadBody(.put, path, #"{"position":-5}"#, at: "/position"),
            BadBody(.put, path, #"{"filters":[]}"#, at: "/filters"),
            BadBody(.put, path, #"{"voice":{"token":"t"}}"#, at: "/voice/endpoint"),
        ]
    }()

    static let others: [BadBody] = [
        BadBody(.post, "/v1/tracks/decode", "{}", at: "/tracks"),
        BadBody(.post, "/v1/tracks/decode", #"{"tracks":[]}"#, at: "/tracks"),
        BadBody(.post, "/v1/tracks/decode", #"{"tracks":["\#(one)",null]}"#, at: "/tracks/1"),
        BadBody(.post, "/v1/tracks/decode", #"{"track":"\#(one)"}"#, at: "/track"),
        BadBody(
            .post,
            "/v1/tracks/decode",
            #"{"tracks":["\#(one.dropLast(8))"]}"#,
            at: "/tracks/0",
            isForSchema: false
        ),
        BadBody(.post, "/v1/state/save", #"{"now":1}"#, at: "/now"),
        BadBody(.post, "/v1/state/restore", #"{"guildId":"1"}"#, at: "/guildId"),
        BadBody(.post, "/v1/nodes/main/connect", #"{"force":true}"#, at: "/force"),
        BadBody(.post, "/v1/nodes/main/disconnect", #"{"force":true}"#, at: "/force"),
        BadBody(.post, "/v1/nodes/main/simulate-failure", #"{"code":1006}"#, at: "/code"),
    ]

    // MARK: What is no JSON, or no body

    @Test("that is no JSON is answered by 400 with its line and column")
    @Loop func syntax() async throws {
        let desk = try Desk()
        let answer = try await desk.ask(.put, "/v1/players/42", "{\n \"volume\": 07}")
        #expect(answer.status == 400)
        #expect(answer.problem == "malformed-json")
        #expect(answer["errors"]?.elements.first?["line"]?.int64 == 2)
        let empty = try await desk.ask(.post, "/v1/players/42/play")
        #expect(empty.status == 400)
        #expect(empty.problem == "malformed-json")
        let twice = try await desk.ask(.put, "/v1/players/42", #"{"volume":1,"volume":2}"#)
        #expect(twice.problem == "malformed-json")
    }

    @Test("of another media type is answered by 415")
    @Loop func mediaType() async throws {
        let desk = try Desk()
        let answer = try await desk.ask(.put, "/v1/players/42", "{}", type: "text/plain")
        #expect(answer.status == 415)
        #expect(answer.problem == "unsupported-media-type")
        #expect(try await desk.ask(.get, "/v1/players/42").status == 404)
    }
}
