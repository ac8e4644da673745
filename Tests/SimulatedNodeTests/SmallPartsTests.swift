import Lavalink
import Testing
import Wire

@testable import SimulatedNode

@Suite("An agenda")
struct AgendaTests {
    @Test("gives what is due, earliest first, and in the order of adding at the same time")
    func order() {
        var agenda = Agenda<String>()
        for (item, time) in [("c", 30), ("a", 10), ("d", 30), ("b", 20), ("e", 30)] {
            agenda.add(item, at: Int64(time))
        }
        #expect(agenda.next == 10)
        #expect(agenda.take(dueAt: 9) == nil)
        var taken: [String] = []
        while let entry = agenda.take(dueAt: 30) { taken.append("\(entry.item)\(entry.at)") }
        #expect(taken == ["a10", "b20", "c30", "d30", "e30"])
        #expect(agenda.next == nil)
    }

    @Test("sorts what a generator adds, whatever it takes in between", arguments: 1...20)
    func random(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var agenda = Agenda<Int64>()
        var waiting: [Int64] = []
        for _ in 0..<200 {
            let time = Int64(generator.next() % 50)
            agenda.add(time, at: time)
            waiting.append(time)
            guard generator.next() % 3 == 0 else { continue }
            let least = waiting.min() ?? 0
            #expect(agenda.take(dueAt: .max)?.item == least)
            waiting.firstIndex(of: least).map { _ = waiting.remove(at: $0) }
        }
        var rest: [Int64] = []
        while let entry = agenda.take(dueAt: .max) { rest.append(entry.item) }
        #expect(rest == waiting.sorted())
    }
}

@Suite("A query")
struct QueryItemsTests {
    @Test(
        "is decoded as a form",
        arguments: [
            (nil, nil), ("", nil), ("b=1", nil), ("a", ""), ("a=", ""), ("a=1", "1"),
            ("b=2&a=1&a=3", "1"), ("a=1=2", "1=2"), ("a=x+y", "x y"), ("a=x%2By", "x+y"),
            ("a=%C3%A4%20%f6", "ä \u{fffd}"), ("a=%", "%"), ("a=%2", "%2"), ("a=%zz", "%zz"),
            ("%61=1", "1"),
        ] as [(String?, String?)]
    )
    func decoded(query: String?, value: String?) {
        #expect(QueryItems(query)["a"] == value)
    }
}

@Suite("A route of a node")
struct RouteTests {
    @Test(
        "is read from a path, letter by letter",
        arguments: [
            ("/", .root), ("/v3/websocket", .root), ("/version", .version), ("/v4/info", .info),
            ("/v4/sessions/s", .session("s")), ("/v4/sessions/s/players", .players("s")),
            ("/v4/sessions/s/players/1", .player("s", guild: "1")),
            ("/v4/sessions", nil), ("/v4/sessions/", nil), ("/v4/sessions//players", nil),
            ("/v4/sessions/s/", nil), ("/v4/sessions/s/players/", nil), ("", nil),
            ("/v4/sessions/s/players/1/x", nil), ("/v4/sessions/s/other", nil), ("/version/", nil),
        ] as [(String, Route?)]
    )
    func read(path: String, route: Route?) {
        #expect(Route(path) == route)
    }
}

@Suite("Filters as a node reads them")
struct NodeFiltersTests {
    private static func read(_ text: String) -> NodeFilters? {
        // What cannot be read is what some tests are about.
        try? NodeFilters(RawJSON.parsed(text))
    }

