import Lavalink
import Testing
import Wire

private func filters(_ text: String) throws -> Filters {
    try Filters(checking: try parsed(text), at: "/filters")
}

@Suite("Filters")
struct FiltersTests {
    static let everything = """
        {"volume":0.5,"equalizer":[{"band":0,"gain":0.25},{"band":14,"gain":-0.25}],\
        "karaoke":{"level":1,"monoLevel":1,"filterBand":220,"filterWidth":100},\
        "timescale":{"speed":1.5,"pitch":0.9,"rate":2},"tremolo":{"frequency":2,"depth":1},\
        "vibrato":{"frequency":14,"depth":0.5},"rotation":{"rotationHz":-0.2},\
        "distortion":{"sinOffset":0,"sinScale":1,"cosOffset":0,"cosScale":1,"tanOffset":0,\
        "tanScale":1,"offset":0,"scale":1},\
        "channelMix":{"leftToLeft":1,"leftToRight":0,"rightToLeft":0,"rightToRight":1},\
        "lowPass":{"smoothing":20},"pluginFilters":{"echo":{"delay":1},"reverb":null}}
        """

    @Test("of every kind are taken, and kept as they came")
    func all() throws {
        let all = try filters(Self.everything)
        #expect(all.raw.description == Self.everything)
        #expect(
            all.names == [
                "volume", "equalizer", "karaoke", "timescale", "tremolo", "vibrato", "rotation",
                "distortion", "channelMix", "lowPass", "echo", "reverb",
            ]
        )
        #expect(all.playbackRate == 3)
        #expect(!all.isEmpty)
        #expect(all.matches(reported: all.raw))
    }

    @Test(
        "are empty when nothing is set",
        arguments: ["{}", #"{"timescale":null,"karaoke":null}"#, #"{"pluginFilters":{}}"#]
    )
    func empty(text: String) throws {
        let none = try filters(text)
        #expect(none.isEmpty)
        #expect(none.playbackRate == 1)
        #expect(none.matches(reported: .emptyObject))
        #expect(Filters.none.matches(reported: none.raw))
    }

    @Test("name what the node must allow, null included")
    func names() throws {
        #expect(try filters(#"{"timescale":null}"#).names == ["timescale"])
        #expect(Filters.none.names.isEmpty)
        #expect(Filters.none.isEmpty)
        #expect(Filters.none.raw == .emptyObject)
    }

    @Test(
        "speed the music up by speed and rate, not by pitch",
        arguments: [
            (#"{"timescale":{"speed":2}}"#, 2.0), (#"{"timescale":{"rate":0.5}}"#, 0.5),
            (#"{"timescale":{"speed":2,"rate":0.5}}"#, 1), (#"{"timescale":{"pitch":2}}"#, 1),
            (#"{"timescale":{}}"#, 1), (#"{"volume":2}"#, 1),
        ]
    )
    func rates(text: String, rate: Double) throws {
        #expect(try filters(text).playbackRate == rate)
    }

    @Test(
        "at the edge of what a track survives are taken",
        arguments: [
            #"{"volume":0}"#, #"{"volume":5}"#, #"{"volume":5.0}"#, #"{"equalizer":[]}"#,
            #"{"equalizer":[{"band":0,"gain":-0.25},{"band":14,"gain":1.0},{"band":3}]}"#,
            #"{"timescale":{"speed":0.001,"pitch":1000,"rate":1}}"#,
            #"{"tremolo":{"frequency":0.0001,"depth":1}}"#,
            #"{"tremolo":{"frequency":9999,"depth":0.0001}}"#,
            #"{"vibrato":{"frequency":14,"depth":1}}"#, #"{"karaoke":{"level":-5,"filterBand":0}}"#,
            #"{"lowPass":{"smoothing":0}}"#, #"{"channelMix":{"leftToLeft":7}}"#,
            #"{"rotation":{"rotationHz":1e9}}"#, #"{"distortion":{"scale":-3.5}}"#,
        ]
    )
    func edges(text: String) throws { _ = try filters(text) }

    @Test(
        "on which a track breaks are refused, with the place",
        arguments: [
            (#"{"volume":-0.1}"#, "/volume"), (#"{"volume":5.1}"#, "/volume"),
            (#"{"volume":"1"}"#, "/volume"), (#"{"volume":null}"#, "/volume"),
            (#"{"equalizer":null}"#, "/equalizer"), (#"{"equalizer":{}}"#, "/equalizer"),
            (#"{"equalizer":[1]}"#, "/equalizer/0"),
            (#"{"equalizer":[{"gain":0}]}"#, "/equalizer/0/band"),
            (#"{"equalizer":[{"band":0},{"band":15}]}"#, "/equalizer/1/band"),
            (#"{"equalizer":[{"band":-1}]}"#, "/equalizer/0/band"),
            (#"{"equalizer":[{"band":1.5}]}"#, "/equalizer/0/band"),
            (#"{"equalizer":[{"band":1.0}]}"#, "/equalizer/0/band"),
            (#"{"equalizer":[{"band":1,"gain":-0.26}]}"#, "/equalizer/0/gain"),
            (#"{"equalizer":[{"band":1,"gain":1.01}]}"#, "/equalizer/0/gain"),
            (#"{"equalizer":[{"band":1,"gain":null}]}"#, "/equalizer/0/gain"),
            (#"{"equalizer":[{"band":1,"q":1}]}"#, "/equalizer/0/q"),
            (#"{"timescale":{"speed":0}}"#, "/timescale/speed"),
            (#"{"timescale":{"speed":-1}}"#, "/timescale/speed"),
            (#"{"timescale":{"speed":null}}"#, "/timescale/speed"),
            (#"{"timescale":{"speed":1e300}}"#, "/timescale/speed"),
            (#"{"timescale":{"pitch":0.0}}"#, "/timescale/pitch"),
            (#"{"timescale":{"rate":"1"}}"#, "/timescale/rate"),
            (#"{"timescale":{"tempo":1}}"#, "/timescale/tempo"),
            (#"{"timescale":5}"#, "/timescale"), (#"{"timescale":[]}"#, "/timescale"),
            (#"{"tremolo":{"frequency":0}}"#, "/tremolo/frequency"),
            (#"{"tremolo":{"depth":0}}"#, "/tremolo/depth"),
            (#"{"tremolo":{"depth":1.1}}"#, "/tremolo/depth"),
            (#"{"vibrato":{"frequency":14.1}}"#, "/vibrato/frequency"),
            (#"{"vibrato":{"frequency":0}}"#, "/vibrato/frequency"),
            (#"{"vibrato":{"depth":-1}}"#, "/vibrato/depth"),
            (#"{"rotation":{"rotationHz":true}}"#, "/rotation/rotationHz"),
            (#"{"karaoke":{"level":1e39}}"#, "/karaoke/level"),
            (#"{"pluginFilters":null}"#, "/pluginFilters"),
            (#"{"pluginFilters":[]}"#, "/pluginFilters"), (#"{"echo":{}}"#, "/echo"), ("[]", ""),
            ("null", ""),
        ]
    )
    func refused(text: String, pointer: String) throws {
        let value = try parsed(text)
        let fault = try #require(throws: JSONFault.self) {
            try Filters(checking: value, at: "/filters")
        }
        #expect(fault.pointer == "/filters" + pointer)
    }

    @Test("that are refused say what would be right")
    func messages() throws {
        let expected = [
            (#"{"volume":9}"#, "/filters/volume must be from 0.0 to 5.0"),
            (
                #"{"timescale":{"speed":0}}"#,
                "/filters/timescale/speed must be from 0.001 to 1000.0"
            ),
            (
                #"{"vibrato":{"depth":2}}"#,
                "/filters/vibrato/depth must be greater than 0.0 and at most 1.0"
            ),
            (
                #"{"tremolo":{"frequency":0}}"#,
                "/filters/tremolo/frequency must be greater than 0.0"
            ),
            (
                #"{"timescal":{}}"#,
                #"/filters/timescal is unknown; did you mean "timescale"?"#
            ),
        ]
        for (text, description) in expected {
            let fault = try #require(throws: JSONFault.self) { try filters(text) }
            #expect(fault.description == description)
        }
    }
}

@Suite("Filters that a node reports")
struct ReportedFiltersTests {
    private func matches(_ wanted: String, _ reported: String) throws -> Bool {
        try filters(wanted).matches(reported: try RawJSON(checking: Array(reported.utf8)))
    }

    @Test(
        "are the same with every default filled in, or left out",
        arguments: [
            (#"{"timescale":{"speed":2}}"#, #"{"timescale":{"speed":2.0,"pitch":1.0,"rate":1.0}}"#),
            (#"{"timescale":{"speed":2,"pitch":1}}"#, #"{"timescale":{"speed":2.0}}"#),
            (#"{"tremolo":{}}"#, #"{"tremolo":{"frequency":2.0,"depth":0.5}}"#),
            (#"{"lowPass":{"smoothing":20}}"#, #"{"lowPass":{}}"#),
            (#"{"volume":0.1}"#, #"{"volume":0.1}"#),
            (#"{"volume":0.123456789}"#, #"{"volume":0.12345679}"#),
            (#"{"equalizer":[{"band":3}]}"#, #"{"equalizer":[{"band":3,"gain":1.0}]}"#),
            (
                #"{"equalizer":[{"band":1,"gain":0.1},{"band":0,"gain":0.2}]}"#,
                #"{"equalizer":[{"band":0,"gain":0.2},{"band":1,"gain":0.1}]}"#
            ),
            (#"{"equalizer":[]}"#, "{}"), (#"{"karaoke":null}"#, "{}"),
            (#"{"pluginFilters":{"echo":{"a":1}}}"#, "{}"),
            (#"{"pluginFilters":{"echo":{"a":1}}}"#, #"{"pluginFilters":{}}"#),
            (
                #"{"pluginFilters":{"echo":{"a":1,"b":2}}}"#,
                #"{"pluginFilters":{"echo":{"b":2,"a":1.0}}}"#
            ),
            (#"{"volume":1}"#, #"{"volume":1.0,"later":{}}"#),
        ]
    )
    func same(wanted: String, reported: String) throws {
        #expect(try matches(wanted, reported))
    }

    @Test(
        "are others",
        arguments: [
            ("{}", #"{"volume":0.5}"#), (#"{"volume":0.5}"#, "{}"),
            (#"{"volume":0.5}"#, #"{"volume":0.51}"#),
            (#"{"timescale":{"speed":2}}"#, #"{"timescale":{"speed":1.0,"pitch":1.0,"rate":1.0}}"#),
            (#"{"timescale":{"speed":2}}"#, "{}"), (#"{"timescale":{}}"#, "{}"),
            (#"{"equalizer":[{"band":3}]}"#, #"{"equalizer":[{"band":4,"gain":1.0}]}"#),
            (#"{"equalizer":[{"band":3}]}"#, "{}"),
            ("{}", #"{"pluginFilters":{"echo":{}}}"#),
            (#"{"pluginFilters":{"echo":{"a":1}}}"#, #"{"pluginFilters":{"echo":{"a":2}}}"#),
        ]
    )
    func different(wanted: String, reported: String) throws {
        #expect(try !matches(wanted, reported))
    }

    @Test(
        "may be anything without harm",
        arguments: [
            "[]", "null", "5", #"{"equalizer":5}"#, #"{"equalizer":[5,{"band":99},{"gain":1}]}"#,
            #"{"timescale":[]}"#, #"{"pluginFilters":5}"#, #"{"volume":"x"}"#,
        ]
    )
    func nonsense(reported: String) throws {
        _ = try matches(FiltersTests.everything, reported)
    }
}
