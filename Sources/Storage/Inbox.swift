import Control
import Lavalink

/// What waits to be written.
struct Inbox: Sendable {
    /// What became of a batch that was offered.
    enum Answer: Sendable, Equatable {
        /// It is the first that waits: the writer must be called.
        case callWriter
        /// It waits with others.
        case waits
        /// Too much waits; its bot has a gap from here on.
        case refused(StorageError)
        case closed
    }

    /// Where a change stands among what waits.
    private struct Spot {
        var batch: Int
        var change: Int
    }

    private let limits: StorageLimits
    /// The file, for what a refusal says.
    private let path: String
    private var batches: [Batch] = []
    /// The place of each player that nothing else of the player follows: a newer one takes its
    /// room, so that spots do not pile up.
    private var spots: [BotName: [GuildID: Spot]] = [:]
    /// Bots whose gap stands among what waits, and nothing behind it that would mend it.
    private var refusedBots: [BotName: StorageError] = [:]
    private(set) var rows = 0
    private var bytes = 0
    private var isClosed = false

    init(limits: StorageLimits, path: String) {
        self.limits = limits
        self.path = path
    }

    /// Takes a batch if there is room, and none of its bot was refused before it.
    ///
    /// The limits are for what waits already, so that a batch of any size finds its way into an
    /// empty inbox.
    mutating func offer(_ batch: Batch) -> Answer {
        guard !isClosed else { return .closed }
        switch batch.work {
        case .probe: break
        case .changes, .everything, .refused:
            if case .changes = batch.work, let failure = refusedBots[batch.bot] {
                return .refused(failure)
            }
            if let reached { return refuse(batch.bot, StorageError(.busy(reached), path: path)) }
        }
        add(batch)
        return batches.count == 1 ? .callWriter : .waits
    }

    /// The limit that what waits has reached.
    private var reached: StorageError.PendingLimit? {
        if rows >= limits.pendingRows { return .rows(limits.pendingRows) }
        return bytes >= limits.pendingBytes ? .bytes(limits.pendingBytes) : nil
    }

    /// One mark is enough, however many batches are refused; they are answered at once.
    private mutating func refuse(_ bot: BotName, _ failure: StorageError) -> Answer {
        if refusedBots.updateValue(failure, forKey: bot) == nil {
            batches.append(Batch(work: .refused(failure), bot: bot) { _ in })
        }
        return .refused(failure)
    }

    private mutating func add(_ batch: Batch) {
        var batch = batch
        switch batch.work {
        case .changes(let changes): batch.work = .changes(gather(changes, of: batch.bot))
        case .everything:
            spots[batch.bot] = nil
            refusedBots[batch.bot] = nil
        case .probe, .refused: break
        }
        batches.append(batch)
        rows += batch.rows
        bytes += batch.bytes
    }

    /// Gives new spots to those that wait already; returns the rest of the changes.
    private mutating func gather(_ changes: [StoreChange], of bot: BotName) -> [StoreChange] {
        var spots = self.spots.removeValue(forKey: bot) ?? [:]
        defer { self.spots[bot] = spots }
        var rest: [StoreChange] = []
        for change in changes {
            switch change {
            case .position(let guild, _, _):
                if let spot = spots[guild], spot.batch < batches.count {
                    batches[spot.batch].replace(spot.change, by: change)
                    continue
                }
                spots[guild] = Spot(batch: batches.count, change: rest.count)
            case .player(let player): spots[player.guild] = nil
            case .removePlayer(let guild), .entries(let guild, _): spots[guild] = nil
            case .removeAllPlayers: spots = [:]
            case .ranks, .removeEntries, .removeAllEntries, .session: break
            }
            rest.append(change)
        }
        return rest
    }

    mutating func takeAll() -> [Batch] {
        defer {
            batches = []
            spots = [:]
            refusedBots = [:]
            rows = 0
            bytes = 0
        }
        return batches
    }

    mutating func close() { isClosed = true }
}

extension Batch {
    fileprivate mutating func replace(_ index: Int, by change: StoreChange) {
        guard case .changes(var changes) = work else { return }
        work = .changes([])  // else the array would be copied
        changes[index] = change
        work = .changes(changes)
    }
}