    @Test(
        "give a rate of the music",
        arguments: [
            ("{}", 1), (#"{"timescale":{}}"#, 1), (#"{"timescale":{"speed":1.5}}"#, 1.5),
            (#"{"timescale":{"speed":1.5,"rate":2}}"#, 3), (#"{"timescale":{"pitch":2}}"#, 1),
            (#"{"timescale":{"speed":0}}"#, 1), (#"{"timescale":{"speed":2},"volume":9}"#, 1),
            (#"{"timescale":null}"#, 1),
        ] as [(String, Double)]
    )
    func rate(text: String, rate: Double) {
        #expect(Self.read(text)?.playbackRate == rate)
    }

    @Test(
        "are refused when a type is wrong",
        arguments: [
            "[]", #"{"volume":"1"}"#, #"{"equalizer":{}}"#, #"{"equalizer":[1]}"#,
            #"{"equalizer":[{"gain":1}]}"#, #"{"equalizer":[{"band":"1"}]}"#,
            #"{"karaoke":1}"#, #"{"karaoke":{"level":"x"}}"#, #"{"karaoke":{"level":null}}"#,
            #"{"pluginFilters":[]}"#,
        ]
    )
    func refused(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test(
        "say which band does not exist",
        arguments: [
            (#"{"equalizer":[{"band":14},{"band":15}]}"#, 15),
            (#"{"equalizer":[{"band":-1}]}"#, -1),
            (#"{"equalizer":[{"band":0},{"band":14}]}"#, nil),
        ] as [(String, Int64?)]
    )
    func bands(text: String, band: Int64?) {
        #expect(Self.read(text)?.impossibleBand == band)
    }

    @Test(
        "are echoed so that our own comparison knows them again",
        arguments: [
            "{}", #"{"volume":0.3}"#, #"{"equalizer":[{"band":1,"gain":0.1}]}"#,
            #"{"karaoke":{"level":0.7}}"#, #"{"timescale":{"speed":1.1,"pitch":0.9}}"#,
            #"{"tremolo":{"frequency":4}}"#, #"{"vibrato":{"depth":0.2}}"#,
            #"{"rotation":{"rotationHz":0.2}}"#, #"{"distortion":{"scale":1.2}}"#,
            #"{"channelMix":{"leftToLeft":0.5}}"#, #"{"lowPass":{"smoothing":7.7}}"#,
        ]
    )
    func echo(text: String) throws {
        var json = JSONWriter()
        try #require(Self.read(text)).write(into: &json)
        let ours = try Filters(checking: RawJSON.parsed(text), at: "")
        #expect(ours.matches(reported: json.raw))
    }
}

@Suite("A playhead")
struct PlayheadTests {
    private static func playhead(from start: Int64 = 0, pulled: Bool = true) -> Playhead {
        var head = Playhead(from: start, at: 0, loadTime: 20, rate: 1, buffered: 0)
        head.setPulled(pulled, at: 0)
        return head
    }

    @Test("fills the send buffer at once, then goes with the clock, in frames")
    func pulls() {
        var head = Self.playhead()
        var positions: [Int64] = []
        for now in [0, 19, 20, 29, 30, 40, 1_000] as [Int64] {
            head.pull(until: now, stop: .infinity)
            positions.append(head.position(at: now))
        }
        #expect(positions == [0, 0, 380, 380, 380, 400, 1_360])
    }

    @Test("tells when so much audio will be out", arguments: [0.0, 1, 399, 400, 401, 5_000])
    func due(audio: Double) {
        var head = Self.playhead()
        let due = head.due(after: audio) ?? 0
        head.pull(until: due - 1, stop: .infinity)
        #expect(audio == 0 || head.out < audio)
        head.pull(until: due, stop: .infinity)
        #expect(head.out >= audio)
    }

    @Test("never tells a time when nobody pulls, or for what is endless")
    func never() {
        #expect(Self.playhead(pulled: false).due(after: 5) == nil)
        #expect(Self.playhead().due(after: .infinity) == nil)
    }

    @Test("does not pass the place where frames end")
    func stops() {
        var head = Self.playhead(from: 1_000)
        head.pull(until: 60_000, stop: 2_000)
        #expect(head.position(at: 60_000) == 1_980)
        #expect(head.position == 2_000)
    }

    @Test("keeps what it reports over a pause, and fills the buffer again after it")
    func pauses() {
        var head = Self.playhead()
        head.pull(until: 1_000, stop: .infinity)
        head.setPulled(false, at: 1_000)
        head.pull(until: 9_000, stop: .infinity)
        #expect(head.position(at: 9_000) == 1_360)
        head.setPulled(true, at: 10_000)
        head.pull(until: 11_000, stop: .infinity)
        #expect(head.position(at: 11_000) == 1_380 + 1_000 + 360)
    }
}
