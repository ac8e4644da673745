@testable import Control
import Lavalink
import Testing

@Suite("A node's outbox")
struct NodeOutboxTests {
    @Test("sends in turn what the node bears, whatever it answers", arguments: UInt64(0)..<200)
    func turns(seed: UInt64) {
        var trial = Trial(seed: seed)
        var world = OutboxWorld()
        trial.run(250) { world.step(&$0) }
        trial.expectSuccess()
    }

    @Test("forgets a deletion that does not have to go out any more")
    func droppedDeletion() {
        var outbox = NodeOutbox()
        outbox.delete(.one, afterRequest: false)
        let item = outbox.next(now: .start)
        #expect(item == .deletion(.one))
        outbox.drop(.deletion(.one))
        #expect(outbox.invariant && outbox.isEmpty && !outbox.isDeleting(.one))
    }

    @Test("counts the loss of a connection against a node that is in doubt, and no other")
    func losses() {
        var outbox = NodeOutbox()
        for _ in 1...9 { outbox.connectionLost(now: .start) }
        #expect(outbox.breaker.failures == 0)
        for _ in 1...5 { outbox.attemptFailed(now: .start) }
        let later = Instant.start + .seconds(60)
        #expect(outbox.admit(now: later) == .admitted)
        #expect(outbox.admit(now: later) == .open(until: nil))
        outbox.connectionLost(now: later)
        #expect(outbox.admission(at: later) == .open(until: later + .seconds(60)))
        outbox.connected(now: later)
        #expect(outbox.admission(at: later) == .admitted)
    }
}

/// An outbox beside the lines that it should be.
private struct OutboxWorld {
    private struct Request {
        var item: NodeOutbox.Item
        var sentAt: Instant
    }

    private enum Breaker: Equatable {
        case closed(failures: Int)
        case open(until: Instant)
        case probing
    }

    private var outbox = NodeOutbox()
    private var now = Instant.start
    private var players: [GuildID] = []
    private var deletions: [GuildID] = []
    private var afterRequest: Set<GuildID> = []
    private var underWay: [Request] = []
    private var restsUntil: Instant?
    private var breaker = Breaker.closed(failures: 0)

    // MARK: What happens

    mutating func step(_ trial: inout Trial) {
        let guild = GuildID(named: UInt64(trial.roll(1...30)))
        switch trial.roll(0...99) {
        case 0...24: append(guild)
        case 25...32: delete(guild, afterRequest: false)
        case 33...36: delete(guild, afterRequest: true)
        case 37...40: requestCameOut(about: trial.pick(afterRequest) ?? guild)
        case 41...76: answer(&trial)
        case 77...80: ask(&trial)
        case 81: loseEverything()
        case 82: untimely(guild)
        case 83...84: connection(trial.roll(0...2))
        default: now = now + .milliseconds(trial.roll(0...9_000))
        }
        serve(&trial)
        check(&trial)
    }

    private mutating func append(_ guild: GuildID) {
        outbox.append(guild)
        if !players.contains(guild) { players.append(guild) }
    }

    private mutating func delete(_ guild: GuildID, afterRequest isLater: Bool) {
        let isKnown = isDeleting(guild)
        outbox.delete(guild, afterRequest: isLater)
        guard !isKnown else { return }
        if isLater { afterRequest.insert(guild) } else { deletions.append(guild) }
    }

    private func isDeleting(_ guild: GuildID) -> Bool {
        deletions.contains(guild) || afterRequest.contains(guild)
            || underWay.contains { $0.item == .deletion(guild) }
    }

    private mutating func requestCameOut(about guild: GuildID) {
        outbox.requestCameOut(about: guild)
        if afterRequest.remove(guild) != nil { deletions.append(guild) }
    }

    /// What comes out of turn changes nothing.
    private mutating func untimely(_ guild: GuildID) {
        if !afterRequest.contains(guild) { outbox.requestCameOut(about: guild) }
        if !isDeleting(guild) { outbox.deletionAnswered(guild) }
    }

    private mutating func loseEverything() {
        outbox.removeAll()
        players = []
        deletions = []
        afterRequest = []
        underWay = []
        restsUntil = nil
    }

    private mutating func connection(_ what: Int) {
        switch what {
        case 0:
            outbox.connected(now: now)
            record(success: true)
        case 1:
            outbox.attemptFailed(now: now)
            record(success: false)
        default:
            outbox.connectionLost(now: now)
            if case .closed = breaker { return }
            record(success: false)
        }
    }

    /// A question of the session, which no flow counts.
    private mutating func ask(_ trial: inout Trial) {
        let admission = outbox.admit(now: now)
        trial.check(admission == modelAdmission, "a question: \(admission), not \(modelAdmission)")
        if admission == .admitted { admit() }
        guard admission == .admitted else { return }
        let succeeds = trial.chance(70)
        outbox.record(
            NodeOutbox.Outcome(
                result: succeeds ? .answered(after: .milliseconds(3)) : .lost,
                weight: .light,
                isCounted: false,
                isFailure: !succeeds
            ),
            now: now
        )
        record(success: succeeds)
    }

