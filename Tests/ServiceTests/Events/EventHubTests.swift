import Control
import Lavalink
import Runtime
@testable import Service
import Support
import Synchronization
import Testing
import Wire

/// A clock that is moved by hand.
final class HandClock: Sendable {
    private let nanoseconds = Atomic<Int64>(0)
    var now: Instant { Instant(nanoseconds: nanoseconds.load(ordering: .relaxed)) }
    func advance(by duration: Duration) {
        nanoseconds.add(duration.nanoseconds, ordering: .relaxed)
    }
}

/// A count that any context may raise.
final class Counter: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .relaxed) }
    func raise() { number.add(1, ordering: .relaxed) }
}

/// A hub behind a listener of its own.
@Loop private final class Stage {
    let hub: EventHub
    let clock = HandClock()
    let port: UInt16
    private let listener: Listener

    init(
        options: ListenerOptions = ListenerOptions(),
        _ change: (inout EventHub.Limits) -> Void = { _ in }
    ) throws {
        var limits = EventHub.Limits()
        limits.sweep = .milliseconds(5)
        change(&limits)
        let hub = EventHub(epoch: "e", limits: limits, clock: { [clock] in clock.now })
        let frontEnd = FrontEnd(
            router: Router([hub.route()]),
            authorization: Authorization([]),
            bots: BotDirectory([]),
            log: .silent
        )
        listener = try Listener(address: "127.0.0.1", port: 0, options: options) {
            frontEnd.handle($0)
        }
        self.hub = hub
        port = listener.port
    }

    func publish(_ names: String..., guild: String? = nil) {
        for name in names { hub.publish(event(name, guild: guild)) }
    }

    /// Positions, which are not replayed, all in one turn of the loop.
    func publishPositions(_ count: Int, guild: String) {
        for number in 0..<count {
            hub.publish(
                ServerEvent(
                    "playerPositionUpdate",
                    at: .now,
                    guild: GuildID(guild),
                    isReplayed: false
                ) { [encoded] json in
                    encoded.raise()
                    json.member("number", number)
                }
            )
        }
    }

    /// More in one turn than is gathered at a time.
    func burst() {
        publish("trackStart", guild: "1")
        publish("trackStart", guild: "2")
        publishPositions(300, guild: "1")
        publish("queueEnd", guild: "1")
    }

    nonisolated static let burstNames =
        ["trackStart", "trackStart"] + Array(repeating: "playerPositionUpdate", count: 300)
        + ["queueEnd"]

    /// How many positions became bytes.
    let encoded = Counter()

    func stop() async { await listener.shutdown(within: .milliseconds(200)) }
}

/// Subscribes, off the loop.
private func subscribe(
    _ stage: Stage,
    query: String = "",
    lastEventID: String? = nil
) -> RawClient {
    let client = RawClient(port: stage.port)
    let header = lastEventID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    client.send("GET /v1/events\(query) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n")
    return client
}

/// The names of the events in a text, in order.
private func names(_ text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
}

@Suite("The event hub")
struct EventHubTests {
    @Test("answers at once with a place to come back to, and pushes events with their ids")
    func pushes() async throws {
        let stage = try await Stage()
        let client = subscribe(stage)
        let head = client.read(until: "event: bookmark")
        #expect(head.hasPrefix("HTTP/1.1 200 "))
        #expect(head.contains("Content-Type: text/event-stream\r\n"))
        #expect(head.contains("Cache-Control: no-store\r\n"))
        #expect(head.contains("X-Accel-Buffering: no\r\n"))
        #expect(head.contains("X-Request-Id: "))
        #expect(head.contains("Lavadeck-Replay-From: none\r\n"))
        #expect(head.contains("id: e-0\nevent: bookmark\nretry: 2000\n"))
        await stage.publish("trackStart", guild: "42")
        let text = client.read(until: "\"guildId\":\"42\"}\n\n")
        #expect(text.contains("id: e-1\nevent: trackStart\ndata: {\"type\":\"trackStart\""))
        await stage.stop()
    }

    @Test("replays exactly what was missed, in order, and goes on")
    func replays() async throws {
        let stage = try await Stage()
        await stage.publish("trackStart", "trackEnd", "trackStart", "queueEnd")
        let client = subscribe(stage, lastEventID: "e-2")
        let text = client.read(until: "event: queueEnd")
        #expect(text.contains("Lavadeck-Replay-From: e-3\r\n"))
        #expect(text.contains("id: e-2\nevent: bookmark\n"))
        #expect(names(text) == ["bookmark", "trackStart", "queueEnd"])
        await stage.publish("playerStop")
        #expect(client.read(until: "playerStop\n").contains("id: e-5\n"))
        await stage.stop()
    }

