@testable import Control
import Lavalink
import Testing

@Suite("A player's sync")
struct PlayerSyncTests {
    @Test("loses nothing, whatever becomes of its requests", arguments: UInt64(0)..<300)
    func nothingIsLost(seed: UInt64) {
        var trial = Trial(seed: seed)
        var world = SyncWorld()
        trial.run(300) { world.step(&$0) }
        world.calmDown(&trial)
        trial.expectSuccess()
    }

    @Test("waits twice as long after each failure, up to a minute, and anew after a success")
    func backsOff() {
        var table = NodeTable()
        var sync = PlayerSync(assignedTo: table.id(naming: .a))
        let moment = Moment(.start, .standard)
        var waits: [Int64] = []
        for _ in 1...8 {
            sync.backOff(moment)
            waits.append((sync.nextDeadline?.nanoseconds ?? 0) / 1_000_000_000)
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
        _ = sync.confirmed()
        sync.backOff(moment)
        #expect(sync.nextDeadline == .start + .seconds(1))
        sync.forgetFailures()
        sync.backOff(moment)
        #expect(sync.nextDeadline == .start + .seconds(1))
    }

    @Test("has one home, and names the node that it left once the other one has it")
    func moves() {
        var table = NodeTable()
        let (a, b) = (table.id(naming: .a), table.id(naming: .b))
        var sync = PlayerSync(assignedTo: a)
        #expect(sync.confirmed() == nil && sync.isLive && sync.holders == [a])
        #expect(sync.assign(to: a) == a && sync.isLive)
        #expect(sync.assign(to: b) == a && !sync.isLive)
        #expect(sync.node == b && sync.holders == [a])
        _ = sync.sent(RequestID(1))
        #expect(sync.request == RequestID(1) && sync.requestedNode == b)
        #expect(sync.answered(RequestID(1), by: b) == .expected)
        #expect(sync.confirmed() == a && sync.holders == [b])
    }

    @Test("lives only where it is to be once its former node has answered")
    func movesDuringRequest() {
        var table = NodeTable()
        let (a, b) = (table.id(naming: .a), table.id(naming: .b))
        var sync = PlayerSync(assignedTo: a)
        _ = sync.sent(RequestID(1))
        sync.assign(to: b)
        #expect(sync.requestedNode == a && sync.node == b)
        #expect(sync.answered(RequestID(1), by: a) == .fromFormerNode)
        sync.leftFormerNode()
        #expect(sync.contact == .assigned(b, .idle))
    }

    @Test("sends again after a restart what was commanded and not confirmed, and nothing else")
    func saved() {
        var table = NodeTable()
        let node = table.id(naming: .a)
        let sync = PlayerSync(assignedTo: node, unconfirmed: [.position, .volume])
        #expect(sync.unconfirmed == .position && sync.unsent == .position)
        #expect(sync.node == node && !sync.isLive && sync.holders.isEmpty)
    }
}

/// A sync, the nodes that hear of it, and which version of each part is wanted and known where.
///
/// The player's other parts are played by hand: what `Player` does with each answer is done here.
private struct SyncWorld {
    typealias Versions = [Difference: Int]

    private struct Request {
        var id: RequestID
        var node: NodeID
        var difference: Difference
        var carried: Versions
        var waiters: [PlayerSync.Waiter]
    }

    private struct Reading {
        var id: RequestID
        var node: NodeID
        var found: Versions?
    }

    private static let parts: [Difference] = [
        .voice, .track, .position, .paused, .volume, .filters, .endTime,
    ]

    private var sync = PlayerSync()
    private let nodes: [NodeID]
    private var now = Instant.start
    private var wanted: Versions = [:]
    /// What each node has of the player; nothing where it has none.
    private var known: [NodeID: Versions] = [:]
    private var open: Request?
    private var former: [RequestID] = []
    private var reading: Reading?
    private var nextRequest = RequestID(1)
    private var heldUntil: Instant?
    private var commanded: Difference = []
    private var waiting: [UInt64] = []
    private var out: [UInt64] = []
    private var nextTicket: UInt64 = 1

