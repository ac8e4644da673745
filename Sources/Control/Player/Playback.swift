import Lavalink

/// What a player plays, what it played, and what comes next.
///
/// A queue goes on exactly once for each play, whatever is repeated, late or lost: an input that is
/// about another play changes nothing.
package struct Playback: Sendable {
    /// Why the current play is over.
    enum Cause: Equatable {
        case ended
        /// It could not be played.
        case failed
        /// Somebody wants the next one.
        case skipped
    }

    /// What is to be done once a play is over, or the queue is to begin.
    enum Next: Equatable {
        case play(TrackEntry)
        /// The entry whose turn it is must be loaded first; `loaded` or `loadFailed` tells how that
        /// came out.
        case load(EntryID, identifier: String)
        /// Nothing is left to be played.
        case silence
        /// Too many failed in a row: nothing is played until a command says so.
        case suspended
    }

    /// What changed of the queue's rows in the store.
    enum RowChange: Equatable {
        case entries([RankedEntry])
        case ranks([EntryRank])
        case removed(EntryID)
        case removedAll
    }

    struct Advance: Equatable {
        var next: Next
        var rows: [RowChange] = []
    }

    /// What the end of a track on a node means.
    enum End: Equatable {
        /// It is of no play that is known.
        case unknown
        /// Of a play that was left already: told, and nothing more.
        case former(TrackEntry)
        case over(TrackEntry)
        case failed(TrackEntry)
        /// A song that broke far from its end goes on from there, once.
        case broken(at: Int64)
        /// The node plays it no longer, though it is still wanted.
        case lost
    }

    package private(set) var current: Play?
    package private(set) var queue: Queue
    package private(set) var loop: LoopMode
    package private(set) var autoplay: Bool
    /// Whether failures in a row have stopped the queue; a command starts it again.
    package private(set) var isSuspended = false
    /// The entry at whose turn a load is under way.
    package private(set) var loading: EntryID?
    /// Plays of which events may still come.
    private var former: [Play] = []
    /// When tracks failed, for the budget of failures.
    private var failures: [Instant] = []

    init(
        current: Play? = nil,
        queue: Queue = Queue(),
        loop: LoopMode = .none,
        autoplay: Bool = false
    ) {
        self.current = current
        self.queue = queue
        self.loop = loop
        self.autoplay = autoplay
    }

    /// The legal combinations.
    package var invariant: Bool {
        if let loading {
            guard current == nil, !isSuspended, let entry = queue.entry(loading),
                entry.resolved == nil
            else {
                return false
            }
        }
        return !former.contains { $0.id == current?.id } && !(isSuspended && current != nil)
    }
}

// MARK: The queue

extension Playback {
    /// Whether something plays, or is to.
    package var isPlaying: Bool {
        if case .some = current { true } else { false }
    }

    /// Whether the queue would begin by itself if it had something.
    var isIdle: Bool { current == nil && loading == nil && !isSuspended }

    mutating func setLoop(_ loop: LoopMode) { self.loop = loop }
    mutating func setAutoplay(_ autoplay: Bool) { self.autoplay = autoplay }

    /// Adds entries before the one at an index, or at the end.
    mutating func add(_ entries: [QueueEntry], at index: Int? = nil) -> [RowChange] {
        let insertion = queue.insert(entries, at: index)
        var rows: [RowChange] = []
        if !insertion.rows.isEmpty { rows.append(.entries(insertion.rows)) }
        if !insertion.ranks.isEmpty { rows.append(.ranks(insertion.ranks)) }
        return rows
    }

    mutating func clearQueue() -> [RowChange] {
        queue.removeAll()
        loading = nil
        return [.removedAll]
    }

    /// Somebody wants music: what failed before counts no more.
    mutating func resume() {
        isSuspended = false
        failures = []
    }
}

// MARK: What plays

extension Playback {
    /// A track becomes what is wanted.
    mutating func begin(_ play: Play, _ limits: Limits) {
        retireCurrent(limits)
        loading = nil
        isSuspended = false
        current = play
    }

    /// Nothing is wanted any more; the queue stays.
    mutating func stop(_ limits: Limits) {
        retireCurrent(limits)
        loading = nil
    }

    /// The current play is over, and what follows is determined.
    ///
    /// After `play` the entry has left the queue, and is to be begun.
    mutating func ended(_ cause: Cause, _ moment: Moment) -> Advance {
        let over = current
        if cause == .skipped { retireCurrent(moment.limits) } else { current = nil }
        var rows: [RowChange] = []
        if let loading, cause != .ended { rows += remove(loading) }
        loading = nil
        if let over, loop == .queue, cause != .failed { rows += add([QueueEntry(over.entry)]) }
        if cause == .failed, failureSpendsBudget(moment) {
            isSuspended = true
            return Advance(next: .suspended, rows: rows)
        }
        if let over, loop == .track, cause == .ended {
            return Advance(next: .play(over.entry), rows: rows)
        }
        let next = takeNext()
        return Advance(next: next.next, rows: rows + next.rows)
    }

