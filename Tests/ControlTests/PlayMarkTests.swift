import Control
import Lavalink
import Testing
import Wire

@Suite("A play's mark")
struct PlayMarkTests {
    private static let mark = PlayMark(play: PlayID(0xabc), entry: EntryID(0x12))

    private func track(_ userData: RawJSON) -> Track {
        var track = Track.sample("x")
        track.userData = userData
        return track
    }

    @Test(
        "is found again in what it was added to",
        arguments: ["{}", #"{"a":1,"b":{"c":[null]}}"#, #"{ "ü\n": "x" }"#]
    )
    func roundTrip(text: String) throws {
        let userData = try RawJSON(checking: Array(text.utf8))
        let added = Self.mark.added(to: userData)
        #expect(PlayMark(of: track(added)) == Self.mark)
        #expect(added.value.members.count == userData.value.members.count + 1)
    }

    @Test("leaves the caller's bytes as they are")
    func callersBytes() throws {
        let userData = try RawJSON(checking: Array(#"{"n":1.50e1}"#.utf8))
        #expect(Self.mark.added(to: userData).description.hasSuffix(#""n":1.50e1}"#))
    }

    @Test(
        "is not seen where there is none",
        arguments: [
            "{}", #"{"lavadeck":1}"#, #"{"lavadeck":"abc"}"#, #"{"lavadeck":"xyz:e1"}"#,
            #"{"lavadeck":"1:1"}"#, #"{"lavadeck":":"}"#, "[]", "3",
        ]
    )
    func absent(text: String) throws {
        #expect(PlayMark(of: track(try RawJSON(checking: Array(text.utf8)))) == nil)
    }
}
