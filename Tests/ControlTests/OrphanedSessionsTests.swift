@testable import Control
import Lavalink
import Testing

@Suite("Orphaned sessions")
struct OrphanedSessionsTests {
    private static func orphans() -> OrphanedSessions {
        OrphanedSessions(limit: 3, deletionsAtOnce: 2)
    }

    @Test("are those before the present one, the oldest first and no more than the limit")
    func order() {
        var orphans = Self.orphans()
        orphans.add(nil, followedBy: "s1")
        orphans.add("s1", followedBy: "s1")
        #expect(orphans.isEmpty && orphans.start() == .done)
        orphans.add("s1", followedBy: "s2")
        orphans.add("s2", followedBy: "s3")
        #expect(orphans.sessions == ["s1", "s2"])
        // One that is in use again is none.
        orphans.add("s3", followedBy: "s1")
        #expect(orphans.sessions == ["s2", "s3"] && orphans.invariant)
        orphans.add("s1", followedBy: "s4")
        orphans.add("s4", followedBy: "s5")
        #expect(orphans.sessions == ["s3", "s1", "s4"])
        #expect(orphans.start() == .readPlayers(session: "s3"))
    }

    @Test("are silenced one after another, whatever is answered", arguments: UInt64(0)..<100)
    func silence(seed: UInt64) {
        var trial = Trial(seed: seed)
        var orphans = Self.orphans()
        for name in 1...3 { orphans.add("s\(name)", followedBy: "s\(name + 1)") }
        var left = ["s1", "s2", "s3"]
        var step = orphans.start()
        var waiting: [GuildID] = []
        var underWay: [GuildID] = []
        var hasFailed = false
        trial.run(200) { trial in
            trial.check(orphans.invariant && orphans.sessions == left, "\(orphans.sessions)")
            switch step {
            case .readPlayers(let session):
                trial.check(session == left.first, "another session is looked at")
                let count = UInt64(trial.roll(0...5))
                waiting = (0..<count).map { GuildID(named: $0 + 1) }
                hasFailed = false
                if waiting.isEmpty { left.removeFirst() }
                step = orphans.found(waiting)
                return
            case .delete(let guilds, let session):
                trial.check(session == left.first, "players of another session are deleted")
                trial.check(guilds == Array(waiting.prefix(guilds.count)), "others are deleted")
                waiting.removeFirst(guilds.count)
                underWay += guilds
                trial.check(underWay.count <= 2, "too many are deleted at once")
            case .wait: trial.check(!underWay.isEmpty, "it waits for nothing")
            case .failed:
                trial.check(hasFailed && underWay.isEmpty, "it fails without reason")
                step = orphans.start()
                return
            case .done: return trial.check(left.isEmpty, "it is done too early")
            }
            guard trial.take(from: &underWay) != nil else { return }
            let succeeds = trial.chance(80)
            if !succeeds { hasFailed = true }
            if waiting.isEmpty, underWay.isEmpty, !hasFailed { left.removeFirst() }
            step = orphans.deleted(succeeds)
        }
        trial.check(left.isEmpty && step == .done, "some are never silenced: \(left)")
        trial.check(orphans.deleted(true) == .wait, "a late answer counts")
        trial.expectSuccess()
    }
}
