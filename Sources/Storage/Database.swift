import Control
import Lavalink

/// The open file with its statements: applies changes, reads everything.
struct Database: ~Copyable {
    let connection: Connection
    let lock: FileLock
    let sessions: SessionTable
    let players: PlayerTable
    let positions: PositionTable
    let entries: EntryTable
    let stamp: Statement

    /// Opens the file, or makes it; one that is not right is refused and left as it is.
    static func open(
        _ path: String,
        limits: StorageLimits
    ) throws(StorageError) -> Database {
        try Inspection.makeOrFind(path)
        let lock = try FileLock(beside: path)
        try Inspection.inspect(path, limits: limits)
        let connection = try Connection.open(path, for: .writing)
        try configure(connection, limits)
        try Schema.migrate(connection)
        let sessions = try SessionTable(connection)
        let players = try PlayerTable(connection)
        let positions = try PositionTable(connection)
        let entries = try EntryTable(connection)
        let stamp = try connection.prepare(
            """
            INSERT INTO meta (key, value) VALUES ('probe', '1')
            ON CONFLICT (key) DO UPDATE SET value = value + 1
            """
        )
        return Database(
            connection: connection,
            lock: lock,
            sessions: sessions,
            players: players,
            positions: positions,
            entries: entries,
            stamp: stamp
        )
    }

    /// With `synchronous = FULL` a commit has reached the disk when it returns; with `NORMAL`, 182
    /// of 197 acknowledged commits were gone after a power cut.
    private static func configure(
        _ connection: borrowing Connection,
        _ limits: StorageLimits
    ) throws(StorageError) {
        connection.wait(milliseconds: limits.lockWaitMilliseconds)
        let mode = try connection.texts("PRAGMA journal_mode = WAL")
        guard mode == ["wal"] else {
            throw StorageError(
                .cannotOpen,
                path: connection.path,
                message: "its file system does not support a write-ahead log"
            )
        }
        try connection.execute("PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA foreign_keys = ON")
        _ = try connection.integer("PRAGMA wal_autocheckpoint = \(limits.logPages)")
        _ = try connection.integer("PRAGMA journal_size_limit = \(limits.logBytes)")
        try connection.execute("PRAGMA cache_size = \(limits.cachedPages)")
        if let pages = limits.filePages {
            _ = try connection.integer("PRAGMA max_page_count = \(pages)")
        }
    }

    /// Makes everything durable in one transaction, or nothing of it.
    func commit(_ batches: [Batch]) throws(StorageError) {
        try connection.transaction { () throws(StorageError) in
            for batch in batches { try apply(batch) }
        }
    }

    private func apply(_ batch: Batch) throws(StorageError) {
        switch batch.work {
        case .changes(let changes):
            for change in changes { try apply(change, of: batch.bot) }
        case .everything(let state): try replaceAll(of: batch.bot, with: state)
        case .probe: try stamp.run()
        case .refused(let failure): throw failure
        }
    }

    private func apply(_ change: StoreChange, of bot: BotName) throws(StorageError) {
        switch change {
        case .player(let player): try put(player, of: bot)
        case .position(let guild, let milliseconds, let reported):
            try positions.set(milliseconds, reported: reported, of: guild, of: bot)
        case .removePlayer(let guild): try players.remove(guild, of: bot)
        case .entries(let guild, let ranked):
            try players.ensure(guild, of: bot)
            try positions.ensure(guild, of: bot)
            for entry in ranked { try entries.put(entry, in: guild, of: bot) }
        case .ranks(let guild, let ranks):
            for rank in ranks { try entries.setRank(rank, in: guild, of: bot) }
        case .removeEntries(let guild, let ids):
            for id in ids { try entries.remove(id, in: guild, of: bot) }
        case .removeAllEntries(let guild): try entries.removeAll(in: guild, of: bot)
        case .session(let node, let session): try sessions.set(session, on: node, of: bot)
        case .removeAllPlayers: try players.removeAll(of: bot)
        }
    }

    private func put(_ player: PlayerRecord, of bot: BotName) throws(StorageError) {
        try players.put(player, of: bot)
        try positions.put(player, of: bot)
    }

    private func replaceAll(of bot: BotName, with state: SavedBot) throws(StorageError) {
        try players.removeAll(of: bot)
        try sessions.removeAll(of: bot)
        for (node, session) in state.sessions { try sessions.set(session, on: node, of: bot) }
        for saved in state.players {
            try put(saved.player, of: bot)
            for entry in saved.queue { try entries.put(entry, in: saved.player.guild, of: bot) }
        }
    }

    /// Everything that is kept, of all bots.
    func load() throws(StorageError) -> [BotName: SavedBot] {
        var bots: [BotName: SavedBot] = [:]
        try sessions.forEach { bot, node, session in
            bots[bot, default: SavedBot()].sessions[node] = session
        }
        let queues = try loadQueues()
        try players.forEach { bot, player in
            let queue = queues[bot]?[player.guild] ?? []
            bots[bot, default: SavedBot()].players.append(SavedPlayer(player: player, queue: queue))
        }
        return bots
    }

    private func loadQueues() throws(StorageError) -> [BotName: [GuildID: [RankedEntry]]] {
        var queues: [BotName: [GuildID: [RankedEntry]]] = [:]
        // The entries of one queue come together; each is kept in no more room than it needs.
        var (owner, queue): ((bot: BotName, guild: GuildID)?, [RankedEntry]) = (nil, [])
        func endQueue() {
            guard let owner else { return }
            var whole: [RankedEntry] = []
            whole.reserveCapacity(queue.count)
            whole += queue
            queues[owner.bot, default: [:]][owner.guild] = whole
            queue.removeAll(keepingCapacity: true)
        }
        try entries.forEach { bot, guild, entry in
            if owner?.guild != guild || owner?.bot != bot {
                endQueue()
                owner = (bot, guild)
            }
            queue.append(entry)
        }
        endQueue()
        return queues
    }
}
