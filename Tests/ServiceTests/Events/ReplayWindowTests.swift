import Control
import Lavalink
@testable import Service
import Testing
import Wire

/// An event as short as they come.
func event(
    _ name: String = "trackStart",
    bot: String? = nil,
    node: String? = nil,
    guild: String? = nil
) -> ServerEvent {
    ServerEvent(
        name,
        at: Timestamp(milliseconds: 0),
        bot: bot.map { BotName($0) },
        node: node.map { NodeName($0) },
        guild: guild.flatMap { GuildID($0) }
    )
}

@Suite("An event of the server")
struct ServerEventTests {
    @Test("is one line of JSON, with where it happened first")
    func written() {
        let event = ServerEvent(
            "trackEnd",
            at: Timestamp(milliseconds: 1),
            bot: BotName("radio"),
            node: NodeName("main"),
            guild: GuildID("42")
        ) { json in json.member("reason", "finished") }
        #expect(
            String(decoding: event.data, as: UTF8.self) == """
                {"type":"trackEnd","at":"1970-01-01T00:00:00.001Z","bot":"radio","node":"main",\
                "guildId":"42","reason":"finished"}
                """
        )
    }

    @Test("stays one line when opaque JSON in it has several")
    func oneLine() throws {
        let raw = try RawJSON(checking: Array("{\r\n \"a\":\n\"b\\n\" }".utf8))
        let event = ServerEvent("nodeEvent", at: .now) { json in json.member("raw", raw) }
        var block: [UInt8] = []
        event.append(to: &block, id: EventID(epoch: "e", sequence: 7))
        let lines = block.split(separator: 0x0a, omittingEmptySubsequences: false)
        #expect(lines.count == 5 && !block.contains(0x0d))
        #expect(lines[0].elementsEqual("id: e-7".utf8))
        let value = try JSONDocument(parsing: Array(lines[2].dropFirst(6))).root["raw"]
        #expect(value?["a"]?.string == "b\n")
    }

    @Test(
        "has an id of its epoch and its number",
        arguments: [
            ("7f3a-42", "7f3a", 42), ("a-b-1", "a-b", 1), ("x-0", "x", 0),
        ] as [(String, String, UInt64)]
    )
    func ids(text: String, epoch: String, sequence: UInt64) {
        #expect(EventID(text) == EventID(epoch: epoch, sequence: sequence))
        #expect(EventID(text)?.description == text)
    }

    @Test("has no other id", arguments: ["", "-", "-1", "a-", "a", "a-x", "a-1 ", "a--x"])
    func noIds(text: String) { #expect(EventID(text) == nil) }
}

@Suite("The replay window")
struct ReplayWindowTests {
    @Test("keeps no positions, which come again by themselves and have no number")
    func positions() {
        var window = ReplayWindow(epoch: "e")
        let state = PlayerState(time: 1, position: 2, connected: true, ping: 3)
        let position = ServerEvent(
            FleetEvent(.playerPositionUpdate(state, position: 2), guild: GuildID("42")),
            at: Timestamp(milliseconds: 0),
            bot: BotName("radio")
        )
        #expect(!position.isReplayed)
        var block: [UInt8] = []
        position.append(to: &block)
        let text = String(decoding: block, as: UTF8.self)
        #expect(text.hasPrefix("event: playerPositionUpdate\ndata: {"))
        #expect(text.hasSuffix("}\n\n") && !text.contains("id: "))
        #expect(window.count == 0 && window.next == 1)
        #expect(window.append(event(), now: .start).sequence == 1)
    }

    private func window(_ limits: ReplayWindow.Limits = .init(), events: Int) -> ReplayWindow {
        var window = ReplayWindow(epoch: "e", limits: limits)
        for _ in 0..<events { _ = window.append(event(), now: .start) }
        return window
    }

    @Test("numbers events from 1")
    func numbers() {
        var window = window(events: 0)
        #expect(window.newest.description == "e-0")
        #expect(window.append(event(), now: .start).sequence == 1)
        #expect(window.append(event(), now: .start).sequence == 2)
        #expect(window.newest.description == "e-2")
        #expect(window.event(1)?.sequence == 1)
        #expect(window.event(0) == nil)
        #expect(window.event(3) == nil)
    }

