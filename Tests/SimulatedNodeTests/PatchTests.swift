import Lavalink
import SimulatedNode
import Testing
import Wire

@Suite("PATCH of a player")
struct PatchTests {
    static let bad = "Bad Request"
    static let clash = "Cannot specify both encodedTrack and identifier"
    static let partial = "token, endpoint, sessionId and channelId must be provided in voice state"

    @Test(
        "refuses a body with the status and the words of a real node",
        arguments: [
            ("", 400, bad), ("{", 400, bad), ("[]", 400, bad), ("null", 400, bad),
            (#"{"volume":"x"}"#, 400, bad), (#"{"volume":null}"#, 400, bad),
            (#"{"volume":50.5}"#, 400, bad), (#"{"volume":99999999999}"#, 400, bad),
            (#"{"paused":null}"#, 400, bad), (#"{"paused":"yes"}"#, 400, bad),
            (#"{"position":null}"#, 400, bad), (#"{"filters":null}"#, 400, bad),
            (#"{"filters":{"volume":null}}"#, 400, bad),
            (#"{"filters":{"equalizer":null}}"#, 400, bad),
            (#"{"filters":{"tremolo":{"depth":"much"}}}"#, 400, bad),
            (#"{"voice":null}"#, 400, bad), (#"{"track":null}"#, 400, bad),
            (#"{"track":{"userData":null}}"#, 400, bad), (#"{"track":{"userData":5}}"#, 400, bad),
            (#"{"track":{"identifier":null}}"#, 400, bad), (#"{"identifier":null}"#, 400, bad),
            (#"{"voice":{"token":"t"}}"#, 400, bad),
            (#"{"voice":{"token":"t","endpoint":"e","sessionId":"s"}}"#, 400, bad),
            (#"{"voice":{"token":"t","endpoint":"e","sessionId":"s","channelId":5}}"#, 400, bad),
            (
                #"{"voice":{"token":"t","endpoint":"e","sessionId":"s","channelId":null}}"#, 400,
                partial
            ),
            (
                #"{"voice":{"token":" ","endpoint":"e","sessionId":"s","channelId":"5"}}"#, 400,
                partial
            ),
            (#"{"encodedTrack":"a","identifier":"x"}"#, 400, clash),
            (#"{"track":{"encoded":"a","identifier":"x"}}"#, 400, clash),
            (
                #"{"track":{"encoded":"a"},"identifier":"x"}"#, 400,
                "Cannot specify both track and encodedTrack/identifier"
            ),
            (#"{"endTime":0}"#, 400, "End time must be greater than 0"),
            (#"{"endTime":-5}"#, 400, "End time must be greater than 0"),
            (
                #"{"filters":{"karaoke":null}}"#, 400,
                "Following filters are disabled in the config: karaoke"
            ),
            (#"{"track":{"identifier":"nothing"}}"#, 400, "No matches found for identifier"),
            (
                #"{"track":{"identifier":"ytsearch:a"}}"#, 400,
                "Cannot play a playlist or search result"
            ),
            (
                #"{"track":{"identifier":"error:x"}}"#, 400,
                "Something went wrong while looking up the track."
            ),
            (#"{"track":{"encoded":"zz"}}"#, 500, "No message available"),
            (#"{"track":{"encoded":""}}"#, 500, "No message available"),
            (
                #"{"filters":{"equalizer":[{"band":99,"gain":9}]}}"#, 500,
                "Request processing failed: java.lang.ArrayIndexOutOfBoundsException: "
                    + "Index 99 out of bounds for length 15"
            ),
        ]
    )
    func refuses(body: String, status: Int, message: String) {
        var settings = NodeSettings()
        settings.disabledFilters = ["karaoke"]
        var bench = Bench(settings)
        let answer = bench.patch(body)
        #expect(answer.status == status)
        #expect(answer.message == message)
    }

    @Test(
        "takes a body that only looks wrong",
        arguments: [
            "{}", #"{"unknown":1}"#, #"{"endTime":null}"#, #"{"track":{}}"#, #"{"position":-1}"#,
            #"{"filters":{"unknown":1}}"#, #"{"filters":{"karaoke":null}}"#,
            #"{"track":{"encoded":null}}"#, #"{"encodedTrack":null}"#, #"{"volume":-1}"#,
        ]
    )
    func takes(body: String) {
        var bench = Bench()
        #expect(bench.patch(body).status == 200)
    }

    @Test("creates an idle player from an empty body, and says nothing")
    func idle() {
        var bench = Bench()
        let answer = bench.patch("{}")
        #expect(
            answer.text.hasSuffix(
                #""state":{"time":1767225600000,"position":0,"connected":false,"ping":-1},"#
                    + #""voice":{"token":"","endpoint":"","sessionId":"","channelId":null},"#
                    + #""filters":{}}"#
            )
        )
        #expect(answer.json["track"]?.isNull == true)
        #expect(bench.messages.isEmpty)
    }

    @Test("creates the player before an effect that fails, and none for what is refused")
    func createsBeforeFailing() {
        var bench = Bench()
        bench.patch(#"{"endTime":0}"#)
        #expect(bench.read().status == 404)
        bench.patch(#"{"volume":30,"paused":true,"track":{"encoded":"zz"}}"#)
        #expect(bench.read().json["volume"]?.int64 == 30)
        #expect(bench.read().json["paused"]?.bool == true)
    }

    @Test("unpauses with a track that cannot be decoded")
    func failingPlayUnpauses() {
        var bench = Bench()
        bench.patch(#"{"paused":true}"#)
        bench.patch(#"{"track":{"encoded":"zz"}}"#)
        #expect(bench.read().json["paused"]?.bool == false)
    }

    @Test("clamps the volume", arguments: [(-1, 0), (0, 0), (1000, 1000), (5000, 1000)])
    func clamps(given: Int, kept: Int64) {
        var bench = Bench()
        #expect(bench.patch(#"{"volume":\#(given)}"#).json["volume"]?.int64 == kept)
    }

    @Test("plays an idle player with one start and two updates, then answers")
    func plays() {
        var bench = Bench()
        bench.connectVoice()
        bench.play(Bench.track, #","position":15000"#)
        #expect(bench.story == ["start 15000", "update 15000", "update 15000"])
    }

    @Test("replaces a track: its end, the new start, two updates")
    func replaces() {
        var bench = Bench()
        bench.connectVoice()
        bench.play()
        bench.clear()
        bench.play()
        #expect(bench.story == ["end replaced 0", "start 0", "update 0", "update 0"])
    }

    @Test("stops a track once")
    func stops() {
        var bench = Bench()
        bench.play()
        bench.patch(#"{"paused":true}"#)
        bench.clear()
        let answer = bench.patch(#"{"track":{"encoded":null}}"#)
        #expect(bench.story == ["end stopped 0"])
        #expect(answer.json["paused"]?.bool == false)
        bench.patch(#"{"track":{"encoded":null}}"#)
        #expect(bench.story.count == 1)
    }

    @Test(
        "says nothing about pause, volume, user data and an end",
        arguments: [
            #"{"paused":true}"#, #"{"volume":10}"#, #"{"track":{"userData":{"a":1}}}"#,
            #"{"endTime":90000}"#,
        ]
    )
    func isSilent(body: String) {
        var bench = Bench()
        bench.connectVoice()
        bench.play()
        bench.clear()
        #expect(bench.patch(body).status == 200)
        #expect(bench.messages.isEmpty)
    }

    @Test("says where it is after a seek and after filters, and only with a track for a seek")
    func updates() {
        var bench = Bench()
        bench.patch(#"{"position":5}"#)
        #expect(bench.story.isEmpty)
        bench.patch(#"{"filters":{"volume":0.5}}"#)
        #expect(bench.story == ["update 0 gone"])
        bench.connectVoice()
        bench.play()
        bench.clear()
        bench.patch(#"{"position":30000}"#)
        #expect(bench.story == ["update 30000"])
    }

    @Test("with noReplace keeps the track, pause, position and user data, but not the volume")
    func noReplace() {
        var bench = Bench()
        bench.play(Bench.track, #","volume":50"#)
        bench.clear()
        let kept = bench.patch(
            #"{"track":{"encoded":null,"userData":{"n":1}},"paused":true,"position":1,"volume":7}"#,
            query: "noReplace=true"
        )
        #expect(kept.json["track"]?.isNull == false)
        #expect(kept.json["track"]?["userData"]?.raw.isEmptyObject == true)
        #expect(kept.json["paused"]?.bool == false)
        #expect(kept.json["volume"]?.int64 == 7)
        #expect(bench.messages.isEmpty)
    }

    @Test("with noReplace plays on an idle player", arguments: ["true", "1", "yes", "ON"])
    func noReplaceIdle(flag: String) {
        var bench = Bench()
        let body = #"{"track":{"encoded":"\#(Bench.track)"}}"#
        let answer = bench.patch(body, query: "noReplace=\(flag)")
        #expect(answer.json["track"]?.isNull == false)
        #expect(bench.patch("{}", query: "noReplace=maybe").status == 400)
    }

    @Test("replaces all filters, fills in defaults, and drops nulls and unknown names")
    func filters() {
        var bench = Bench()
        let first = bench.patch(
            #"{"filters":{"volume":0.1,"equalizer":[{"band":0,"gain":0.2},{"band":1}],"#
                + #""karaoke":{},"timescale":{"speed":2},"tremolo":null,"unknown":{}}}"#
        )
        #expect(
            first.filters
                == #"{"volume":0.1,"equalizer":[{"band":0,"gain":0.2},{"band":1,"gain":1}],"#
                + #""karaoke":{"level":1,"monoLevel":1,"filterBand":220,"filterWidth":100},"#
                + #""timescale":{"speed":2,"pitch":1,"rate":1}}"#
        )
        #expect(
            bench.patch(#"{"filters":{"lowPass":{}}}"#).filters == #"{"lowPass":{"smoothing":20}}"#
        )
        #expect(bench.patch("{}").filters == #"{"lowPass":{"smoothing":20}}"#)
        #expect(bench.patch(#"{"filters":{}}"#).filters == "{}")
    }

    @Test("writes user data and a new encoded string with the position into every track")
    func writesTracks() {
        var bench = Bench()
        bench.connectVoice()
        let started = bench.patch(
            #"{"track":{"encoded":"\#(Bench.track)","userData":{"a":[1,2]}}}"#
        )
        #expect(started.json["track"]?["encoded"]?.string == Bench.track)
        bench.advance(by: 10_000)
        let later = bench.read().json["track"]
        #expect(later?["encoded"]?.string != Bench.track)
        #expect(later?["info"]?["position"]?.int64 == 10_360)
        #expect(later?["userData"]?.raw.description == #"{"a":[1,2]}"#)
        #expect(later?["pluginInfo"]?.raw.description == #"{"probeInfo":"wav"}"#)
    }

    @Test("starts where the encoded string says, unless the PATCH says otherwise")
    func startsAtEncodedPosition() {
        var bench = Bench()
        let track = Catalogue.track("tone-120s", length: 120_000).with(position: 61_500).encoded()
        bench.play(track)
        #expect(bench.story.first == "start 61500")
        bench.clear()
        bench.play(track, #","position":0"#)
        #expect(bench.story == ["end replaced 61500", "start 0", "update 0 gone", "update 0 gone"])
    }
}
