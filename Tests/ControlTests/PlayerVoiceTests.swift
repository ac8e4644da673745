@testable import Control
import Lavalink
import Testing

@Suite("A player's voice")
struct PlayerVoiceTests {
    @Test("asks and ends when it should, whatever bot and node say", arguments: UInt64(0)..<200)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var voice = PlayerVoice()
        var now = Instant.start
        var parts = VoiceParts()
        var isConnected = false
        var endsAt: Instant?
        var asksAt: Instant?
        trial.run(200) { trial in
            switch trial.roll(0...9) {
            case 0...1:
                let before = parts
                if trial.chance(60) {
                    parts.token = trial.pick(["t1", "t2"])
                    parts.endpoint = trial.chance(50) ? "e1" : nil
                } else {
                    parts.sessionId = trial.pick(["s1", "s2"])
                    parts.channelId = ChannelID(rawValue: UInt64(trial.roll(1...3)))
                }
                let new = parts
                let isNew = voice.change { $0 = new }
                trial.check(isNew == (before != new), "whether the data are new")
                asksAt = nil
            case 2:
                voice.joined()
                endsAt = nil
            case 3:
                endsAt = now + .seconds(15)
                asksAt = nil
                voice.left(endsAt: now + .seconds(15))
            case 4...5:
                let isThere = trial.chance(50)
                let state = PlayerState(time: 0, position: 0, connected: isThere, ping: 7)
                let isNews = voice.receive(state)
                trial.check(isNews == (isThere && !isConnected), "a connection is news twice")
                trial.check(voice.ping == 7, "the ping is another one")
                isConnected = isThere
            case 6:
                voice.disconnected()
                isConnected = false
            case 7:
                voice.waitForBot(until: now + .seconds(2))
                isConnected = false
                if endsAt == nil { asksAt = now + .seconds(2) }
            default:
                now = now + .milliseconds(trial.roll(0...3_000))
                let isDue = asksAt.map { $0 <= now } ?? false
                trial.check(voice.asks(now: now) == isDue, "the bot is asked too early or late")
                trial.check(!voice.asks(now: now), "the bot is asked twice")
                if isDue { asksAt = nil }
            }
            trial.check(voice.invariant, "the invariant")
            trial.check(voice.parts == parts, "the data are others")
            trial.check(voice.connected == isConnected, "whether it is connected")
            trial.check(voice.hasLeft == (endsAt != nil), "whether the bot has left")
            trial.check(voice.endsAt == endsAt, "the end is another one")
            let next = [endsAt, asksAt].compactMap(\.self).min()
            trial.check(voice.nextDeadline == next, "the deadline is another one")
            let isWhole =
                parts.token != nil && parts.endpoint != nil && parts.sessionId != nil
                && parts.channelId != nil
            trial.check(voice.isComplete == isWhole, "whether the data are whole")
        }
        trial.expectSuccess()
    }

    @Test("of a bot that had left has its time from the beginning of the program")
    func leftBefore() {
        var voice = PlayerVoice(.sample, hasLeft: true)
        #expect(voice.hasLeft && voice.endsAt == nil && voice.nextDeadline == nil)
        voice.start(Moment(.start + .seconds(3), .standard))
        #expect(voice.endsAt == .start + .seconds(18))
        var other = PlayerVoice(.sample)
        other.start(Moment(.start, .standard))
        #expect(!other.hasLeft && other.nextDeadline == nil)
    }
}

@Suite("The end of a voice connection")
struct VoiceCloseTests {
    /// After each close code of Discord's voice gateway, by the node's side or Discord's.
    @Test(
        "says what to do",
        arguments: [
            (1000, false, .ignore), (1000, true, .ask), (1001, true, .ask), (1006, true, .ask),
            (1006, false, .ask), (4001, true, .ask), (4002, true, .ask), (4003, true, .ask),
            (4004, true, .ask), (4005, true, .ask), (4006, true, .ask), (4009, true, .resend),
            (4011, true, .ask), (4012, true, .ask), (4014, true, .wait), (4015, true, .resend),
            (4016, true, .ask), (4017, true, .ask), (4020, true, .ask), (4021, true, .wait),
            (4022, true, .wait), (4999, true, .ask), (0, true, .ask), (-1, false, .ask),
        ] as [(Int, Bool, VoiceClose)]
    )
    func table(code: Int, byRemote: Bool, action: VoiceClose) {
        #expect(VoiceClose(code: code, byRemote: byRemote) == action)
    }
}
