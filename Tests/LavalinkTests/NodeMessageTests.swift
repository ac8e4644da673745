import Lavalink
import Testing
import Wire

private func message(_ text: String) throws(NodeMessageError) -> NodeMessage {
    try NodeMessage(parsing: Array(text.utf8))
}

private let guildText = "817327181659111454"
private let track = #"{"encoded":"QAAA","info":\#(TrackTests.info),"pluginInfo":{},"userData":{}}"#

private func event(_ type: String, _ rest: String) throws -> NodeEvent {
    let message = try message(
        #"{"op":"event","type":"\#(type)","guildId":"\#(guildText)"\#(rest)}"#
    )
    guard case .event(let guild, let event) = message else {
        Issue.record("no event: \(message)")
        return .unknown(type: "", raw: .null)
    }
    #expect(guild.description == guildText)
    return event
}

@Suite("A message of a node")
struct NodeMessageTests {
    @Test("says that a session is ready")
    func ready() throws {
        let fresh = try message(#"{"op":"ready","resumed":false,"sessionId":"k3v9x0a7m2q5t8wz"}"#)
        #expect(fresh == .ready(sessionId: "k3v9x0a7m2q5t8wz", resumed: false))
        #expect(
            try message(#"{"sessionId":"a","resumed":true,"op":"ready"}"#)
                == .ready(sessionId: "a", resumed: true)
        )
        #expect(
            try message(#"{"op":"ready","sessionId":"a"}"#)
                == .ready(sessionId: "a", resumed: false)
        )
    }

    @Test("says where a player is")
    func playerUpdate() throws {
        let update = try message(
            """
            {"op":"playerUpdate","state":{"time":1767225600123,"position":61500,"connected":true,\
            "ping":23},"guildId":"\(guildText)"}
            """
        )
        let guild = try #require(GuildID(guildText))
        let state = PlayerState(
            time: 1_767_225_600_123,
            position: 61_500,
            connected: true,
            ping: 23
        )
        #expect(update == .playerUpdate(guild, state))
    }

    @Test("says where a player is also without all that is not known")
    func sparsePlayerUpdate() throws {
        let update = try message(#"{"op":"playerUpdate","guildId":"1","state":{}}"#)
        let guild = try #require(GuildID("1"))
        let state = PlayerState(time: 0, position: 0, connected: false, ping: -1)
        #expect(update == .playerUpdate(guild, state))
    }

    @Test("of a newer node is kept whole")
    func unknown() throws {
        let text = #"{ "op":"later", "x": [1.0 ,{}]}"#
        let unknown = try message(text)
        guard case .unknown("later", let raw) = unknown else {
            Issue.record("\(unknown)")
            return
        }
        #expect(raw.description == text)
        #expect(unknown.bytes == Array(text.utf8))
    }

    @Test(
        "is refused when it is none, or lacks what it is about",
        arguments: [
            ("[]", ""), ("1", ""), ("{}", "/op"), (#"{"op":1}"#, "/op"), (#"{"op":null}"#, "/op"),
            (#"{"op":"ready"}"#, "/sessionId"), (#"{"op":"ready","sessionId":5}"#, "/sessionId"),
            (#"{"op":"playerUpdate","guildId":"1"}"#, "/state"),
            (#"{"op":"playerUpdate","guildId":"1","state":5}"#, "/state"),
            (#"{"op":"playerUpdate","state":{}}"#, "/guildId"),
            (#"{"op":"playerUpdate","state":{},"guildId":1}"#, "/guildId"),
            (#"{"op":"playerUpdate","state":{},"guildId":"x"}"#, "/guildId"),
            (#"{"op":"event","guildId":"1"}"#, "/type"),
            (#"{"op":"event","type":"TrackStartEvent","guildId":"1"}"#, "/track"),
            (
                #"{"op":"event","type":"TrackStartEvent","guildId":"1","track":{}}"#,
                "/track/encoded"
            ),
            (#"{"op":"event","type":"TrackExceptionEvent","guildId":"1"}"#, "/exception"),
            (#"{"op":"event","type":"WebSocketClosedEvent"}"#, "/guildId"),
        ]
    )
    func malformed(text: String, pointer: String) throws {
        let error = try #require(throws: NodeMessageError.self) { try message(text) }
        guard case .malformed(let fault) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(fault.pointer == pointer)
        #expect(error.description.contains("unusable"))
    }

    @Test("is refused when it is not JSON", arguments: ["", "{", "op", #"{"op":"ready",}"#])
    func notJSON(text: String) throws {
        let error = try #require(throws: NodeMessageError.self) { try message(text) }
        guard case .notJSON = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.description.contains("not JSON"))
    }
}

@Suite("An event of a player")
struct NodeEventTests {
    @Test("is the start of a track")
    func start() throws {
        let event = try event("TrackStartEvent", #","track":\#(track)"#)
        #expect(event == .trackStart(try Track(try parsed(track))))
        #expect(event.type == "TrackStartEvent")
        #expect(event.track?.info.title == "Test Tone")
    }

    @Test(
        "is the end of a track, with its reason",
        arguments: [
            ("finished", TrackEndReason.finished, true), ("loadFailed", .loadFailed, true),
            ("stopped", .stopped, false), ("replaced", .replaced, false),
            ("cleanup", .cleanup, false), ("FINISHED", .unknown("FINISHED"), false),
            ("later", .unknown("later"), false),
        ]
    )
    func end(text: String, reason: TrackEndReason, mayStartNext: Bool) throws {
        let event = try event("TrackEndEvent", #","track":\#(track),"reason":"\#(text)""#)
        #expect(event == .trackEnd(try Track(try parsed(track)), reason))
        #expect(reason.mayStartNext == mayStartNext)
        #expect(reason.text == text)
    }

    @Test("is the end of a track also without a reason")
    func noReason() throws {
        let end = try event("TrackEndEvent", #","track":\#(track)"#)
        #expect(end == .trackEnd(try Track(try parsed(track)), .unknown("")))
    }

    @Test("is what went wrong with a track")
    func exception() throws {
        let text =
            #"{"message":"No","severity":"odd","cause":"io: x","causeStackTrace":"a\nb","n":1}"#
        let event = try event("TrackExceptionEvent", #","track":\#(track),"exception":\#(text)"#)
        guard case .trackException(_, let exception) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(exception.message == "No")
        #expect(exception.severity == "odd")
        #expect(exception.cause == "io: x")
        #expect(exception.causeStackTrace == "a\nb")
        #expect(exception.raw.description == text)
    }

    @Test("is a track that is stuck")
    func stuck() throws {
        let stuck = try event("TrackStuckEvent", #","track":\#(track),"thresholdMs":10000"#)
        #expect(stuck == .trackStuck(try Track(try parsed(track)), thresholdMs: 10_000))
    }

    @Test("is the end of the voice connection")
    func closed() throws {
        #expect(
            try event("WebSocketClosedEvent", #","code":4006,"reason":"gone","byRemote":false"#)
                == .webSocketClosed(code: 4006, reason: "gone", byRemote: false)
        )
        #expect(
            try event("WebSocketClosedEvent", #","code":1000"#)
                == .webSocketClosed(code: 1000, reason: "", byRemote: true)
        )
    }

    @Test("of a plugin is kept whole")
    func unknown() throws {
        let event = try event("SegmentsLoaded", #","segments":[ 1 ]"#)
        guard case .unknown("SegmentsLoaded", let raw) = event else {
            Issue.record("\(event)")
            return
        }
        #expect(raw.value["segments"]?.raw.description == "[ 1 ]")
        #expect(event.type == "SegmentsLoaded")
        #expect(event.track == nil)
    }

    @Test("of a plugin that belongs to no guild is kept as a message")
    func noGuild() throws {
        let text = #"{"op":"event","type":"ConnectionStatusEvent","guildId":null}"#
        let message = try message(text)
        #expect(message == .unknown(op: "event", raw: try RawJSON(checking: Array(text.utf8))))
    }

    @Test(
        "is written as it was read",
        arguments: [
            #""type":"TrackStartEvent","guildId":"5","track":\#(track)"#,
            #""type":"TrackEndEvent","guildId":"5","track":\#(track),"reason":"later""#,
            #"""
            "type":"TrackExceptionEvent","guildId":"5","track":\#(track),"exception":{"a":1}
            """#,
            #""type":"TrackStuckEvent","guildId":"5","track":\#(track),"thresholdMs":10000"#,
            #"""
            "type":"WebSocketClosedEvent","guildId":"5","code":4014,"reason":"","byRemote":true
            """#,
            #""type":"Later","guildId":"5", "x" : 1.0"#,
        ]
    )
    func roundTrip(members: String) throws {
        let text = #"{"op":"event",\#(members)}"#
        #expect(String(decoding: try message(text).bytes, as: UTF8.self) == text)
    }
}

@Suite("What went wrong with a track")
struct TrackExceptionTests {
    @Test("is written as Lavalink does")
    func written() {
        let exception = TrackException(message: nil, severity: "fault", cause: "c")
        #expect(
            exception.raw.description == #"{"message":null,"severity":"fault","cause":"c"}"#
        )
        let traced = TrackException(
            message: "m",
            severity: "common",
            cause: "c",
            causeStackTrace: "t"
        )
        #expect(traced.raw.value["causeStackTrace"]?.string == "t")
    }

    @Test("has its real cause in the last line that names one")
    func rootCause() {
        let trace = "wrapper: generic\n\tat x\nCaused by: first\n\tat y\nCaused by: the real one\n"
        let exception = TrackException(
            message: "generic",
            severity: "fault",
            cause: "wrapper",
            causeStackTrace: trace
        )
        #expect(exception.rootCause == "the real one")
        #expect(
            TrackException(message: nil, severity: "fault", cause: "plain").rootCause == "plain"
        )
    }
}
