import Control
import Dispatch
import Lavalink
import Synchronization
import Testing

@testable import Storage

@Suite("The commits of a store")
struct CommitTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Keeps the store's queue busy until the semaphore is signalled.
    private func hold(
        _ store: SQLiteStore,
        of bot: BotName = Sample.radio
    ) async -> DispatchSemaphore {
        let gate = DispatchSemaphore(value: 0)
        await withCheckedContinuation { continuation in
            store.commit([], of: bot) { _ in
                continuation.resume()
                gate.wait()
            }
        }
        return gate
    }

    @Test("take together whatever has gathered")
    func grouped() async throws {
        let store = try directory.open()
        let gate = await hold(store)
        let before = store.statistics
        for number in UInt64(1)...500 {
            store.commit([.player(try Sample.player(number))], of: Sample.radio) { _ in }
        }
        #expect(store.statistics.pendingRows == 500)
        gate.signal()
        try await store.probe()
        let after = store.statistics
        #expect(after.batches - before.batches >= 500)
        #expect(after.transactions - before.transactions <= 3)
        #expect(after.pendingRows == 0)
        #expect(try store.load()[Sample.radio]?.players.count == 500)
    }

    @Test("write one row when an entry of a queue of 10,000 is added, moved or taken")
    func append() async throws {
        let store = try directory.open()
        let guild = try Sample.guild(1)
        let queue = try (UInt64(1)...10_000).map { try Sample.entry($0) }
        try await store.commit([.player(try Sample.player(1)), .entries(guild, queue)])
        let before = store.statistics.rowsWritten
        #expect(before == 10_002)  // with the player's position
        try await store.commit([.entries(guild, [try Sample.entry(10_001)])])
        #expect(store.statistics.rowsWritten - before == 1)
        try await store.commit([.removeEntries(guild, [EntryID(1)])])
        #expect(store.statistics.rowsWritten - before == 2)
        try await store.commit([.ranks(guild, [EntryRank(entry: EntryID(5), rank: 9)])])
        #expect(store.statistics.rowsWritten - before == 3)
        try await store.commit([.position(guild, milliseconds: 7, reported: 8)])
        #expect(store.statistics.rowsWritten - before == 4)
        #expect(try store.load()[Sample.radio]?.players.first?.queue.count == 10_000)
    }

    @Test("are refused by name when too much waits, and taken again once everything was kept anew")
    func busy() async throws {
        var limits = StorageLimits()
        limits.pendingRows = 10
        let store = try directory.open(limits: limits)
        let gate = await hold(store)
        let results = Mutex<[StorageError.Kind?]>([])
        for number in UInt64(1)...14 {
            store.commit([.player(try Sample.player(number))], of: Sample.radio) { result in
                results.withLock { $0.append(result.failure?.kind) }
            }
        }
        let last = await #expect(throws: StorageError.self) {
            try await store.commit([.player(try Sample.player(15))])
        }
        gate.signal()
        _ = try store.load()  // waits for what was handed over, and needs no room
        let busy = StorageError.Kind.busy(.rows(10))
        #expect(last?.kind == busy)
        #expect(
            results.withLock { $0 } == Array(repeating: busy, count: 4)
                + Array(repeating: nil, count: 10)
        )
        #expect(try store.load()[Sample.radio]?.players.count == 10)
        #expect(store.failure?.kind == busy)
        let error = await #expect(throws: StorageError.self) {
            try await store.commit([.player(try Sample.player(99))])
        }
        #expect(error?.kind == busy)
        try await store.replaceAll(of: Sample.radio, with: SavedBot())
        try await store.commit([.player(try Sample.player(99))])
        #expect(try store.load()[Sample.radio]?.players.count == 1)
        #expect(store.failure == nil)
    }

    @Test("are refused at once, also while the disk takes its time")
    func refusedAtOnce() async throws {
        var limits = StorageLimits()
        limits.pendingRows = 1
        let store = try directory.open(limits: limits)
        let gate = await hold(store)
        store.commit([.player(try Sample.player(1))], of: Sample.radio) { _ in }
        for number in UInt64(2)...4 {
            let error = await #expect(throws: StorageError.self) {
                try await store.commit([.player(try Sample.player(number))])
            }
            #expect(error?.kind == .busy(.rows(1)))
        }
        gate.signal()
        try await store.probe()
        #expect(try store.load()[Sample.radio]?.players.count == 1)
    }

    @Test("of one bot fail alone when the file is all right, and only what it has is not")
    func failAlone() async throws {
        try directory.open().close()
        do {
            let other = try Connection.open(directory.database, for: .writing)
            try other.execute(
                """
                CREATE TRIGGER picky BEFORE INSERT ON players WHEN NEW.guild = 13
                BEGIN SELECT RAISE(ABORT, 'no thirteen'); END
                """
            )
        }
        let store = try directory.open()
        let gate = await hold(store)
        let messages = Mutex<[String?]>([])
        for (name, guilds) in [("a", [1, 2]), ("b", [3, 13]), ("c", [4])] as [(String, [UInt64])] {
            let bot = BotName(name)
            let changes = try guilds.map { StoreChange.player(try Sample.player($0)) }
            store.commit(changes, of: bot) { result in
                messages.withLock { $0.append(result.failure?.message) }
            }
        }
        gate.signal()
        try await store.probe()
        #expect(messages.withLock { $0 } == [nil, "no thirteen", nil])
        let kept = try store.load().mapValues(\.players.count)
        #expect(kept == [BotName("a"): 2, BotName("c"): 1])
        #expect(store.failure?.message == "no thirteen")
        try await store.replaceAll(of: BotName("b"), with: SavedBot())
        #expect(store.failure == nil)
    }

    @Test("of any size find their way into an empty inbox")
    func oversized() async throws {
        var limits = StorageLimits()
        limits.pendingRows = 1
        let store = try directory.open(limits: limits)
        let queue = try (UInt64(1)...50).map { try Sample.entry($0) }
        try await store.commit([.entries(try Sample.guild(1), queue)])
        #expect(try store.load()[Sample.radio]?.players.first?.queue.count == 50)
    }

    private var small: StorageLimits {
        var limits = StorageLimits()
        limits.filePages = 60
        return limits
    }

    @Test("fail when the disk is full; reading goes on, and sending everything mends it")
    func full() async throws {
        let store = try directory.open(limits: small)
        try await store.commit([.player(try Sample.player(1))])
        let kept = try store.load()
        let queue = try (UInt64(1)...1000).map { try Sample.entry($0) }
        let error = await #expect(throws: StorageError.self) {
            try await store.commit([
                .player(try Sample.player(2)), .entries(try Sample.guild(1), queue),
            ])
        }
        #expect(error?.kind == .diskFull)
        #expect(store.failure == error)
        #expect(store.statistics.failures == 1)
        #expect(try store.load() == kept)
        await #expect(throws: try #require(error)) {
            try await store.commit([.player(try Sample.player(3))])
        }
        #expect(try store.load() == kept)
        var state = try #require(kept[Sample.radio])
        state.players.append(SavedPlayer(player: try Sample.player(2)))
        try await store.replaceAll(of: Sample.radio, with: state)
        try await store.commit([.player(try Sample.player(3))])
        #expect(store.failure == nil)
        #expect(try store.load()[Sample.radio]?.players.count == 3)
    }

    @Test("fail together, and each bot goes on when its own state was kept anew")
    func failTogether() async throws {
        let store = try directory.open(limits: small)
        let queue = try (UInt64(1)...1000).map { try Sample.entry($0) }
        let bots = [BotName("a"), BotName("b"), BotName("c")]
        let batches: [[StoreChange]] = [
            [.player(try Sample.player(1))], [.entries(try Sample.guild(2), queue)],
            [.player(try Sample.player(3))],
        ]
        let gate = await hold(store)
        let failures = Mutex<[StorageError.Kind?]>([])
        for (bot, batch) in zip(bots, batches) {
            store.commit(batch, of: bot) { result in
                failures.withLock { $0.append(result.failure?.kind) }
            }
        }
        gate.signal()
        // The probe may have come into the same transaction, and fails with it.
        try? await store.probe()
        #expect(failures.withLock { $0 } == [.diskFull, .diskFull, .diskFull])
        for bot in bots { try await store.replaceAll(of: bot, with: SavedBot()) }
        try await store.commit(batches[0], of: bots[0])
        await #expect(throws: StorageError.self) { try await store.commit(batches[1], of: bots[1]) }
        try await store.commit(batches[2], of: bots[2])
        let loaded = try store.load()
        #expect(loaded.keys.sorted() == [bots[0], bots[2]])
    }

    @Test("that stand behind a failed one in the inbox fail too, up to the next replacement")
    func behindAFailure() async throws {
        let store = try directory.open(limits: small)
        let queue = try (UInt64(1)...1000).map { try Sample.entry($0) }
        var state = SavedBot()
        state.players = [SavedPlayer(player: try Sample.player(7))]
        await #expect(throws: StorageError.self) {
            try await store.commit([.entries(try Sample.guild(2), queue)])
        }
        let gate = await hold(store, of: Sample.disco)
        let failures = Mutex<[StorageError.Kind?]>([])
        let note: Store.Completion = { result in
            failures.withLock { $0.append(result.failure?.kind) }
        }
        store.commit([.player(try Sample.player(5))], of: Sample.radio, then: note)
        store.commit([.player(try Sample.player(6))], of: Sample.disco, then: note)
        store.replaceAll(of: Sample.radio, with: state, then: note)
        store.commit([.player(try Sample.player(8))], of: Sample.radio, then: note)
        gate.signal()
        try await store.probe()
        #expect(failures.withLock { $0 } == [.diskFull, nil, nil, nil])
        let loaded = try store.load()
        #expect(loaded[Sample.radio]?.players.map(\.player.guild.rawValue) == [7, 8])
        #expect(loaded[Sample.disco]?.players.map(\.player.guild.rawValue) == [6])
    }

    @Test("fail while another process holds the file, and succeed when it lets go")
    func locked() async throws {
        var limits = StorageLimits()
        limits.lockWaitMilliseconds = 20
        let store = try directory.open(limits: limits)
        let other = try Connection.open(directory.database, for: .writing)
        try other.execute("BEGIN IMMEDIATE")
        let error = await #expect(throws: StorageError.self) { try await store.probe() }
        #expect(error?.kind == .locked)
        #expect(error?.isPassing == true)
        #expect(try store.load().isEmpty)
        try other.execute("ROLLBACK")
        try await store.probe()
        #expect(store.failure == nil)
    }

    @Test("apply nothing of a replacement that fails")
    func replacement() async throws {
        let store = try directory.open(limits: small)
        try await store.commit([.player(try Sample.player(1)), .session(NodeName("n"), "s")])
        let kept = try store.load()
        var state = SavedBot()
        let queue = try (UInt64(1)...1000).map { try Sample.entry($0) }
        state.players = [SavedPlayer(player: try Sample.player(9), queue: queue)]
        await #expect(throws: StorageError.self) {
            try await store.replaceAll(of: Sample.radio, with: state)
        }
        #expect(try store.load() == kept)
    }
}

extension Result {
    fileprivate var failure: Failure? {
        switch self {
        case .success: nil
        case .failure(let failure): failure
        }
    }
}