    @Test(
        "knows where a subscriber begins",
        arguments: [
            (nil, .live), ("", .live), ("e-10", .live), ("e-9", .replay(from: 10)),
            ("e-5", .replay(from: 6)), ("e-4", .reset), ("e-0", .reset), ("e-11", .reset),
            ("f-9", .reset), ("9", .reset), ("nonsense", .reset),
            ("e-18446744073709551615", .reset),
        ] as [(String?, ReplayWindow.Start)]
    )
    func starts(id: String?, start: ReplayWindow.Start) {
        var limits = ReplayWindow.Limits()
        limits.events = 5
        #expect(window(limits, events: 10).start(after: id) == start)
    }

    @Test("replays from the beginning while that is kept")
    func fromBeginning() {
        #expect(window(events: 3).start(after: "e-0") == .replay(from: 1))
        #expect(window(events: 0).start(after: "e-0") == .live)
    }

    @Test("keeps so many events, so many bytes and so long, whichever ends first")
    func limits() {
        var few = ReplayWindow.Limits()
        few.events = 3
        #expect(window(few, events: 10).count == 3)

        var small = ReplayWindow.Limits()
        small.bytes = 500
        let bySize = window(small, events: 100)
        #expect(bySize.bytes <= 500 && bySize.count > 2 && bySize.count < 10)

        var short = ReplayWindow.Limits()
        short.age = .seconds(60)
        var byAge = window(short, events: 10)
        byAge.removeOld(now: .start.advanced(by: .seconds(60)))
        #expect(byAge.count == 10)
        byAge.removeOld(now: .start.advanced(by: .seconds(61)))
        #expect(byAge.count == 0 && byAge.bytes == 0)
        #expect(byAge.start(after: "e-10") == .live)
        #expect(byAge.start(after: "e-9") == .reset)
    }

    @Test("holds no bytes of events that are gone")
    func freed() {
        var small = ReplayWindow.Limits()
        small.events = 10
        var window = ReplayWindow(epoch: "e", limits: small)
        for number in 0..<500 {
            let padding = String(repeating: "x", count: number % 7 * 500)
            let event = ServerEvent("nodeEvent", at: .now) { $0.member("padding", padding) }
            let kept = window.append(event, now: .start)
            #expect(kept.block.capacity < kept.block.count + 64)
            #expect(window.heldBytes == window.bytes)
        }
    }

    @Test("finds every kept event by its number, however long it runs")
    func longRun() {
        var limits = ReplayWindow.Limits()
        limits.events = 100
        var window = ReplayWindow(epoch: "e", limits: limits)
        for number in 1...10_000 {
            let kept = window.append(event(), now: .start)
            #expect(kept.sequence == UInt64(number))
            if number % 997 == 0 {
                for sequence in window.oldest..<window.next {
                    #expect(window.event(sequence)?.sequence == sequence)
                }
                #expect(window.event(window.oldest - 1) == nil)
            }
        }
        #expect(window.count == 100)
    }
}

@Suite("The backlog of a subscriber")
struct BacklogTests {
    private func backlog(events: Int, bytes: Int) -> Backlog {
        var limits = Backlog.Limits()
        limits.events = events
        limits.bytes = bytes
        return Backlog(limits: limits)
    }

    @Test("has room for so many events that are not read")
    func events() {
        var backlog = backlog(events: 3, bytes: 1_000)
        let taken = [0, 10, 20, 30, 15].map { backlog.take(10, pending: $0) }
        #expect(taken == [true, true, true, false, true])
        #expect(backlog.events == 3)
    }

    @Test("has room for so many bytes that are not read")
    func bytes() {
        var backlog = backlog(events: 100, bytes: 100)
        let taken = [(60, 0), (60, 60), (40, 60)].map { backlog.take($0, pending: $1) }
        #expect(taken == [true, false, true])
    }

    @Test("counts all events of a write until all of it is read")
    func writes() {
        var backlog = backlog(events: 8, bytes: 1_000)
        let taken = [(30, 3, 0), (50, 5, 30), (10, 1, 51), (10, 3, 50)].map {
            backlog.take($0, events: $1, pending: $2)
        }
        #expect(taken == [true, true, false, true])
        #expect(backlog.events == 8)
    }

    @Test("never fills while the reader keeps up")
    func keepsUp() {
        var backlog = backlog(events: 4, bytes: 100)
        let taken = (0..<10_000).map { _ in backlog.take(50, pending: 0) }
        #expect(taken.allSatisfy { $0 })
        #expect(backlog.events == 1)
    }
}