    @Test(
        "says reset when it does not know what was missed",
        arguments: ["e-1", "other-3", "e-99", "garbage"]
    )
    func resets(id: String) async throws {
        let stage = try await Stage { $0.window.events = 2 }
        await stage.publish("trackStart", "trackEnd", "trackStart", "trackEnd")
        let client = subscribe(stage, query: "?lastEventId=\(id)")
        let text = client.read(until: "event: reset")
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(text.contains("Lavadeck-Replay-From: reset\r\n"))
        #expect(text.contains("id: e-4\nevent: reset\n"))
        await stage.stop()
    }

    @Test("filters what is pushed and what is replayed alike")
    func filters() async throws {
        let stage = try await Stage()
        await stage.publish("trackStart", guild: "1")
        await stage.publish("trackStart", guild: "2")
        let client = subscribe(stage, query: "?guildId=2", lastEventID: "e-0")
        _ = client.read(until: "id: e-2\n")
        await stage.publish("trackEnd", guild: "1")
        await stage.publish("trackEnd", guild: "2")
        let text = client.read(until: "id: e-4\n")
        #expect(!text.contains("e-3"))
        await stage.stop()
    }

    @Test("encodes no position that nobody listens for")
    func positionsUnheard() async throws {
        let stage = try await Stage()
        await stage.publishPositions(3, guild: "1")
        let client = subscribe(stage, query: "?guildId=2")
        _ = client.read(until: "bookmark\n")
        await stage.publishPositions(3, guild: "1")
        #expect(stage.encoded.value == 0)
        #expect(await stage.hub.published == 6)
        await stage.publishPositions(2, guild: "2")
        let text = client.read(until: "\"number\":1}\n\n")
        #expect(names(text).count { $0 == "playerPositionUpdate" } == 2)
        #expect(stage.encoded.value == 2)
        await stage.stop()
    }

    @Test("sends what a turn publishes in its order, to each what its filter lets pass")
    func bursts() async throws {
        let stage = try await Stage()
        let open = subscribe(stage)
        let one = subscribe(stage, query: "?guildId=1&types=trackStart,playerPositionUpdate")
        _ = open.read(until: "bookmark\n")
        _ = one.read(until: "bookmark\n")
        await stage.burst()
        let all = names(open.read(until: "event: queueEnd"))
        #expect(all == Stage.burstNames)
        let some = names(one.read(until: "\"number\":299}"))
        #expect(some == ["trackStart"] + Array(repeating: "playerPositionUpdate", count: 300))
        await stage.stop()
    }

    @Test("sends nothing twice to who comes in the middle of a turn")
    func subscribesWithinTurn() async throws {
        let stage = try await Stage()
        await stage.publish("trackStart")
        for round in 0..<20 {
            let client = subscribe(stage, lastEventID: "e-0")
            await stage.publish("trackEnd", "trackStart")
            let text = client.read(until: "id: e-\(round * 2 + 3)\n")
            let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: e-") }
                .compactMap { Int($0.dropFirst(6)) }
            // The id of the bookmark is not among these: "\r\n" is one Character.
            #expect(ids == Array(1...round * 2 + 3))
        }
        await stage.stop()
    }

