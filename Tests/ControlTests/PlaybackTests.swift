@testable import Control
import Lavalink
import Support
import Testing

@Suite("A playback")
struct PlaybackTests {
    @Test("does what a plain list would, whatever is said to it", arguments: UInt64(0)..<200)
    func model(seed: UInt64) {
        var trial = Trial(seed: seed)
        var world = PlaybackWorld()
        trial.run(200) { world.step(&$0) }
        trial.expectSuccess()
    }

    @Test("tells the store of neighbours that made room")
    func ranks() {
        var playback = Playback()
        var shelf = Shelf([.player(PlayerRecord(guild: .one))])
        var moved = 0
        for number in 1...100 as ClosedRange<UInt64> {
            for row in playback.add([.sample(number)], at: number == 1 ? nil : 1) {
                switch row {
                case .entries(let rows): shelf.apply(.entries(.one, rows))
                case .ranks(let ranks):
                    moved += ranks.count
                    shelf.apply(.ranks(.one, ranks))
                case .removed, .removedAll: Issue.record("nothing is removed")
                }
            }
        }
        #expect(moved > 0 && shelf.entries(of: .one) == playback.queue.entries.map(\.entry.id))
        #expect(playback.queue.count == 100 && playback.queue.first?.id == EntryID(1))
    }
}

/// A playback beside the plain list that it should be, and the store that hears of its rows.
private struct PlaybackWorld {
    private struct Former: Equatable {
        var play: PlayID
        var entry: EntryID
    }

    private let guild = GuildID.one
    private var limits = Limits.standard
    private var playback = Playback()
    private var shelf = Shelf([.player(PlayerRecord(guild: .one))])
    private var now = Instant.start
    private var nextID: UInt64 = 1

    // The model.
    private var queue: [QueueEntry] = []
    private var current: TrackEntry?
    private var play: PlayID?
    private var loop = LoopMode.none
    private var loading: EntryID?
    private var isSuspended = false
    private var failures: [Instant] = []
    private var former: [Former] = []
    private var hasBroken = false
    private var wasReplayed = false
    private var steps = 0
    private var ended: [PlayID] = []

    init() { limits.rememberedPlays = 3 }

    private var moment: Moment { Moment(now, limits) }

    private mutating func newID() -> UInt64 {
        nextID += 1
        return nextID
    }

    // MARK: What happens

    mutating func step(_ trial: inout Trial) {
        switch trial.roll(0...99) {
        case 0...21: add(&trial)
        case 22...25: command(&trial)
        case 26...27: stop()
        case 28...33: skip(&trial)
        case 34...62: nodeEnds(&trial)
        case 63...74: loads(&trial)
        case 75: clear(&trial)
        case 76...79: setLoop(trial.pick(LoopMode.allCases) ?? .none)
        case 80...83: renew(&trial)
        case 84...87: breaks()
        case 88...90: stuck(&trial)
        case 91: restart(&trial)
        default: now = now + .seconds(trial.roll(0...20))
        }
        check(&trial)
    }

    private mutating func add(_ trial: inout Trial) {
        guard queue.count < 8 else { return }
        let new = (0..<trial.roll(1...3)).map { _ in
            let id = EntryID(newID())
            let isLoaded = trial.chance(70)
            let track = Track.sample("\(id)", isStream: trial.chance(10))
            return QueueEntry(
                id: id,
                content: isLoaded ? .track(track) : .identifier("find \(id)"),
                requester: "somebody \(id)"
            )
        }
        let index = trial.chance(50) ? nil : trial.roll(0...queue.count)
        queue.insert(contentsOf: new, at: index ?? queue.count)
        store(playback.add(new, at: index))
        guard playback.isIdle else { return }
        trial.check(current == nil && loading == nil && !isSuspended, "it is not idle")
        follow(playback.takeNext(), expected: modelNext(), &trial)
    }

    /// Somebody asks for a track, instead of what plays.
    private mutating func command(_ trial: inout Trial) {
        playback.resume()
        failures = []
        let id = EntryID(newID())
        begin(TrackEntry(id: id, track: .sample("\(id)")))
    }

    private mutating func begin(_ entry: TrackEntry) {
        leave()
        loading = nil
        isSuspended = false
        let id = PlayID(newID())
        playback.begin(Play(entry: entry, id: id), limits)
        (current, play) = (entry, id)
        (hasBroken, wasReplayed, steps) = (false, false, 0)
    }

    /// The current play is left before its end.
    private mutating func leave() {
        guard let entry = current, let left = play else { return }
        former.append(Former(play: left, entry: entry.id))
        if former.count > limits.rememberedPlays { former.removeFirst() }
        (current, play) = (nil, nil)
    }

    private mutating func stop() {
        playback.stop(limits)
        leave()
        loading = nil
    }