    /// What is first in the queue has its turn.
    mutating func takeNext() -> Advance {
        guard let first = queue.first else { return Advance(next: .silence) }
        switch first.content {
        case .track(let track):
            let rows = remove(first.id)
            let entry = TrackEntry(id: first.id, track: track, requester: first.requester)
            return Advance(next: .play(entry), rows: rows)
        case .identifier(let identifier):
            loading = first.id
            return Advance(next: .load(first.id, identifier: identifier))
        }
    }

    /// What an entry turned out to be; nil when it is not its turn any more.
    mutating func loaded(_ id: EntryID, _ track: Track) -> Advance? {
        guard loading == id, let entry = queue.entry(id) else { return nil }
        loading = nil
        let rows = remove(id)
        let resolved = TrackEntry(id: id, track: track, requester: entry.requester)
        return Advance(next: .play(resolved), rows: rows)
    }

    /// An entry could not be loaded: the one after it has its turn; nil when it is not the entry's
    /// turn any more.
    mutating func loadFailed(_ id: EntryID, _ moment: Moment) -> Advance? {
        guard loading == id else { return nil }
        return ended(.failed, moment)
    }

    private mutating func remove(_ id: EntryID) -> [RowChange] {
        queue.remove(id) == nil ? [] : [.removed(id)]
    }

    /// Takes the current play away; its end may still be told.
    private mutating func retireCurrent(_ limits: Limits) {
        guard let current else { return }
        self.current = nil
        former.append(current)
        if former.count > limits.rememberedPlays { former.removeFirst() }
    }

    /// Whether failures within the window have used up the budget; remembers one more.
    private mutating func failureSpendsBudget(_ moment: Moment) -> Bool {
        failures.removeAll { $0.duration(to: moment.now) > moment.limits.failureWindow }
        failures.append(moment.now)
        return failures.count >= moment.limits.failureBudget
    }
}

// MARK: What a node says of it

extension Playback {
    /// Whether a node's track is the current play.
    func isCurrent(_ mark: PlayMark?) -> Bool { mark != nil && current?.id == mark?.play }

    /// The play is sent, or to be sent, under a new id: nothing that a former sending causes is
    /// news of it.
    mutating func renew(_ id: PlayID) {
        current?.id = id
        current?.isConfirmed = false
    }

    /// As `renew`, when the request goes out.
    mutating func sent(as id: PlayID) {
        renew(id)
        current?.wasLoadedFromStore = false
    }

    /// A node has the play under this id.
    mutating func adopt(_ id: PlayID) {
        current?.id = id
        current?.wasLoadedFromStore = false
    }

    /// A node says that it has the track; from now on a node without it has played it.
    ///
    /// - Returns: whether that is news.
    mutating func confirm() -> Bool {
        guard current?.isConfirmed == false else { return false }
        current?.isConfirmed = true
        return true
    }

    mutating func setEnd(_ end: Int64?) { current?.endTime = end }

    /// The track started on a node.
    ///
    /// - Returns: the entry whose start is to be told; nil when it was, or is not the current one.
    mutating func started(_ mark: PlayMark?) -> TrackEntry? {
        guard isCurrent(mark), current?.wasAnnounced == false else { return nil }
        current?.wasAnnounced = true
        return current?.entry
    }

    /// A track ended on a node, where the music was at `position`.
    ///
    /// A node calls the end of a broken song `finished` too (`lavalink-v4.md` §16, item 32): it is
    /// played again once, from where it ended, since what was buffered when it broke was heard.
    mutating func end(
        of mark: PlayMark?,
        _ reason: TrackEndReason,
        at position: Int64,
        _ limits: Limits
    ) -> End {
        guard isCurrent(mark), let play = current else { return formerEnd(of: mark, reason) }
        switch reason {
        case .finished:
            guard play.hasBroken, play.isFarFromEnd(position, limits) else {
                return .over(play.entry)
            }
            guard !play.wasReplayed else { return .failed(play.entry) }
            current?.wasReplayed = true
            current?.hasBroken = false
            return .broken(at: position)
        case .loadFailed: return .failed(play.entry)
        case .cleanup, .stopped, .replaced, .unknown: return .lost
        }
    }

    private mutating func formerEnd(of mark: PlayMark?, _ reason: TrackEndReason) -> End {
        guard let mark, let index = former.lastIndex(where: { $0.id == mark.play }) else {
            return .unknown
        }
        let play = former.remove(at: index)
        // The same entry goes on as another play.
        if current?.entry.id == play.entry.id, reason == .replaced { return .unknown }
        return .former(play.entry)
    }

    /// The track broke; the end that follows, or comes first, is what is acted on.
    mutating func broke() { current?.hasBroken = true }

    /// Whether a stuck track may be helped by one more step forward.
    mutating func stepsForward(_ limits: Limits) -> Bool {
        guard let play = current, play.stuckSteps < limits.stuckSteps,
            !play.entry.track.isStream
        else { return false }
        current?.stuckSteps += 1
        return true
    }
}