    // MARK: Going out

    /// As a fleet does it.
    private mutating func serve(_ trial: inout Trial) {
        while let item = outbox.next(now: now), trial.failure == nil {
            let expected: NodeOutbox.Item? =
                deletions.first.map { .deletion($0) } ?? players.first.map { .player($0) }
            trial.check(item == expected, "\(item) is sent, not the first that waits")
            if case .player(let guild) = item, isDeleting(guild) {
                players.removeFirst()
                outbox.drop(item)
                continue
            }
            let admission = outbox.admit(now: now)
            trial.check(admission == modelAdmission, "\(admission), not \(modelAdmission)")
            guard admission == .admitted else { break }
            admit()
            trial.check(underWay.count < outbox.flow.limit, "more is under way than the node bears")
            trial.check(restsUntil.map { $0 <= now } ?? true, "something is sent in a rest")
            outbox.send(item)
            underWay.append(Request(item: item, sentAt: now))
            if case .deletion = item { deletions.removeFirst() } else { players.removeFirst() }
        }
        let isHeld =
            underWay.count >= outbox.flow.limit || modelAdmission != .admitted
        let isEmpty = players.isEmpty && deletions.isEmpty
        trial.check(isEmpty || isHeld, "something waits for nothing")
        trial.check(outbox.opensAt.map { $0 > now } ?? true, "a deadline stays in the past")
        let hasProbe = breaker == .probing
        let isFull = underWay.count >= outbox.flow.limit
        trial.check(
            isEmpty || isFull || hasProbe || outbox.opensAt != nil,
            "something waits without a deadline"
        )
    }

    private mutating func answer(_ trial: inout Trial) {
        guard let request = trial.take(from: &underWay) else { return }
        let weight: FlowLimit.Weight = trial.pick([.voice, .track, .light]) ?? .light
        var outcome = NodeOutbox.Outcome(
            result: .answered(after: .milliseconds(trial.roll(1...900))),
            weight: weight,
            isCounted: true,
            isFailure: false
        )
        switch trial.roll(0...9) {
        case 0: (outcome.result, outcome.isFailure) = (.timedOut, true)
        case 1: (outcome.result, outcome.isFailure) = (.lost, true)
        case 2: outcome.isFailure = true
        case 3: outcome.retryAfter = .milliseconds(trial.roll(0...8_000))
        default: break
        }
        let limit = outbox.flow.limit
        outbox.record(outcome, now: now)
        if outcome.result == .timedOut {
            trial.check(outbox.flow.limit == max(limit / 2, 4), "a timeout does not halve the flow")
        } else if outcome.result == .lost || weight == .light {
            trial.check(outbox.flow.limit == limit, "what tells no speed changes the flow")
        } else {
            let halved = max(limit / 2, 4)
            trial.check(
                [limit, min(limit + 1, 128), halved].contains(outbox.flow.limit),
                "the flow jumps from \(limit) to \(outbox.flow.limit)"
            )
        }
        if let rest = outcome.retryAfter { restsUntil = now + rest }
        record(success: !outcome.isFailure)
        if case .deletion(let guild) = request.item {
            outbox.deletionAnswered(guild)
            if trial.chance(50) { append(guild) }
        }
    }

    // MARK: The breaker as it should be

    private var modelAdmission: NodeOutbox.Admission {
        if let restsUntil, now < restsUntil { return .retryAfter(restsUntil) }
        switch breaker {
        case .closed: return .admitted
        case .open(let until): return now >= until ? .admitted : .open(until: until)
        case .probing: return .open(until: nil)
        }
    }

    private mutating func admit() { if case .open = breaker { breaker = .probing } }

    private mutating func record(success: Bool) {
        guard !success else { return breaker = .closed(failures: 0) }
        switch breaker {
        case .closed(let failures):
            breaker =
                failures == 4 ? .open(until: now + .seconds(60)) : .closed(failures: failures + 1)
        case .open: break
        case .probing: breaker = .open(until: now + .seconds(60))
        }
    }

    // MARK: What must hold

    private func check(_ trial: inout Trial) {
        trial.check(outbox.invariant, "the invariant")
        trial.check(outbox.flow.inFlight == underWay.count, "another number is under way")
        trial.check(Array(outbox.waitingPlayers) == players, "other players wait")
        trial.check(outbox.isEmpty == (players.isEmpty && deletions.isEmpty), "whether all is sent")
        let guild = GuildID(named: UInt64(trial.roll(1...30)))
        trial.check(outbox.isDeleting(guild) == isDeleting(guild), "\(guild) is deleted or not")
    }
}
