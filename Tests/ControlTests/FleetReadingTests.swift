import Control
import Lavalink
import Testing

@Suite("A reading of a node's players")
struct FleetReadingTests {
    @Test("counts when it is the next request after an answer")
    func nextRequest() {
        var kit = FleetKit()
        kit.comesUp()
        kit.makePlayer()
        kit.play(.sample("x"))
        kit.answersPatch()
        let track = kit.answersPatch()?.track(like: .sample("x"))
        kit.ends(.a, .closed(code: 1006, reason: ""))
        kit.wait(.seconds(2))
        kit.isReady(resumed: true)
        kit.answersPlayers([.sample(.one, track, position: 2_000)])
        #expect(kit.player()?.isLive == true)
        #expect(kit.patches().isEmpty, "a resumed player needs no word")
        #expect(kit.count("playersRestored") == 0)
    }
}