    init() {
        var table = NodeTable()
        nodes = ["a", "b", "c"].map { table.id(naming: NodeName($0)) }
        for part in Self.parts { wanted[part] = 1 }
        sync.want(.whole)
    }

    // MARK: What happens

    mutating func step(_ trial: inout Trial) {
        switch trial.roll(0...99) {
        case 0...9: want(trial.pick([.voice, .paused, .volume, .filters]) ?? .voice)
        case 10...14:
            command(trial.pick([.position, .endTime, [.position, .endTime]]) ?? .position)
        case 15...17: newTrack()
        case 18...21: assign(trial.pick(nodes))
        case 22...44: send(&trial)
        case 45...64: answer(&trial)
        case 65...67: loseConnection(&trial)
        case 68...75: read(&trial)
        case 76...79: untimely(&trial)
        case 80...86: wait(.milliseconds(trial.roll(0...3_000)), &trial)
        case 87...89: hold(trial.roll(0...2_000))
        case 90: stopHolding()
        default: pass(.milliseconds(trial.roll(0...5_000)), &trial)
        }
        check(&trial)
    }

    private mutating func want(_ difference: Difference) {
        bump(difference)
        sync.want(difference)
    }

    private mutating func bump(_ difference: Difference) {
        for part in Self.parts where difference.contains(part) { wanted[part, default: 0] += 1 }
    }

    private mutating func command(_ difference: Difference) {
        bump(difference)
        sync.command(difference)
        commanded.formUnion(difference)
    }

    /// As a player begins with another track: its position and its end come with it.
    private mutating func newTrack() {
        bump([.track, .position, .endTime])
        sync.forgetCommands()
        sync.cancel([.position, .endTime])
        sync.want(.track)
        commanded = []
    }

    private mutating func assign(_ node: NodeID?) {
        guard let node else { return }
        sync.assign(to: node)
        reading = nil
    }

    private mutating func newRequestID() -> RequestID {
        defer { nextRequest = RequestID(nextRequest.rawValue + 1) }
        return nextRequest
    }

    private mutating func send(_ trial: inout Trial) {
        guard let node = sync.node, sync.maySend(at: now) else { return }
        trial.check(open == nil, "a request goes out beside another one")
        trial.check(heldUntil.map { $0 <= now } ?? true, "a request goes out during a hold")
        let id = newRequestID()
        sync.invalidateReadings(before: nextRequest)
        let difference = sync.toSend
        trial.check(difference.isSuperset(of: sync.unsent), "a request leaves something out")
        var carried = wanted.filter { difference.contains($0.key) }
        if difference.contains(.track) {
            carried[.position] = wanted[.position]
            carried[.endTime] = wanted[.endTime]
        }
        let waiters = sync.sent(id)
        trial.check(waiters.map(\.ticket.rawValue) == waiting, "a waiter is left behind")
        waiting = []
        heldUntil = nil
        open = Request(
            id: id,
            node: node,
            difference: difference,
            carried: carried,
            waiters: waiters
        )
    }

    private mutating func deliver(_ request: Request) {
        known[request.node, default: [:]].merge(request.carried) { $1 }
    }

    private mutating func answer(_ trial: inout Trial) {
        guard let request = open else { return }
        open = nil
        former.append(request.id)
        let outcome = trial.roll(0...9)
        // One that timed out may have arrived all the same.
        if outcome <= 5 || outcome == 6 && trial.chance(50) { deliver(request) }
        if sync.request == request.id { sync.invalidateReadings(before: nextRequest) }
        switch sync.answered(request.id, by: request.node) {
        case .outdated: return trial.check(false, "the answer to the open request is outdated")
        case .fromFormerNode:
            trial.check(sync.node != request.node, "the node is the assigned one")
            waiting = request.waiters.map(\.ticket.rawValue) + waiting
            sync.waitAgain(request.waiters)
            sync.leftFormerNode()
            known[request.node] = nil
            return
        case .expected: trial.check(sync.node == request.node, "it is another node's answer")
        }
        letOut(request.waiters, &trial)
        switch outcome {
        case 0...5: confirm(request, &trial)
        case 6, 7: doubt(request, &trial)
        case 8:
            sync.want(request.difference)
            backOff()
        default:
            sync.want(request.difference)
            hold(1_500)
        }
    }

