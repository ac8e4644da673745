import Lavalink
import Testing
import Wire

@testable import SimulatedNode

@Suite("A node that is told extremes")
struct ExtremesTests {
    private static let largest = "9223372036854775807"
    private static let stream =
        Catalogue.track("stream", length: TrackInfo.unknownLength, isStream: true).encoded()
    private static let endless = Catalogue.track("tone-1s", length: .max).encoded()
    private static let numbers = [
        largest, "-9223372036854775808", "9223372036854775806", "4503599627370497", "0", "-1",
        "119999", "1e308", "1e-308", "5e-324", "99999999999999999999", "1.5",
    ]

    @Test(
        "knows no track whose length is beyond what it can count",
        arguments: ["9223372036854775807s", "9223372036854775m", "99999999999999999999ms"]
    )
    func names(length: String) {
        #expect(TrackBehaviour(named: "break-\(length)-at-1s") == .plays)
        #expect(Catalogue.load("tone-\(length)") == .empty)
    }

    @Test("takes a place in a break beyond what it can count for the beginning")
    func breakPlace() {
        guard case .breaks(let place, _) = TrackBehaviour(named: "break-3s-at-\(Self.largest)s")
        else {
            Issue.record("it does not break")
            return
        }
        #expect(place == 0)
    }

    @Test("keeps a paused session for any time that it is told", arguments: numbers)
    func timeout(seconds: String) {
        var bench = Bench()
        let path = "/v4/sessions/\(bench.session)"
        let answer = bench.ask(.patch, path, body: #"{"resuming":true,"timeout":\#(seconds)}"#)
        #expect([200, 400].contains(answer?.status))
        bench.lose()
        bench.advance(by: 120_000)
        let resumed = bench.connect(["Session-Id": bench.session])
        if seconds == Self.largest { #expect(resumed == "true") }
        if seconds == "-1" { #expect(resumed == "false") }
    }

    @Test(
        "plays from any place that it is told",
        arguments: [Bench.track, stream, endless],
        numbers
    )
    func position(track: String, number: String) {
        var bench = Bench()
        bench.connectVoice()
        let place = #","position":\#(number),"endTime":\#(number)"#
        for body in [
            #"{"track":{"encoded":"\#(track)"}\#(place)}"#, #"{"track":{"encoded":"\#(track)"}}"#,
            #"{"position":\#(number)}"#, #"{"endTime":\#(number)}"#,
        ] {
            #expect([200, 400].contains(bench.patch(body).status))
            bench.advance(by: 11_000)
            #expect(bench.read().status == 200)
        }
    }

    @Test("lives through whatever numbers it is told", arguments: UInt64(1)...60)
    func random(seed: UInt64) {
        var generator = SplitMix(state: seed)
        func number() -> String { Self.numbers.randomElement(using: &generator) ?? "0" }
        var bench = Bench()
        bench.connectVoice()
        for _ in 0..<40 {
            switch generator.next() % 8 {
            case 0: bench.play([Bench.track, Self.stream, Self.endless][Int(generator.next() % 3)])
            case 1: bench.patch(#"{"position":\#(number())}"#)
            case 2: bench.patch(#"{"endTime":\#(number()),"volume":\#(number())}"#)
            case 3:
                let scale = #"{"speed":\#(number()),"pitch":1,"rate":\#(number())}"#
                bench.patch(#"{"filters":{"timescale":\#(scale),"volume":\#(number())}}"#)
            case 4: bench.patch(#"{"filters":{"equalizer":[{"band":\#(number()),"gain":0}]}}"#)
            case 5: bench.patch(#"{"paused":\#(generator.next() % 2 == 0)}"#)
            case 6: bench.patch(#"{"filters":{}}"#)
            default:
                let settings = #"{"resuming":true,"timeout":\#(number())}"#
                _ = bench.ask(.patch, "/v4/sessions/\(bench.session)", body: settings)
                bench.lose()
                bench.connect(["Session-Id": bench.session])
            }
            bench.advance(by: Int64(generator.next() % 15_000))
            #expect([200, 404].contains(bench.read().status), "seed \(seed)")
        }
    }
}
