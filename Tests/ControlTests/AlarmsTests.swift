@testable import Control
import Lavalink
import Testing

@Suite("Alarms")
struct AlarmsTests {
    @Test("go off once, at the moment that was set last", arguments: UInt64(0)..<200)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var alarms = Alarms()
        var moments: [GuildID: Instant] = [:]
        var now = Instant.start
        trial.run(300) { trial in
            let guild = GuildID(named: UInt64(trial.roll(1...25)))
            switch trial.roll(0...9) {
            case 0...5:
                let moment = now + .milliseconds(trial.roll(-20...300))
                alarms.set(guild, moment)
                moments[guild] = moment
            case 6:
                alarms.set(guild, nil)
                moments[guild] = nil
            case 7: alarms.set(guild, moments[guild])
            default:
                now = now + .milliseconds(trial.roll(0...60))
                let due = moments.filter { $0.value <= now }.keys.sorted()
                trial.check(alarms.due(at: now) == due, "others are due than \(due)")
                for guild in due { moments[guild] = nil }
                trial.check(alarms.due(at: now).isEmpty, "an alarm goes off twice")
            }
            trial.check(alarms.earliest == moments.values.min(), "the earliest is another one")
        }
        trial.expectSuccess()
    }
}