    private mutating func confirm(_ request: Request, _ trial: inout Trial) {
        if let copy = sync.confirmed() { known[copy] = nil }
        trial.check(sync.isLive, "a confirmed player is live")
        var told = request.difference
        if told.contains(.track) { told.formUnion([.position, .endTime]) }
        let before = sync.unconfirmed
        let isNews = sync.confirmed(told)
        trial.check(isNews == (before != sync.unconfirmed), "a confirmation is no news")
        for part in [Difference.position, .endTime] where commanded.contains(part) {
            if request.carried[part] == wanted[part] { commanded.remove(part) }
        }
    }

    private mutating func doubt(_ request: Request, _ trial: inout Trial) {
        backOff()
        if request.difference.contains(.voice) {
            sync.missing()
            sync.want(.whole)
            known[request.node] = nil
            return
        }
        sync.doubt()
        sync.want(request.difference.subtracting(.track))
        trial.check(!sync.isLive || !sync.maySend(at: now + .seconds(999)), "a doubt is sent past")
    }

    /// The node's connection is gone, with or without what it had.
    private mutating func loseConnection(_ trial: inout Trial) {
        guard let node = sync.node else { return }
        if let request = open, request.node == node {
            open = nil
            former.append(request.id)
            if trial.chance(50) { deliver(request) }
            let wasUnderWay = sync.lost(request.id)
            trial.check(wasUnderWay, "the request is not under way")
            sync.want(request.difference)
            letOut(request.waiters, &trial)
        }
        sync.missing()
        let all = sync.takeWaiters()
        trial.check(all.map(\.ticket.rawValue) == waiting, "not all who wait come out")
        waiting = []
        letOut(all, &trial)
        reading = nil
        if trial.chance(50) { known[node] = nil }
        trial.check(!sync.isLive, "a player without connection is live")
    }

    private mutating func read(_ trial: inout Trial) {
        guard let came = reading else {
            if let node = sync.node {
                reading = Reading(id: newRequestID(), node: node, found: known[node])
            }
            return
        }
        reading = nil
        guard came.node == sync.node, sync.believes(reading: came.id) else { return }
        trial.check(open == nil, "a reading is believed beside a request")
        trial.check(came.found == known[came.node], "a reading of before is believed")
        sync.wasRead()
        guard let found = came.found else {
            if sync.missing() { sync.want(.whole) }
            return
        }
        var difference = sync.unsent.intersection([.position, .endTime])
        for part in Self.parts where ![.position, .endTime].contains(part) {
            if found[part] != wanted[part] { difference.insert(part) }
        }
        // What was commanded and may not have arrived is known to nobody else.
        for part in [Difference.position, .endTime] where found[part] != wanted[part] {
            trial.check(
                difference.contains(part) || difference.contains(.track) || !sync.isLive,
                "a command is lost in a doubt"
            )
            difference.insert(part)
        }
        _ = sync.found(differing: difference)
        trial.check(sync.isLive && sync.unsent == difference, "what was found is not wanted")
    }

    /// Outcomes of requests of long ago, and of none.
    private mutating func untimely(_ trial: inout Trial) {
        let before = (sync.contact, sync.unsent, sync.unconfirmed)
        let id = trial.pick(former) ?? RequestID(999_999)
        let arrival = sync.answered(id, by: trial.pick(nodes) ?? nodes[0])
        trial.check(arrival == .outdated && !sync.lost(id), "an old answer is heard")
        let after = (sync.contact, sync.unsent, sync.unconfirmed)
        trial.check(before == after, "an old answer changes something")
    }

    // MARK: Time

    private mutating func backOff() {
        sync.backOff(Moment(now, .standard))
        heldUntil = sync.nextDeadline.map { max($0, now) }
        // A waiter's time may come first; then the hold is at least the shortest there is.
        heldUntil = min(heldUntil ?? now, now + .seconds(1))
    }

    private mutating func hold(_ milliseconds: Int) {
        heldUntil = now + .milliseconds(milliseconds)
        sync.hold(until: heldUntil)
    }

