import Control
import Lavalink

/// What a player's queue must be, by the contract's words alone: small enough to be read at once.
struct Book: Equatable {
    /// An entry; a new one has no name before its fleet gives it one.
    enum Slot: Equatable {
        case known(EntryID)
        case new(encoded: String)
    }

    enum Cause {
        /// The track is over.
        case ended
        /// The track could not be played.
        case failed
        /// Somebody wants the next one.
        case skipped
    }

    /// Failures within the window that suspend a queue.
    static let budget = 3
    static let window: Duration = .seconds(35)
    /// Stuck places of one track that are stepped over.
    static let steps = 3

    private(set) var current: Slot?
    private(set) var waiting: [Slot] = []
    var loop = LoopMode.none
    private(set) var isSuspended = false
    private var failures: [Instant] = []
    /// Of what plays now: stuck places so far, the play that broke, and whether it was played
    /// again.
    private(set) var stuck = 0
    private(set) var brokenPlay: PlayID?
    private(set) var wasReplayed = false

    init() {}

    /// A player as it was kept.
    init(current: EntryID?, waiting: [EntryID], loop: LoopMode) {
        self.current = current.map { .known($0) }
        self.waiting = waiting.map { .known($0) }
        self.loop = loop
    }

    /// What a store has of it: failures and the suspension after them are not kept.
    var kept: Book {
        var book = Book()
        (book.current, book.waiting, book.loop) = (current, waiting, loop)
        return book
    }

    private mutating func begin(_ slot: Slot?) {
        current = slot
        // What plays is not suspended.
        if slot != nil { isSuspended = false }
        stuck = 0
        brokenPlay = nil
        wasReplayed = false
    }

    private mutating func beginNext() { begin(waiting.isEmpty ? nil : waiting.removeFirst()) }

    // MARK: Commands

    mutating func enqueue(_ new: [Slot], at index: Int?) {
        waiting.insert(contentsOf: new, at: min(max(index ?? waiting.count, 0), waiting.count))
        if current == nil, !isSuspended, !new.isEmpty { beginNext() }
    }

    mutating func play(_ slot: Slot) {
        forgive()
        begin(slot)
    }

    mutating func skip() {
        forgive()
        advance(.skipped)
    }

    mutating func stop() { begin(nil) }

    /// A whole state from outside; what is over already is gone on from.
    mutating func restore(_ slot: Slot?, isOver: Bool, _ queue: [Slot], loop: LoopMode?) {
        waiting = queue
        if let loop { self.loop = loop }
        begin(slot)
        if slot != nil, isOver { advance(.ended) }
    }

    private mutating func forgive() {
        isSuspended = false
        failures = []
    }

    // MARK: What happens on a node

    mutating func advance(_ cause: Cause) {
        let over = current
        if let over, loop == .queue, cause != .failed { waiting.append(over) }
        if let over, loop == .track, cause == .ended { return begin(over) }
        beginNext()
    }

    /// The same after one more failure, which may be the last that is borne.
    mutating func fail(at now: Instant) {
        failures.removeAll { $0.duration(to: now) > Self.window }
        failures.append(now)
        guard failures.count >= Self.budget else { return advance(.failed) }
        isSuspended = true
        begin(nil)
    }

    mutating func gotStuck() { stuck += 1 }
    mutating func broke(_ play: PlayID) { brokenPlay = play }

    mutating func replay() {
        brokenPlay = nil
        wasReplayed = true
    }

    // MARK: What a fleet has

    /// The same with the names that the fleet gave; nil when the fleet has something else.
    func matched(to look: PlayerLook) -> Book? {
        guard loop == look.loop, isSuspended == look.isSuspended,
            waiting.count == look.queue.count
        else { return nil }
        var book = self
        switch (current, look.entry, look.encoded) {
        case (nil, nil, _): break
        case (let slot?, let entry?, let encoded?):
            guard fits(slot, entry, encoded) else { return nil }
            book.current = .known(entry)
        default: return nil
        }
        for (index, entry) in look.queue.enumerated() {
            guard let track = entry.resolved?.track,
                fits(waiting[index], entry.id, track.encoded)
            else { return nil }
            book.waiting[index] = .known(entry.id)
        }
        return book
    }

    private func fits(_ slot: Slot, _ entry: EntryID, _ encoded: String) -> Bool {
        switch slot {
        case .known(let id): id == entry
        case .new(let text): text == encoded
        }
    }
}