    private mutating func skip(_ trial: inout Trial) {
        guard current != nil || !queue.isEmpty else { return }
        playback.resume()
        (isSuspended, failures) = (false, [])
        goOn(.skipped, &trial)
    }

    private mutating func setLoop(_ mode: LoopMode) {
        playback.setLoop(mode)
        loop = mode
    }

    private mutating func clear(_ trial: inout Trial) {
        store(playback.clearQueue())
        (queue, loading) = ([], nil)
        trial.check(shelf.entries(of: guild).isEmpty, "the store keeps entries")
    }

    /// The track is to be sent again, under another id.
    private mutating func renew(_ trial: inout Trial) {
        guard play != nil else { return }
        let id = PlayID(newID())
        switch trial.roll(0...2) {
        case 0: playback.renew(id)
        case 1: playback.sent(as: id)
        default: playback.adopt(id)
        }
        play = id
        let news = [playback.confirm(), playback.confirm()]
        trial.check(!news[1], "a confirmation is news twice")
    }

    private mutating func breaks() {
        playback.broke()
        if current != nil { hasBroken = true }
    }

    private mutating func stuck(_ trial: inout Trial) {
        let expected =
            current.map { steps < limits.stuckSteps && !$0.track.info.isStream } ?? false
        trial.check(playback.stepsForward(limits) == expected, "steps out of a stuck position")
        if expected { steps += 1 }
    }

    // MARK: Nodes

    /// An end of the current play, of a former one, or of none; often said twice.
    private mutating func nodeEnds(_ trial: inout Trial) {
        let reason =
            trial.pick(
                [
                    .finished, .finished, .finished, .loadFailed, .stopped, .replaced, .cleanup,
                    .unknown("new"),
                ] as [TrackEndReason]
            ) ?? .finished
        let entry = trial.pick(queue)?.id ?? EntryID(3)
        let mark: PlayMark? =
            switch trial.roll(0...9) {
            case 0...5:
                play.map { PlayMark(play: $0, entry: current?.id ?? entry) }
            case 6...7: trial.pick(former).map { PlayMark(play: $0.play, entry: $0.entry) }
            case 8: trial.pick(ended).map { PlayMark(play: $0, entry: entry) }
            default: nil
            }
        let times = trial.chance(30) ? 2 : 1
        for _ in 0..<times { end(mark, reason, &trial) }
    }

    private mutating func end(_ mark: PlayMark?, _ reason: TrackEndReason, _ trial: inout Trial) {
        let starts = playback.started(mark) != nil
        trial.check(!starts || mark?.play == play, "another play's start is told")
        trial.check(playback.started(mark) == nil, "a start is told twice")
        let position = Int64(trial.roll(0...179_000))
        let expected = modelEnd(mark, reason, at: position)
        let end = playback.end(of: mark, reason, at: position, limits)
        trial.check(end == expected, "an end means \(end), not \(expected)")
        switch end {
        case .unknown, .former: break
        case .lost: trial.check(current != nil, "what is lost is wanted")
        case .broken:
            let id = PlayID(newID())
            playback.renew(id)
            play = id
        case .over, .failed:
            guard let mark else { return trial.check(false, "no play is over") }
            trial.check(!ended.contains(mark.play), "the queue goes on twice for one play")
            ended.append(mark.play)
            if case .over = end { goOn(.ended, &trial) } else { goOn(.failed, &trial) }
        }
    }

    private mutating func modelEnd(
        _ mark: PlayMark?,
        _ reason: TrackEndReason,
        at position: Int64
    ) -> Playback.End {
        guard let mark else { return .unknown }
        guard mark.play == play, let entry = current else {
            guard let index = former.lastIndex(where: { $0.play == mark.play }) else {
                return .unknown
            }
            let left = former.remove(at: index)
            if left.entry == current?.id, reason == .replaced { return .unknown }
            // Any entry with this id will do: only its id is looked at.
            return playbackFormer(left.entry)
        }
        switch reason {
        case .finished:
            let isFar = position + 8_000 < 180_000
            guard hasBroken, isFar, !entry.track.info.isStream else { return .over(entry) }
            if wasReplayed { return .failed(entry) }
            (wasReplayed, hasBroken) = (true, false)
            return .broken(at: position)
        case .loadFailed: return .failed(entry)
        case .cleanup, .stopped, .replaced, .unknown: return .lost
        }
    }

    private var entries: [EntryID: TrackEntry] = [:]

    private func playbackFormer(_ id: EntryID) -> Playback.End {
        entries[id].map { .former($0) } ?? .unknown
    }

    // MARK: What follows

