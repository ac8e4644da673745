import Control
import Lavalink
import Testing

@Suite("A node between ready and settled")
struct FleetSettlingTests {
    /// A bot acts when it hears `nodeReady`, which is before the node has settled.
    @Test("has commands wait for it, and loads tracks already")
    func waits() {
        var kit = FleetKit()
        kit.isReady()
        kit.order(.one, .put(PlayerSettings()))
        let voice = kit.order(.one, .setVoice(.sample))
        let play = kit.play(.sample("x"))
        let load = kit.load("y")
        kit.wait(.milliseconds(100))
        #expect(kit.reply(to: voice) == nil && kit.reply(to: play) == nil)
        #expect(kit.has(.a) { $0 == .loadTracks(identifier: "y") })
        #expect(kit.reply(to: load) == nil)

        kit.answers { if case .updateSession = $0 { true } else { false } }
        kit.answers { $0 == .info }
        let patch = kit.answersPatch()
        #expect(patch?.encoded == "track-x")
        #expect(kit.succeeded(voice) && kit.succeeded(play))
    }

    @Test("that never settles has them answered in time, and keeps them")
    func never() {
        var kit = FleetKit()
        kit.isReady()
        kit.makePlayer()
        let play = kit.play(.sample("x"))
        kit.wait(.seconds(9))
        #expect(kit.reply(to: play) == nil)
        kit.wait(.seconds(2))
        guard case .noNode(_, kept: true) = kit.failure(of: play) else {
            Issue.record("\(String(describing: kit.reply(to: play)))")
            return
        }
    }
}
