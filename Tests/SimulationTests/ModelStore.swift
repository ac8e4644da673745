import Control
import Lavalink
import Support

/// A store, and the ledger before it: batches of changes become durable in their order or fail, and
/// answers wait for what was handed over before them.
///
/// After a failure nothing is taken but everything anew; commands that change something are refused
/// until that is kept.
struct ModelStore {
    fileprivate enum Content {
        case changes([StoreChange])
        case everything(SavedBot)
    }

    private struct Batch {
        var number: Int
        var content: Content
        var mark: Checks.Mark
    }

    private struct Held {
        var number: Int
        var ticket: UInt64
        var verdict: Verdict
    }

    /// Whether what is committed now fails.
    var fails = false
    private(set) var committed = Shelf()
    /// What is accounted for in it.
    private(set) var committedMark: Checks.Mark?
    private var batches: [Batch] = []
    /// A batch was lost: what came behind it would leave a hole.
    private var hasGap = false

    // The ledger.
    private var handedOver = 0
    private var settled = 0
    private var held: [Held] = []
    private var rescueNumber: Int?
    private var hasFailed = false
    /// Changes that were to be kept and not handed over.
    private var isBehind = false

    /// Whether commands that change something are refused.
    var isRefusing: Bool { hasFailed }

    var needsRescue: Bool { hasFailed && rescueNumber == nil }

    /// Whether everything that was to be kept is.
    var isKept: Bool { !hasGap && !isBehind }

    /// Whether the changes were handed over: while the store fails they wait for a rescue.
    mutating func persist(_ changes: [StoreChange], _ mark: Checks.Mark) -> Bool {
        guard !hasFailed || rescueNumber != nil else {
            isBehind = true
            return false
        }
        handedOver += 1
        batches.append(Batch(number: handedOver, content: .changes(changes), mark: mark))
        return true
    }

    mutating func rescue(_ everything: SavedBot, _ mark: Checks.Mark) {
        handedOver += 1
        rescueNumber = handedOver
        isBehind = false
        batches.append(Batch(number: handedOver, content: .everything(everything), mark: mark))
    }

    /// An answer: nil when it has to wait for what was handed over before it.
    mutating func take(_ ticket: UInt64, _ verdict: Verdict) -> Verdict? {
        var verdict = verdict
        if needsRescue, verdict.isSuccess, verdict.promisesChange { verdict = verdict.unkept }
        guard handedOver > settled else { return verdict }
        held.append(Held(number: handedOver, ticket: ticket, verdict: verdict))
        return nil
    }

    /// Commits everything that waits, and gives the answers that are due.
    mutating func commit() -> [(UInt64, Verdict)] {
        var due: [(UInt64, Verdict)] = []
        var kept = Shelf()
        swap(&kept, &committed)
        for batch in batches {
            let isLost = isLost(batch)
            if !isLost {
                kept.apply(batch.content)
                committedMark = batch.mark
            }
            settle(batch.number, isLost: isLost)
            while let first = held.first, first.number <= batch.number {
                held.removeFirst()
                let isBroken = isLost && first.verdict.isSuccess
                due.append((first.ticket, isBroken ? first.verdict.unkept : first.verdict))
            }
        }
        batches = []
        swap(&kept, &committed)
        return due
    }

    private mutating func isLost(_ batch: Batch) -> Bool {
        if case .everything = batch.content {
            if !fails { hasGap = false }
            return fails
        }
        if fails { hasGap = true }
        return hasGap
    }

    private mutating func settle(_ number: Int, isLost: Bool) {
        settled = max(settled, number)
        if isLost { hasFailed = true }
        guard number == rescueNumber else { return }
        rescueNumber = nil
        if !isLost { hasFailed = false }
    }

    /// A new life: nothing that was not committed is there, and nobody knows of a failure.
    mutating func programStarted() {
        let (committed, mark, fails) = (committed, committedMark, fails)
        self = ModelStore()
        self.committed = committed
        committedMark = mark
        self.fails = fails
    }
}

extension Shelf {
    fileprivate mutating func apply(_ content: ModelStore.Content) {
        switch content {
        case .changes(let changes): for change in changes { apply(change) }
        case .everything(let bot): self = Shelf(bot)
        }
    }

    init(_ bot: SavedBot) {
        self.init()
        for (node, session) in bot.sessions { apply(.session(node, session)) }
        for saved in bot.players {
            apply(.player(saved.player))
            apply(.entries(saved.player.guild, saved.queue))
        }
    }
}
