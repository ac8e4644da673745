import Lavalink
import Testing
import Wire

@Suite("A player on a node")
struct NodePlayerTests {
    static let state = #"{"time":1,"position":2,"connected":true,"ping":3}"#

    @Test("is read with every field, and written the same")
    func fields() throws {
        let track = #"{"encoded":"QAAA","info":\#(TrackTests.info),"pluginInfo":{},"userData":{}}"#
        let text = """
            {"guildId":"5","track":\(track),"volume":80,"paused":true,"state":\(Self.state),\
            "voice":{"token":"t","endpoint":"e","sessionId":"s","channelId":"7"},\
            "filters":{"volume":0.5}}
            """
        let player = try NodePlayer(try parsed(text))
        #expect(player.guildId == GuildID("5"))
        #expect(player.track?.encoded == "QAAA")
        #expect(player.volume == 80)
        #expect(player.paused)
        #expect(player.state == PlayerState(time: 1, position: 2, connected: true, ping: 3))
        #expect(
            player.voice == VoiceState(token: "t", endpoint: "e", sessionId: "s", channelId: "7")
        )
        #expect(player.filters.description == #"{"volume":0.5}"#)
        #expect(written(player.write) == text)
    }

    @Test("that is idle has neither track nor voice")
    func idle() throws {
        let player = try NodePlayer(
            try parsed(
                """
                {"guildId":"5","track":null,"volume":100,"paused":false,"state":\(Self.state),\
                "voice":{"token":"","endpoint":"","sessionId":"","channelId":null},"filters":{}}
                """
            )
        )
        #expect(player.track == nil)
        #expect(player.voice == .none)
        #expect(!player.voice.isComplete)
        #expect(player.filters == .emptyObject)
    }

    @Test("of an older node or NodeLink may lack nearly everything")
    func sparse() throws {
        let player = try NodePlayer(
            try parsed(
                #"{"guildId":"5","state":{},"voice":{"token":null,"endpoint":null}}"#
            )
        )
        #expect(player.volume == 100)
        #expect(!player.paused)
        #expect(player.voice == .none)
        #expect(player.filters == .emptyObject)
    }

    @Test(
        "is refused without a guild or a state",
        arguments: [
            ("[]", ""), (#"{"state":{}}"#, "/guildId"),
            (#"{"guildId":"0","state":{}}"#, "/guildId"),
            (#"{"guildId":"5"}"#, "/state"),
            (#"{"guildId":"5","state":{},"track":{}}"#, "/track/encoded"),
            (#"{"guildId":"5","state":{},"voice":[]}"#, "/voice"),
        ]
    )
    func refused(text: String, pointer: String) throws {
        let value = try parsed(text)
        let fault = try #require(throws: JSONFault.self) { try NodePlayer(value) }
        #expect(fault.pointer == pointer)
    }

    @Test("in a list is named by its place when it cannot be read")
    func list() throws {
        let good = #"{"guildId":"5","state":{}}"#
        #expect(try [NodePlayer](parsing: Array("[\(good),\(good)]".utf8)).count == 2)
        #expect(try [NodePlayer](parsing: Array("[]".utf8)).isEmpty)
        let error = try #require(throws: NodeMessageError.self) {
            try [NodePlayer](parsing: Array("[\(good),{}]".utf8))
        }
        guard case .malformed(let fault) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(fault.pointer == "/1/guildId")
        #expect(throws: NodeMessageError.self) { try [NodePlayer](parsing: Array("{}".utf8)) }
        #expect(throws: NodeMessageError.self) { try NodePlayer(parsing: Array("{".utf8)) }
    }
}

@Suite("Voice data")
struct VoiceStateTests {
    @Test(
        "is complete when every node would take it",
        arguments: [
            (["t", "e", "s", "7"], true), (["", "e", "s", "7"], false),
            (["t", " ", "s", "7"], false),
            (["t", "e", "\t", "7"], false), (["t", "e", "s", ""], false),
            (["t", "e", "s", "x"], false),
            (["t", "e", "s", nil], false),
        ] as [([String?], Bool)]
    )
    func complete(parts: [String?], isComplete: Bool) {
        let voice = VoiceState(
            token: parts[0] ?? "",
            endpoint: parts[1] ?? "",
            sessionId: parts[2] ?? "",
            channelId: parts[3]
        )
        #expect(voice.isComplete == isComplete)
    }

    @Test("does not show its token when it is printed")
    func secret() {
        let voice = VoiceState(token: "hush", endpoint: "e", sessionId: "s", channelId: nil)
        #expect(!"\(voice)".contains("hush"))
        #expect(!String(reflecting: voice).contains("hush"))
    }
}
