@testable import Control
import Lavalink
import Testing

@Suite("A restore job")
struct RestoreJobTests {
    @Test("has each of its players come out once, and no other", arguments: UInt64(0)..<100)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        let all = Set((1...UInt64(trial.roll(1...9))).map { GuildID(named: $0) })
        var job = RestoreJob(id: 3, pending: all, endsAt: .start)
        var jobs: [UInt64: RestoreJob] = [3: job]
        var pending = all
        var restored: [GuildID] = []
        var failed: [GuildID] = []
        trial.run(20) { trial in
            let guild = GuildID(named: UInt64(trial.roll(1...12)))
            let isAwaited = pending.remove(guild) != nil
            if trial.chance(50) {
                jobs.modify { $0.recordSuccess(guild) }
                if isAwaited { restored.append(guild) }
            } else {
                jobs.modify { $0.recordFailure(guild, "reason") }
                if isAwaited { failed.append(guild) }
            }
            job = jobs[3] ?? job
            trial.check(job.pending == pending && job.restored == restored, "others are back")
            trial.check(job.failed.map(\.guild) == failed, "others have failed")
            trial.check(job.isDone == pending.isEmpty, "whether it is done")
        }
        job.end()
        trial.check(job.failed.map(\.guild) == failed + pending.sorted(), "the rest has not failed")
        trial.check(job.isDone && job.restored == restored, "it is not done")
        trial.expectSuccess()
    }

    @Test("that is done hears of nothing more")
    func done() {
        var jobs: [UInt64: RestoreJob] = [
            1: RestoreJob(id: 1, pending: [], endsAt: .start),
            2: RestoreJob(id: 2, pending: [.one], endsAt: .start),
        ]
        var told: [UInt64] = []
        jobs.modify { told.append($0.id) }
        #expect(told == [2] && jobs.count == 2)
    }
}

@Suite("Returning players")
struct ReturningPlayersTests {
    @Test("are counted once each, and summed up when none is missing", arguments: UInt64(0)..<100)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var returning = ReturningPlayers()
        var awaited: Set<GuildID> = []
        var returned = 0
        trial.run(200) { trial in
            let guild = GuildID(named: UInt64(trial.roll(1...6)))
            switch trial.roll(0...19) {
            case 0:
                awaited = Set((1...UInt64(trial.roll(1...6))).map { GuildID(named: $0) })
                returning.await(awaited)
                returned = 0
            case 1...4:
                returning.add(guild)
                awaited.insert(guild)
            case 5:
                returning.removeAll()
                (awaited, returned) = ([], 0)
            default:
                let isBack = trial.chance(70)
                let isAwaited = awaited.remove(guild) != nil
                let outcome = returning.finish(guild, isBack: isBack)
                trial.check((outcome != nil) == isAwaited, "another player is awaited")
                guard isAwaited else { return }
                if isBack { returned += 1 }
                let total = awaited.isEmpty ? returned : nil
                trial.check(outcome?.isBack == isBack, "whether it is back")
                trial.check(outcome?.total == total, "the sum is not \(returned)")
                if awaited.isEmpty { returned = 0 }
            }
        }
        trial.expectSuccess()
    }
}

@Suite("Early voice")
struct EarlyVoiceTests {
    @Test("keeps the latest, never more than its limit", arguments: UInt64(0)..<100)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        let limit = trial.roll(1...9)
        var early = EarlyVoice(limit: limit)
        /// The guilds by when they were first heard of, with their data.
        var kept: [(guild: GuildID, parts: VoiceParts)] = []
        trial.run(200) { trial in
            let guild = GuildID(named: UInt64(trial.roll(1...20)))
            let index = kept.firstIndex { $0.guild == guild }
            switch trial.roll(0...9) {
            case 0...6:
                let token = "t\(trial.step)"
                early.server(of: guild, token: token, endpoint: nil)
                if let index {
                    kept[index].parts.token = token
                } else {
                    if kept.count >= limit { kept.removeFirst(kept.count / 2 + 1) }
                    kept.append((guild, VoiceParts(token: token)))
                }
            case 7:
                early.state(of: guild, channel: nil, session: "s")
                if let index { kept.remove(at: index) }
            default:
                trial.check(early.take(guild) == index.map { kept[$0].parts }, "other data")
                trial.check(early.take(guild) == nil, "data are taken twice")
                if let index { kept.remove(at: index) }
            }
            trial.check(early.count == kept.count && early.count <= limit, "another count")
        }
        trial.expectSuccess()
    }
}