    @Test("replays more than a reader takes at once, without losing or doubling any")
    func longReplay() async throws {
        let stage = try await Stage { limits in
            limits.replayBytes = 2_048
            limits.replayPause = .milliseconds(1)
        }
        let padding = String(repeating: "x", count: 500)
        for number in 1...1_000 {
            await stage.hub.publish(
                ServerEvent("nodeEvent", at: .now) { json in
                    json.member("number", number)
                    json.member("padding", padding)
                }
            )
        }
        let client = subscribe(stage, lastEventID: "e-0")
        let text = client.read(until: "\"number\":1000,")
        // "\r\n" is one Character, so the line after the head is not among these.
        let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: e-") }.compactMap {
            Int($0.dropFirst(6))
        }
        let expected = Array(1...1_000)
        #expect(ids == expected, "\(ids.count) of \(expected.count)")
        await stage.stop()
    }

    @Test("drops a subscriber that reads nothing, and counts why, while others get all")
    func slowReader() async throws {
        let stage = try await Stage { $0.backlog.bytes = 64 * 1_024 }
        let slow = subscribe(stage)
        slow.shrinkReceiveBuffer(to: 4_096)
        let quick = subscribe(stage)
        _ = quick.read(until: "bookmark\n")
        _ = slow.read(until: "bookmark\n")
        let padding = String(repeating: "x", count: 16 * 1_024)
        var sent = 0
        while await stage.hub.dropped[.overflow] == nil, sent < 2_000 {
            sent += 1
            await stage.hub.publish(
                ServerEvent("nodeEvent", at: .now) { $0.member("padding", padding) }
            )
            _ = quick.read(until: "id: e-\(sent)\n")
        }
        #expect(await stage.hub.dropped[.overflow] == 1)
        #expect(await stage.hub.subscriberCount == 1)
        await stage.stop()
    }

    @Test("drops a subscriber that stands still, however little it was sent")
    func stalledReader() async throws {
        var options = ListenerOptions()
        options.deadlines.streamWrite = .milliseconds(50)
        let stage = try await Stage(options: options) { limits in
            limits.backlog.bytes = 64 * 1_024 * 1_024
            limits.backlog.events = 100_000
        }
        let client = subscribe(stage)
        client.shrinkReceiveBuffer(to: 4_096)
        _ = client.read(until: "bookmark\n")
        let padding = String(repeating: "x", count: 64 * 1_024)
        for _ in 0..<64 {
            await stage.hub.publish(
                ServerEvent("nodeEvent", at: .now) { $0.member("padding", padding) }
            )
        }
        // A second stream is a clock: its heartbeats come while the first stands still.
        let other = subscribe(stage)
        var beats = 0
        while await stage.hub.dropped[.stalled] == nil, beats < 500 {
            stage.clock.advance(by: .seconds(15))
            _ = other.read(until: ": \n\n")
            beats += 1
        }
        #expect(await stage.hub.dropped == [.stalled: 1])
        #expect(await stage.hub.subscriberCount == 1)
        await stage.stop()
    }

    @Test("shows that it lives after silence, and where a filtered stream is")
    func heartbeats() async throws {
        let stage = try await Stage()
        let open = subscribe(stage)
        let filtered = subscribe(stage, query: "?types=queueEnd")
        _ = open.read(until: "bookmark\n")
        _ = filtered.read(until: "bookmark\n")
        await stage.publish("trackStart")
        _ = open.read(until: "trackStart\n")
        stage.clock.advance(by: .seconds(16))
        #expect(open.read(until: ": \n\n").hasSuffix(": \n\n"))
        #expect(filtered.read(until: ": \n\n").hasSuffix(": \n\n"))
        stage.clock.advance(by: .seconds(45))
        #expect(filtered.read(until: "bookmark\n").contains("id: e-1\nevent: bookmark\n"))
        await stage.stop()
    }

    @Test("ends a stream after its life")
    func life() async throws {
        let stage = try await Stage()
        let client = subscribe(stage)
        _ = client.read(until: "bookmark\n")
        stage.clock.advance(by: .seconds(3_961))
        #expect(client.isClosedAfterReading())
        #expect(await stage.hub.dropped[.expired] == 1)
        #expect(await stage.hub.subscriberCount == 0)
        await stage.stop()
    }

    @Test("has room for so many, and tells the next to come back")
    func subscriberLimit() async throws {
        let stage = try await Stage { $0.subscribers = 1 }
        let first = subscribe(stage)
        _ = first.read(until: "bookmark\n")
        let second = subscribe(stage).read(until: "overloaded")
        #expect(second.hasPrefix("HTTP/1.1 503 "))
        #expect(second.contains("Retry-After: 5\r\n"))
        await stage.stop()
    }

    @Test("says goodbye at shutdown, and when to come back")
    func shutdown() async throws {
        let stage = try await Stage()
        let client = subscribe(stage)
        _ = client.read(until: "bookmark\n")
        await stage.hub.shutdown()
        let text = client.readToEnd()
        #expect(text.contains("event: shutdown\n"))
        #expect(text.contains("retry: "))
        let late = subscribe(stage).read(until: "shutting-down")
        #expect(late.hasPrefix("HTTP/1.1 503 "))
        await stage.stop()
    }

    @Test("knows every event that the fleet has")
    func knownNames() {
        let kinds: [FleetEvent.Kind] = [
            .nodeConnect, .nodeReconnectExhausted(attempts: 1), .playersRestored(count: 1),
            .playerCreate, .playerPause, .queueEnd, .queueSuspended(failures: 3),
            .voiceReconnectRequired(channel: nil, reason: ""),
        ]
        for kind in kinds { #expect(EventNames.all.contains(FleetEvent(kind).name)) }
        #expect(Set(EventNames.all).count == EventNames.all.count)
    }
}

extension RawClient {
    /// Whether the other side closes once all of it has been read.
    fileprivate func isClosedAfterReading() -> Bool {
        _ = readToEnd()
        return isClosed()
    }
}
