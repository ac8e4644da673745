import Lavalink
import Testing
import Wire

private let track = #"{"encoded":"QAAA","info":\#(TrackTests.info),"pluginInfo":{},"userData":{}}"#

private func load(_ text: String) throws(NodeMessageError) -> LoadResult {
    try LoadResult(parsing: Array(text.utf8))
}

@Suite("The result of a load")
struct LoadResultTests {
    @Test("is a track, a playlist, a search, nothing or an error")
    func types() throws {
        let one = try Track(try parsed(track))
        #expect(try load(#"{"loadType":"track","data":\#(track)}"#) == .track(one))
        #expect(
            try load(#"{"loadType":"search","data":[\#(track),\#(track)]}"#) == .search([one, one])
        )
        #expect(try load(#"{"loadType":"search","data":[]}"#) == .search([]))
        let plugin = try RawJSON(checking: Array(#"{ "a":1 }"#.utf8))
        #expect(
            try load(
                """
                {"loadType":"playlist","data":{"info":{"name":"P","selectedTrack":1},\
                "pluginInfo":{ "a":1 },"tracks":[\(track)]}}
                """
            ) == .playlist(name: "P", selectedTrack: 1, pluginInfo: plugin, tracks: [one])
        )
        let exception = TrackException(message: nil, severity: "common", cause: "c")
        #expect(
            try load(
                #"{"loadType":"error","data":{"message":null,"severity":"common","cause":"c"}}"#
            ) == .error(exception)
        )
    }

