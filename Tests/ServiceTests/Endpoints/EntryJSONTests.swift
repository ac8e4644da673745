import Control
import Lavalink
@testable import Service
import Support
import Testing
import Wire

@Suite("An entry whose track is still to be loaded")
struct EntryJSONTests {
    private static let entry = QueueEntry(
        id: EntryID(0x5f),
        content: .identifier("ytsearch:\"a\" b"),
        requester: "me"
    )

    private func faults(of json: RawJSON, against schema: String) throws -> [String] {
        let document = try OpenAPIDocument.shared()
        let target = document.target(of: "#/components/schemas/\(schema)")
        return OpenAPISchema(
            document: document,
            schema: try #require(target),
            isClosed: true
        )
        .faults(in: json.value)
    }

    @Test("is written with its identifier in place of the track")
    func entry() throws {
        var json = JSONWriter()
        json.entry(Self.entry)
        #expect(
            json.raw.description
                == #"{"entry":"e5f","identifier":"ytsearch:\"a\" b","requester":"me"}"#
        )
        #expect(try faults(of: json.raw, against: "UnresolvedEntry") == [])
        #expect(try faults(of: json.raw, against: "Entry") != [])
    }

    @Test("is among the entries of a state, and not among its encoded tracks")
    func state() throws {
        let guild = try #require(GuildID("42"))
        let track = Track(
            encoded: "QAAA",
            info: TrackInfo(identifier: "a", author: "b", length: 5, title: "c", sourceName: "d")
        )
        let resolved = QueueEntry(id: EntryID(1), content: .track(track))
        var saved = SavedBot()
        let rows = [Self.entry, resolved].enumerated().map {
            RankedEntry(rank: Int64($0), entry: $1)
        }
        saved.players = [SavedPlayer(player: PlayerRecord(guild: guild), queue: rows)]
        let fleet = Fleet(
            bot: BotName("radio"),
            user: try #require(UserID("7")),
            nodes: [],
            saved: saved,
            seed: 1
        )
        var json = JSONWriter()
        json.savedState(try #require(fleet.player(guild)), of: fleet, now: .start)
        let state = json.raw.value
        #expect(state["queue"]?.elements.compactMap(\.string) == ["QAAA"])
        #expect(
            state["entries"]?.elements.first?.raw.description
                == #"{"identifier":"ytsearch:\"a\" b","requester":"me"}"#
        )
        #expect(state["entries"]?.elements.count == 2)
        #expect(try faults(of: json.raw, against: "SavedState") == [])
    }
}
