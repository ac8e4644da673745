import Control
import Lavalink
@testable import Service
import Support
import Testing
import Wire

@Suite("The schemas of events")
struct EventSchemaTests {
    @Test("have every name that an event may have, and no other")
    func names() throws {
        let event = try OpenAPIDocument.shared().target(of: "#/components/schemas/Event")
        let mapping = event?["discriminator"]?["mapping"]?.members ?? []
        #expect(Set(mapping.map(\.key)) == Set(EventNames.all + EventNames.ofStream))
        let branches = event?["oneOf"]?.items.compactMap { $0["$ref"]?.string }
        #expect(branches == mapping.compactMap(\.value.string))
    }

    @Test("fit what is sent, member by member", arguments: kinds.indices)
    func fits(_ index: Int) throws {
        let document = try OpenAPIDocument.shared()
        let kind = Self.kinds[index]
        let isOfNode = FleetEvent(kind).name.hasPrefix("node") || index == 0
        let event = FleetEvent(
            kind,
            node: NodeName("main"),
            guild: isOfNode ? nil : GuildID("42")
        )
        let sent = ServerEvent(event, at: .now, bot: BotName("radio"))
        let json = try JSONDocument(parsing: sent.data).root
        let schema = try #require(
            document.target(of: "#/components/schemas/Event")?["discriminator"]?["mapping"]?[
                event.name
            ]?.string
        )
        let faults = OpenAPISchema(
            document: document,
            schema: try #require(document.target(of: schema)),
            isClosed: true
        )
        .faults(in: json)
        #expect(faults == [], "\(json.raw)")
        let whole = try #require(document.target(of: "#/components/schemas/Event"))
        let others = OpenAPISchema(document: document, schema: whole).faults(in: json)
        #expect(others == [], "exactly one schema fits")
    }

    @Test("have all been tried")
    func complete() {
        #expect(Set(Self.kinds.map { FleetEvent($0).name }) == Set(EventNames.all))
    }

    /// One of each kind; the first belongs to a node whatever its name.
    private static let kinds: [FleetEvent.Kind] = {
        let entry = TrackEntry(
            id: EntryID(7),
            track: Track(
                encoded: "x",
                info: TrackInfo(
                    identifier: "a",
                    author: "b",
                    length: 5,
                    title: "c",
                    sourceName: "d"
                )
            ),
            requester: nil
        )
        let state = PlayerState(time: 1, position: 2, connected: true, ping: 3)
        let stats = Stats(
            players: 1,
            playingPlayers: 1,
            uptime: 5,
            memory: Stats.Memory(free: 1, used: 2, allocated: 3, reservable: 4),
            cpu: Stats.CPU(cores: 1, systemLoad: 0.5, lavalinkLoad: 0.25)
        )
        let exception = TrackException(message: nil, severity: "fault", cause: "why").raw
        return [
            .playersRestored(count: 2), .nodeConnect,
            .nodeDisconnect(code: 1006, reason: "", players: 3),
            .nodeReconnecting(attempt: 1, delay: .milliseconds(1_250)),
            .nodeReconnectExhausted(attempts: 5), .nodeReady(sessionId: "s", resumed: true),
            .nodeStats(stats), .nodeError("why", connected: false, players: 3),
            .nodeEvent(type: "LyricsFoundEvent", raw: .emptyObject),
            .playerPositionUpdate(state, position: 5), .playerCreate, .playerConnect(ping: 12),
            .playerDestroy(reason: .requested), .playerMove(from: nil, to: NodeName("b")),
            .playerPause, .playerResume, .playerStop, .playerSeek(position: 9),
            .playerVolumeChange(50), .playerFiltersChange(.emptyObject),
            .playerRestored(position: 4), .playerVoiceUpdate(channel: nil),
            .playerVoiceUpdate(channel: ChannelID("90")),
            .playerWebSocketClosed(code: 4_014, reason: "", byRemote: true),
            .voiceReconnectRequired(channel: ChannelID("90"), reason: "why"),
            .trackStart(entry), .trackEnd(entry, reason: "finished"),
            .trackError(entry, message: "m", severity: "fault", exception: exception),
            .trackError(entry, message: "m", severity: "common", exception: nil),
            .trackStuck(entry, thresholdMs: 10_000), .trackSkip(entry), .queueEnd,
            .queueSuspended(failures: 3), .autoplayTrack(entry),
        ]
    }()
}
