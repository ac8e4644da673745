import Lavalink

/// Former sessions of ours that may still play on a node although their sockets are dead.
///
/// After a half-open death the old session plays beside the new one (`lavalink-v4.md` §3.4): its
/// players are deleted through it, one session after the other, before the new one has any.
package struct OrphanedSessions: Sendable {
    /// What is to be done next.
    enum Step: Equatable {
        case readPlayers(session: String)
        case delete([GuildID], session: String)
        /// Answers are still to come.
        case wait
        /// The session that is looked at could not be silenced; it is looked at again later.
        case failed
        /// No orphaned session is left.
        case done
    }

    /// The oldest first.
    package private(set) var sessions: [String] = []
    private let limit: Int
    private let deletionsAtOnce: Int
    private var deletion: Deletion?

    /// The players of the first session that are still to be deleted.
    private struct Deletion {
        /// The next one last.
        var waiting: [GuildID]
        var inFlight = 0
        var hasFailed = false
    }

    /// - Parameters:
    ///   - limit: sessions that are remembered; above, the oldest is forgotten.
    ///   - deletionsAtOnce: players of one that are deleted at the same time.
    init(limit: Int, deletionsAtOnce: Int) {
        self.limit = limit
        self.deletionsAtOnce = deletionsAtOnce
    }

    var isEmpty: Bool { sessions.isEmpty }

    /// A session is followed by another one; the new one is no orphan.
    mutating func add(_ former: String?, followedBy session: String) {
        sessions.removeAll { $0 == session }
        deletion = nil
        guard let former, former != session, !sessions.contains(former) else { return }
        sessions.append(former)
        if sessions.count > limit { sessions.removeFirst() }
    }

    /// Begins with the first, or begins again.
    mutating func start() -> Step {
        deletion = nil
        return sessions.first.map { .readPlayers(session: $0) } ?? .done
    }

    /// Answers that are still to come are of no interest any more.
    mutating func stop() { deletion = nil }

    /// What the first session has; nothing when it is gone, or waits for its end in silence.
    mutating func found(_ players: [GuildID]) -> Step {
        guard !players.isEmpty else { return removeFirst() }
        deletion = Deletion(waiting: players.reversed())
        return delete()
    }

    /// One of its players was deleted, or could not be.
    mutating func deleted(_ succeeded: Bool) -> Step {
        guard deletion != nil else { return .wait }
        deletion?.inFlight -= 1
        if !succeeded { deletion?.hasFailed = true }
        return delete()
    }

    private mutating func delete() -> Step {
        guard var current = deletion, let session = sessions.first else { return .done }
        var guilds: [GuildID] = []
        while current.inFlight < deletionsAtOnce, let guild = current.waiting.popLast() {
            current.inFlight += 1
            guilds.append(guild)
        }
        deletion = current
        if !guilds.isEmpty { return .delete(guilds, session: session) }
        guard current.inFlight == 0 else { return .wait }
        deletion = nil
        return current.hasFailed ? .failed : removeFirst()
    }

    private mutating func removeFirst() -> Step {
        if !sessions.isEmpty { sessions.removeFirst() }
        return start()
    }

    var invariant: Bool {
        guard sessions.count <= limit, Set(sessions).count == sessions.count else { return false }
        guard let deletion else { return true }
        return !sessions.isEmpty && (1...deletionsAtOnce).contains(deletion.inFlight)
    }
}