    private mutating func goOn(_ cause: Playback.Cause, _ trial: inout Trial) {
        let advance = playback.ended(cause, moment)
        let over = current
        if cause == .skipped { leave() } else { (current, play) = (nil, nil) }
        if let loading, cause != .ended { queue.removeAll { $0.id == loading } }
        loading = nil
        if let over, loop == .queue, cause != .failed { queue.append(QueueEntry(over)) }
        if cause == .failed {
            failures = failures.filter { $0 + limits.failureWindow >= now } + [now]
            if failures.count >= limits.failureBudget {
                isSuspended = true
                return follow(advance, expected: .suspended, &trial)
            }
        }
        if let over, loop == .track, cause == .ended {
            return follow(advance, expected: .play(over), &trial)
        }
        follow(advance, expected: modelNext(), &trial)
    }

    private mutating func modelNext() -> Playback.Next {
        guard let first = queue.first else { return .silence }
        switch first.content {
        case .track(let track):
            queue.removeFirst()
            return .play(TrackEntry(id: first.id, track: track, requester: first.requester))
        case .identifier(let identifier):
            loading = first.id
            return .load(first.id, identifier: identifier)
        }
    }

    private mutating func follow(
        _ advance: Playback.Advance,
        expected: Playback.Next,
        _ trial: inout Trial
    ) {
        trial.check(advance.next == expected, "it goes on to \(advance.next), not \(expected)")
        store(advance.rows)
        switch advance.next {
        case .play(let entry): begin(entry)
        case .load(let id, _): trial.check(playback.loading == id, "nothing is loaded")
        case .silence: trial.check(queue.isEmpty, "it is silent before entries")
        case .suspended: trial.check(playback.isSuspended, "it is not suspended")
        }
    }

    /// A load came out: of the entry whose turn it is, of another one, or of none that there is.
    private mutating func loads(_ trial: inout Trial) {
        let other = trial.pick(queue)?.id ?? EntryID(999_999)
        let id = trial.chance(80) ? loading ?? other : other
        let isDue = id == loading
        let requester = queue.first { $0.id == id }?.requester
        guard trial.chance(70) else {
            guard isDue else {
                return trial.check(playback.loadFailed(id, moment) == nil, "a load out of turn")
            }
            return loadFailed(id, &trial)
        }
        let track = Track.sample("found \(id)")
        let advance = playback.loaded(id, track)
        trial.check((advance != nil) == isDue, "a load counts out of turn")
        guard isDue, let advance else { return }
        queue.removeAll { $0.id == id }
        loading = nil
        let found = TrackEntry(id: id, track: track, requester: requester)
        follow(advance, expected: .play(found), &trial)
    }

    private mutating func loadFailed(_ id: EntryID, _ trial: inout Trial) {
        guard let advance = playback.loadFailed(id, moment) else {
            return trial.check(false, "a load that failed in its turn is not heard")
        }
        queue.removeAll { $0.id == id }
        loading = nil
        failures = failures.filter { $0 + limits.failureWindow >= now } + [now]
        if failures.count >= limits.failureBudget {
            isSuspended = true
            return follow(advance, expected: .suspended, &trial)
        }
        follow(advance, expected: modelNext(), &trial)
    }

    /// The program begins again with what the store has.
    private mutating func restart(_ trial: inout Trial) {
        let rows = shelf.bot.players.first?.queue ?? []
        let old = current.map { Play(entry: $0, id: play ?? PlayID(1)) }
        playback = Playback(current: old, queue: Queue(rows), loop: loop)
        (loading, isSuspended, failures, former) = (nil, false, [], [])
        (hasBroken, wasReplayed, steps) = (false, false, 0)
    }

    private mutating func store(_ rows: [Playback.RowChange]) {
        for row in rows {
            switch row {
            case .entries(let entries): shelf.apply(.entries(guild, entries))
            case .ranks(let ranks): shelf.apply(.ranks(guild, ranks))
            case .removed(let id): shelf.apply(.removeEntries(guild, [id]))
            case .removedAll: shelf.apply(.removeAllEntries(guild))
            }
        }
    }

    // MARK: What must hold

    private mutating func check(_ trial: inout Trial) {
        if let current { entries[current.id] = current }
        trial.check(playback.invariant, "the invariant")
        trial.check(playback.current?.entry == current, "another entry plays")
        trial.check(playback.current?.id == play, "another play plays")
        trial.check(playback.loading == loading, "another entry is loaded")
        trial.check(playback.isSuspended == isSuspended, "whether it is suspended")
        let ids = queue.map(\.id)
        trial.check(playback.queue.entries.map(\.entry.id) == ids, "the queue is another one")
        trial.check(shelf.entries(of: guild) == ids, "the store's queue is another one")
        guard trial.step.isMultiple(of: 50) else { return }
        trial.check(playback.queue.entries.map(\.entry) == queue, "the entries are others")
        trial.check(shelf.bot.players.first?.queue.map(\.entry) == queue, "the store's are others")
    }
}