    private mutating func stopHolding() {
        heldUntil = nil
        sync.hold(until: nil)
    }

    private mutating func wait(_ duration: Duration, _ trial: inout Trial) {
        pass(duration, &trial)
        let ticket = Ticket<PlayerReply>(nextTicket)
        nextTicket += 1
        waiting.append(ticket.rawValue)
        sync.wait(
            PlayerSync.Waiter(
                ticket: ticket,
                reply: PlayerReply(guild: .one),
                until: now + .seconds(10)
            )
        )
    }

    private mutating func pass(_ duration: Duration, _ trial: inout Trial) {
        now = now + duration
        let expired = sync.takeExpiredWaiters(now: now)
        trial.check(expired.allSatisfy { $0.until <= now }, "a waiter comes out too early")
        trial.check(
            expired.map(\.ticket.rawValue) == Array(waiting.prefix(expired.count)),
            "waiters come out in another order"
        )
        waiting.removeFirst(min(expired.count, waiting.count))
        letOut(expired, &trial)
        sync.tick(now: now)
        trial.check(sync.nextDeadline.map { $0 > now } ?? true, "a deadline stays in the past")
    }

    private mutating func letOut(_ waiters: [PlayerSync.Waiter], _ trial: inout Trial) {
        for waiter in waiters {
            trial.check(!out.contains(waiter.ticket.rawValue), "a waiter comes out twice")
            out.append(waiter.ticket.rawValue)
        }
    }

    // MARK: What must hold

    private func check(_ trial: inout Trial) {
        trial.check(sync.invariant, "the invariant: \(sync.contact)")
        trial.check(sync.request == open?.id, "another request is under way: \(sync.contact)")
        trial.check(sync.requestedNode == open?.node, "the request is with another node")
        trial.check(sync.waiters.map(\.ticket.rawValue) == waiting, "others wait")
        trial.check(sync.unconfirmed == commanded, "unconfirmed: \(sync.unconfirmed)")
        let isPlain = sync.unsent.isDisjoint(with: [.track, .position])
        trial.check(
            !sync.believesReports || sync.isLive && open == nil && isPlain,
            "a report of before is believed"
        )
        guard sync.isLive, let node = sync.node else { return }
        trial.check(sync.holders == [node], "a live player's node has it")
        for part in Self.parts where known[node]?[part] != wanted[part] {
            trial.check(isOnItsWay(part), "\(part) is lost: \(sync.contact)")
        }
    }

    /// Whether the live node will hear of a part that it does not know.
    private func isOnItsWay(_ part: Difference) -> Bool {
        let comesWithTrack = part == .position || part == .endTime
        if sync.unsent.contains(part) || comesWithTrack && sync.unsent.contains(.track) {
            return true
        }
        if let open { return open.carried[part] == wanted[part] }
        // The reading that is due tells all but these.
        guard case .live(_, .inDoubt) = sync.contact else { return false }
        return !comesWithTrack || known[sync.node ?? nodes[0]]?[.track] != wanted[.track]
    }

    /// With answers that are all well, everything that is wanted gets to the node.
    mutating func calmDown(_ trial: inout Trial) {
        if sync.node == nil { assign(nodes[0]) }
        for _ in 0..<200 where trial.failure == nil {
            pass(.seconds(70), &trial)
            if let request = open {
                open = nil
                if sync.answered(request.id, by: request.node) == .expected {
                    deliver(request)
                    confirm(request, &trial)
                    letOut(request.waiters, &trial)
                } else {
                    waiting = request.waiters.map(\.ticket.rawValue) + waiting
                    sync.waitAgain(request.waiters)
                    sync.leftFormerNode()
                }
            }
            reading = nil
            read(&trial)
            read(&trial)
            if !sync.isLive { sync.want(.whole) }
            send(&trial)
            check(&trial)
        }
        letOut(sync.takeWaiters(), &trial)
        trial.check(sync.node.flatMap { known[$0] } == wanted, "the node knows something else")
        trial.check(out.count == Int(nextTicket) - 1, "a waiter never came out")
        trial.check(sync.unconfirmed.isEmpty, "a command is never confirmed")
    }
}
