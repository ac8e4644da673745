@testable import Control
import Lavalink
import Testing
import Wire

@Suite("A node's session")
struct NodeSessionTests {
    @Test("keeps its promises, whatever its node and its operator do", arguments: UInt64(0)..<300)
    func life(seed: UInt64) {
        var trial = Trial(seed: seed)
        var world = SessionWorld(seed: seed, &trial)
        trial.run(250) { world.step(&$0) }
        trial.expectSuccess()
    }

    private static func ready(resumed: Bool) -> NodeSession {
        let link = NodeLink(options: Options(), limits: .standard, session: "s1", seed: 1)
        var session = NodeSession(link, grace: .seconds(15), .standard)
        _ = session.start(now: .start)
        _ = session.opened(ConnectionID(1), now: .start)
        _ = session.ready(ConnectionID(1), session: "s1", resumed: resumed, now: .start)
        return session
    }

    @Test("is settled without what may be left out, after five attempts")
    func leavesOut() {
        var session = Self.ready(resumed: false)
        #expect(session.resumingAnswered(.done, now: .start).isEmpty)
        var now = Instant.start
        var asked = 0
        for _ in 1...5 {
            #expect(session.infoAnswered(nil, .failed, now: now).isEmpty)
            now = now + .seconds(1)
            asked += session.tick(now: now) == [.ask(.info)] ? 1 : 0
        }
        #expect(asked == 5 && session.isSettling)
        #expect(session.infoAnswered(nil, .failed, now: now) == [.settled])
    }