    @Test(
        "is nothing, however that is said",
        arguments: ["", #","data":null"#, #","data":{}"#, #","data":[]"#]
    )
    func empty(data: String) throws {
        #expect(try load(#"{"loadType":"empty"\#(data)}"#) == .empty)
    }

    @Test("of a type that is not known is told by its shape")
    func shapes() throws {
        let one = try Track(try parsed(track))
        #expect(try load(#"{"loadType":"short","data":\#(track)}"#) == .track(one))
        #expect(try load(#"{"loadType":"mix","data":[\#(track)]}"#) == .search([one]))
        #expect(
            try load(#"{"loadType":"album","data":{"info":{"name":"A"},"tracks":[\#(track)]}}"#)
                == .playlist(
                    name: "A",
                    selectedTrack: -1,
                    pluginInfo: .emptyObject,
                    tracks: [one]
                )
        )
        #expect(
            try load(#"{"loadType":"station","data":{"tracks":[]}}"#)
                == .playlist(name: "", selectedTrack: -1, pluginInfo: .emptyObject, tracks: [])
        )
        let odd = try load(#"{"loadType":"failed","data":{"severity":"fault","cause":""}}"#)
        #expect(odd.loadType == "error")
    }

    @Test(
        "is refused when nothing can be made of it, with the place",
        arguments: [
            ("[]", ""), ("{}", "/loadType"), (#"{"loadType":"track"}"#, "/data"),
            (#"{"loadType":"later","data":null}"#, "/data"),
            (#"{"loadType":"later","data":{}}"#, "/data"),
            (#"{"loadType":"later","data":5}"#, "/data"),
            (#"{"loadType":"search","data":{}}"#, "/data"),
            (#"{"loadType":"search","data":[{}]}"#, "/data/0/encoded"),
            (#"{"loadType":"playlist","data":{}}"#, "/data/tracks"),
            (#"{"loadType":"playlist","data":{"tracks":[{}]}}"#, "/data/tracks/0/encoded"),
            (#"{"loadType":"error","data":5}"#, "/data"),
        ]
    )
    func refused(text: String, pointer: String) throws {
        let error = try #require(throws: NodeMessageError.self) { try load(text) }
        guard case .malformed(let fault) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(fault.pointer == pointer)
    }

    @Test(
        "is written as it was read",
        arguments: [
            #"{"loadType":"track","data":\#(track)}"#, #"{"loadType":"search","data":[\#(track)]}"#,
            #"{"loadType":"empty","data":null}"#,
            #"{"loadType":"error","data":{"message":"m","severity":"later","cause":"c","x":1}}"#,
            #"""
            {"loadType":"playlist","data":{"info":{"name":"P","selectedTrack":-1},\#
            "pluginInfo":{"x":1.0},"tracks":[\#(track)]}}
            """#,
        ]
    )
    func roundTrip(text: String) throws {
        #expect(written(try load(text).write) == text)
    }
}

@Suite("An answer that is an error")
struct NodeErrorAnswerTests {
    private func answer(_ status: Int, _ body: String) -> NodeErrorAnswer {
        NodeErrorAnswer(status: status, body: Array(body.utf8))
    }

    @Test("says what Lavalink says")
    func lavalink() {
        let session = answer(
            404,
            """
            {"timestamp":1767225600123,"status":404,"error":"Not Found",\
            "message":"Session not found","path":"/v4/sessions/x/players/1"}
            """
        )
        #expect(session.kind == .sessionNotFound)
        #expect(session.message == "Session not found")
        #expect("\(session)" == "404: Session not found")
        #expect(answer(404, #"{"message":"Player not found"}"#).kind == .playerNotFound)
        #expect(answer(404, #"{"message":"No endpoint GET /v4/sessions."}"#).kind == .other)
        #expect(answer(400, #"{"message":"Session not found"}"#).kind == .other)
        #expect(
            answer(500, #"{"error":"Internal Server Error"}"#).message == "Internal Server Error"
        )
    }

    @Test("says what NodeLink says")
    func nodeLink() {
        let gone = answer(404, #"{"message":"The provided sessionId doesn't exist.","trace":null}"#)
        #expect(gone.kind == .sessionNotFound)
        #expect(answer(401, "Unauthorized").message == "Unauthorized")
    }

    @Test(
        "always says something",
        arguments: ["", " ", "<html><body>502 Bad Gateway</body></html>", "{}", "[]", "null", "5"]
    )
    func lenient(body: String) {
        let bad = answer(502, body)
        #expect(bad.message == "status 502 without a message")
        #expect(bad.kind == .other)
        #expect(bad.status == 502)
    }

    @Test("keeps no more of a text than its limit, and nothing that is not text")
    func limits() {
        let long = String(repeating: "x", count: 5000)
        #expect(answer(500, long).message.utf8.count == NodeErrorAnswer.messageLimit)
        #expect(
            answer(500, #"{"message":"\#(long)"}"#).message.utf8.count
                == NodeErrorAnswer.messageLimit
        )
        let binary = NodeErrorAnswer(status: 500, body: [0xff, 0xfe, 0x00])
        #expect(binary.message == "status 500 without a message")
    }
}

@Suite("What a node is")
struct NodeInfoTests {
    static let text = """
        {"version":{"semver":"4.2.2","major":4,"minor":2,"patch":2,"preRelease":""},\
        "buildTime":1,"git":{"branch":"x","commit":"y","commitTime":2},"jvm":"17","lavaplayer":"2",\
        "sourceManagers":["youtube","local","http","http"],"filters":["volume","timescale"],\
        "plugins":[{"name":"lavasrc-plugin","version":"4.1"},{"name":"x"},{}]}
        """

    @Test("is read")
    func lavalink() throws {
        let info = try NodeInfo(try parsed(Self.text))
        #expect(info.semver == "4.2.2")
        #expect(info.major == 4)
        #expect(info.sourceManagers == ["youtube", "local", "http", "http"])
        #expect(info.filters == ["volume", "timescale"])
        #expect(info.plugins.map(\.name) == ["lavasrc-plugin", "x"])
        #expect(info.plugins.map(\.version) == ["4.1", ""])
        #expect(!info.isNodeLink)
        #expect(info.raw.description == Self.text)
    }

    @Test(
        "has a major version, if any, in whatever way it is written",
        arguments: [
            (#"{"semver":"4.0.1","major":4}"#, 4), (#"{"semver":"2.3.0","major":"2"}"#, 2),
            (#"{"semver":"4.0.0+build","major":0}"#, 4), (#"{"semver":"a1b2c3d","major":0}"#, nil),
            (#"{"semver":"1234567","major":0}"#, nil), (#"{"major":null}"#, nil), ("{}", nil),
            ("null", nil),
        ] as [(String, Int?)]
    )
    func majors(version: String, major: Int?) throws {
        #expect(try NodeInfo(try parsed(#"{"version":\#(version)}"#)).major == major)
    }

    @Test("may be NodeLink", arguments: ["isNodeLink", "isNodelink"])
    func nodeLink(name: String) throws {
        #expect(try NodeInfo(try parsed(#"{"\#(name)":true}"#)).isNodeLink)
        #expect(try !NodeInfo(try parsed(#"{"\#(name)":false}"#)).isNodeLink)
    }
}

@Suite("The settings of a session")
struct SessionSettingsTests {
    @Test("are read and written")
    func bothWays() throws {
        let text = #"{"resuming":true,"timeout":120}"#
        let settings = try SessionSettings(parsing: Array(text.utf8))
        #expect(settings == SessionSettings(resuming: true, timeout: 120))
        #expect(written(settings.write) == text)
        #expect(
            try SessionSettings(parsing: Array("{}".utf8))
                == SessionSettings(resuming: false, timeout: 0)
        )
    }
}