    @Test("is used without resuming where the node knows none", arguments: [true, false])
    func noResuming(isNodeLink: Bool) throws {
        var session = Self.ready(resumed: false)
        let json = try JSONDocument(parsing: Array(#"{"isNodelink":\#(isNodeLink)}"#.utf8))
        let info = try NodeInfo(json.root, at: "")
        #expect(session.infoAnswered(info, .done, now: .start).isEmpty)
        let outputs = session.resumingAnswered(.sessionGone, now: .start)
        #expect((outputs == [.settled]) == isNodeLink)
        #expect(session.isReady == isNodeLink)
    }

    @Test("begins its connection anew when its players cannot be read five times")
    func cannotBeRead() {
        var session = Self.ready(resumed: true)
        #expect(session.mayHaveItsPlayers(at: .start))
        _ = session.infoAnswered(nil, .done, now: .start)
        var now = Instant.start
        for _ in 1...5 {
            #expect(session.playersAnswered(.failed, now: now).isEmpty)
            now = now + .seconds(1)
            #expect(session.tick(now: now) == [.ask(.players)])
        }
        let outputs = session.playersAnswered(.failed, now: now)
        #expect(outputs.contains(.released) && !session.isReady)
    }
}

/// A session beside what it was asked and told, and what must follow from that.
private struct SessionWorld {
    private enum Due: Equatable {
        case none
        case at(Instant)
        case done
    }

    private var session: NodeSession
    private var now = Instant.start
    private let limits: Limits
    /// Questions that are asked and not answered, in the present connection.
    private var open: [NodeSession.Question] = []
    /// Steps between `ready` and `settled` that have not come out.
    private var missing: [NodeSession.Question] = []
    private var orphans: [String] = []
    private var failures = 0
    private var due = Due.none
    /// Whether what happens may give the players away at once.
    private var mayFailOver = false
    private var isDisconnecting = false
    private var isSettled = false
    private var known: String?
    private var sessions = 0
    private var formerConnections: [ConnectionID] = []

    init(seed: UInt64, _ trial: inout Trial) {
        var limits = Limits.standard
        limits.settleAttempts = 3
        limits.orphanedSessions = 3
        limits.orphanDeletionsAtOnce = 2
        var options = Options()
        options.enableReconnect = trial.chance(90)
        options.infiniteReconnect = trial.chance(70)
        options.maxReconnectAttempts = 2
        options.resumeTimeout = .seconds(trial.roll(10...90))
        known = trial.chance(50) ? "kept" : nil
        let link = NodeLink(options: options, limits: limits, session: known, seed: seed)
        session = NodeSession(link, grace: .seconds(15), limits)
        self.limits = limits
        due = .at(now + .seconds(15))
        follow(session.start(now: now), &trial)
    }

    // MARK: What happens

    mutating func step(_ trial: inout Trial) {
        // Whatever ends a connection that is to end gives its players away.
        mayFailOver = isDisconnecting
        let former = trial.pick(formerConnections) ?? ConnectionID(9_999)
        let id = trial.chance(90) ? session.link.connection ?? former : former
        switch trial.roll(0...99) {
        case 0...9: follow(session.opened(id, now: now), &trial)
        case 10...24: becomeReady(id, &trial)
        case 25...26: follow(session.pong(id, now: now), &trial)
        case 27...31: end(id, &trial)
        case 32: follow(session.sessionVanished(now: now), &trial)
        case 33...34: operate(&trial)
        case 35...69: answer(&trial)
        case 70...71: laterReading(trial.chance(50) ? .done : .failed, &trial)
        case 72...73: session.readPlayers(at: now + .seconds(trial.roll(-3...3)))
        case 74...89: pass(session.nextDeadline ?? now, &trial)
        default: pass(now + .milliseconds(trial.roll(0...4_000)), &trial)
        }
        check(&trial)
    }

    private mutating func becomeReady(_ id: ConnectionID, _ trial: inout Trial) {
        guard session.link.connection == id, !session.isReady else {
            let outputs = session.ready(id, session: "late", resumed: false, now: now)
            return trial.check(outputs.isEmpty, "a former connection is heard")
        }
        let resumed = known != nil && trial.chance(50)
        sessions += resumed ? 0 : 1
        let name = resumed ? known ?? "" : "s\(sessions)"
        orphans.removeAll { $0 == name }
        if let known, known != name, !orphans.contains(known) { orphans.append(known) }
        if orphans.count > limits.orphanedSessions { orphans.removeFirst() }
        let isNew = known != name
        known = name
        (due, failures, isSettled) = (.none, 0, false)
        missing = resumed ? [] : [.enableResuming]
        if session.info == nil { missing.append(.info) }
        if resumed { missing.append(.players) }
        if let first = orphans.first { missing.append(.orphanPlayers(session: first)) }
        open = []
        let asked = missing
        let outputs = session.ready(id, session: name, resumed: resumed, now: now)
        let isSaid = outputs.contains {
            if case .ready(name, resumed, isNew, _) = $0 { true } else { false }
        }
        trial.check(isSaid, "it is not ready as it was told: \(outputs)")
        follow(outputs, &trial)
        trial.check(open == asked, "it asks \(open), not \(asked)")
    }

    private mutating func end(_ id: ConnectionID, _ trial: inout Trial) {
        let loss: NodeLink.Loss =
            trial.pick([
                .closed(code: 1006, reason: ""), .closed(code: 1001, reason: ""), .refused(""),
                .failed(""), .rejected(status: 502),
            ]) ?? .silent
        if loss.provesNodeGone { mayFailOver = true }
        let isHeard = session.link.connection == id
        let outputs = session.ended(id, loss, now: now)
        trial.check(isHeard || outputs.isEmpty, "a former connection is heard")
        if isHeard, loss.provesNodeGone {
            trial.check(outputs.contains(.failOver), "players wait for a node that is gone")
        }
        follow(outputs, &trial)
    }

    private mutating func operate(_ trial: inout Trial) {
        mayFailOver = true
        guard trial.chance(60) else { return follow(session.connect(now: now), &trial) }
        let wasReady = session.isReady
        let outputs = session.disconnect(now: now)
        guard !isDisconnecting else {
            return trial.check(outputs.isEmpty, "it is disconnected twice")
        }
        let asks = outputs == [.ask(.disableResuming)]
        trial.check(asks == wasReady, "a session is not ended first")
        trial.check(asks || outputs.contains(.failOver), "players stay where nothing plays")
        if wasReady { (isDisconnecting, isSettled) = (true, false) }
        follow(outputs, &trial)
    }

    private mutating func pass(_ moment: Instant, _ trial: inout Trial) {
        now = max(now, moment)
        let isOver = if case .at(let moment) = due { now >= moment } else { false }
        if isOver { mayFailOver = true }
        let outputs = session.tick(now: now)
        trial.check(!isOver || outputs.contains(.failOver), "players wait longer than the grace")
        follow(outputs, &trial)
        trial.check(
            session.nextDeadline.map { $0 > now } ?? true,
            "a deadline stays in the past"
        )
    }

    // MARK: Answers

    private mutating func answer(_ trial: inout Trial) {
        guard let question = trial.take(from: &open) else { return }
        let outcome: NodeSession.Outcome =
            trial.chance(65) ? .done : trial.chance(80) ? .failed : .sessionGone
        switch question {
        case .enableResuming:
            came(question, outcome)
            follow(session.resumingAnswered(outcome, now: now), &trial)
        case .disableResuming:
            mayFailOver = true
            let outputs = session.resumingDisabled()
            trial.check(outputs.contains(.failOver), "a parted session does not end")
            follow(outputs, &trial)
        case .info:
            let result: NodeSession.Outcome = outcome == .done ? .done : .failed
            came(question, result)
            follow(session.infoAnswered(nil, result, now: now), &trial)
        case .players:
            came(question, outcome)
            follow(session.playersAnswered(outcome, now: now), &trial)
        case .orphanPlayers(let name): orphanAnswered(name, outcome, &trial)
        case .deleteOrphan(_, let name): orphanDeleted(name, outcome != .failed, &trial)
        }
    }

    /// A reading that is no step, or that nobody asked for.
    private mutating func laterReading(_ outcome: NodeSession.Outcome, _ trial: inout Trial) {
        guard isSettled || isDisconnecting || !session.isReady else { return }
        follow(session.playersAnswered(outcome, now: now), &trial)
    }

    /// How a step came out; one that fails too often may be left out.
    private mutating func came(
        _ question: NodeSession.Question,
        _ outcome: NodeSession.Outcome
    ) {
        guard !isDisconnecting, !isSettled else { return }
        switch outcome {
        case .done: missing.removeAll { $0 == question }
        case .failed:
            failures += 1
            if failures > limits.settleAttempts, !missing.contains(.players) {
                missing.removeAll { $0 == question }
            }
        case .sessionGone: break
        }
    }

    private var playersLeft: [GuildID] = []
    private var deletionFailed = false

    private mutating func orphanAnswered(
        _ name: String,
        _ outcome: NodeSession.Outcome,
        _ trial: inout Trial
    ) {
        guard !isDisconnecting else {
            let outputs = session.orphanAnswered([.one], now: now)
            return trial.check(outputs.isEmpty, "it goes on while it parts: \(outputs)")
        }
        guard outcome != .failed else {
            came(.orphanPlayers(session: name), .failed)
            return follow(session.orphanAnswered(nil, now: now), &trial)
        }
        let count = trial.roll(0...4)
        let players = (0..<count).map { GuildID(named: UInt64($0) + 1) }
        (playersLeft, deletionFailed) = (players, false)
        if players.isEmpty { silenced(name) }
        let outputs = session.orphanAnswered(players, now: now)
        let deleted = outputs.compactMap { output -> GuildID? in
            if case .ask(.deleteOrphan(let guild, name)) = output { guild } else { nil }
        }
        trial.check(deleted == Array(players.prefix(2)), "it deletes \(deleted)")
        follow(outputs, &trial)
    }

    private mutating func orphanDeleted(_ name: String, _ succeeded: Bool, _ trial: inout Trial) {
        guard !isDisconnecting else {
            return trial.check(
                session.orphanDeleted(succeeded, now: now).isEmpty,
                "it goes on while it parts"
            )
        }
        if !succeeded { deletionFailed = true }
        if !playersLeft.isEmpty { playersLeft.removeFirst() }
        if playersLeft.isEmpty {
            if deletionFailed {
                came(.orphanPlayers(session: name), .failed)
            } else {
                silenced(name)
            }
        }
        follow(session.orphanDeleted(succeeded, now: now), &trial)
    }

    /// A session has no players any more: the next one is looked at.
    private mutating func silenced(_ name: String) {
        orphans.removeAll { $0 == name }
        let step = NodeSession.Question.orphanPlayers(session: name)
        guard let index = missing.firstIndex(of: step) else { return }
        if let next = orphans.first {
            missing[index] = .orphanPlayers(session: next)
        } else {
            missing.remove(at: index)
        }
    }

    // MARK: What follows

    private mutating func follow(_ outputs: [NodeSession.Output], _ trial: inout Trial) {
        trial.check(
            !isExhausted(outputs) || outputs.contains(.failOver),
            "an exhausted node keeps its players"
        )
        for output in outputs {
            switch output {
            case .connect(let id, let session):
                formerConnections.append(id)
                trial.check(session == known, "it asks for another session")
            case .ask(let question):
                let parts = question == .disableResuming
                trial.check(parts == isDisconnecting, "it asks \(question) while it parts")
                trial.check(!open.contains(question), "it asks \(question) twice")
                open.append(question)
            case .settled:
                trial.check(missing.isEmpty, "it is settled before \(missing)")
                trial.check(open.isEmpty, "it is settled while it asks")
                trial.check(!isSettled, "it is settled twice")
                isSettled = true
            case .lost:
                if due == .none { due = .at(now + .seconds(15)) }
            case .released:
                open = []
                (isDisconnecting, isSettled) = (false, false)
                playersLeft = []
            case .failOver:
                trial.check(mayFailOver || isExhausted(outputs), "it gives its players away")
                due = .done
            case .readingDue: trial.check(isSettled, "it reads before it is settled")
            case .ping, .abort, .opened, .ready, .attemptFailed, .reconnecting, .exhausted,
                .disconnected:
                break
            }
        }
    }

    private func isExhausted(_ outputs: [NodeSession.Output]) -> Bool {
        outputs.contains { if case .exhausted = $0 { true } else { false } }
    }

    // MARK: What must hold

    private func check(_ trial: inout Trial) {
        trial.check(session.invariant, "the invariant")
        trial.check(session.isSettled == isSettled, "whether it is settled: \(missing)")
        trial.check(session.hasFailedOver == (due == .done), "whether it has failed over")
        trial.check(session.orphanedSessions == orphans, "orphans: \(session.orphanedSessions)")
        trial.check(session.session == known, "the session is another one")
        if session.isReady, !isSettled, !isDisconnecting, open.isEmpty {
            trial.check(session.nextDeadline != nil, "it waits for nothing")
        }
    }
}
