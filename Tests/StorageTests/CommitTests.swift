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
    private func hold(_ store: SQLiteStore) async -> DispatchSemaphore {
        let gate = DispatchSemaphore(value: 0)
        await withCheckedContinuation { continuation in
            store.commit([], of: Sample.radio) { _ in
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

    @Test("write one row when a track is appended to a queue of 10,000")
    func append() async throws {
        let store = try directory.open()
        let guild = try Sample.guild(1)
        let queue = try (UInt64(1)...10_000).map { try Sample.entry($0) }
        try await store.commit([.player(try Sample.player(1)), .entries(guild, queue)])
        let before = store.statistics.rowsWritten
        #expect(before == 10_001)
        try await store.commit([.entries(guild, [try Sample.entry(10_001)])])
        #expect(store.statistics.rowsWritten - before == 1)
        try await store.commit([.removeEntries(guild, [EntryID(1)])])
        #expect(store.statistics.rowsWritten - before == 2)
        try await store.commit([.place(guild, milliseconds: 7, reported: 8)])
        #expect(store.statistics.rowsWritten - before == 3)
        #expect(try store.load()[Sample.radio]?.players.first?.queue.count == 10_000)
    }

    @Test("are refused by name when too much waits, and taken again afterwards")
    func busy() async throws {
        var limits = StorageLimits()
        limits.pendingRows = 10
        let store = try directory.open(limits: limits)
        let gate = await hold(store)
        let results = Mutex<[Result<Void, StorageError>]>([])
        for number in UInt64(1)...15 {
            store.commit([.player(try Sample.player(number))], of: Sample.radio) { result in
                results.withLock { $0.append(result) }
            }
        }
        gate.signal()
        try await store.probe()
        let kinds = results.withLock { $0 }.map { result -> StorageError.Kind? in
            switch result {
            case .success: nil
            case .failure(let error): error.kind
            }
        }
        #expect(kinds.filter { $0 == nil }.count == 10)
        #expect(kinds.filter { $0 == .busy(limit: 10) }.count == 5)
        #expect(try store.load()[Sample.radio]?.players.count == 10)
        try await store.commit([.player(try Sample.player(99))])
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

    @Test("fail when the disk is full; reading goes on, and it recovers by itself")
    func full() async throws {
        var limits = StorageLimits()
        limits.filePages = 60
        let store = try directory.open(limits: limits)
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
        try await store.commit([.player(try Sample.player(3))])
        #expect(store.failure == nil)
        #expect(try store.load()[Sample.radio]?.players.count == 2)
    }

    @Test("fail together, and one by one succeed but for the one at fault")
    func failTogether() async throws {
        var limits = StorageLimits()
        limits.filePages = 60
        let store = try directory.open(limits: limits)
        let queue = try (UInt64(1)...1000).map { try Sample.entry($0) }
        let batches: [[StoreChange]] = [
            [.player(try Sample.player(1))], [.entries(try Sample.guild(2), queue)],
            [.player(try Sample.player(3))],
        ]
        let gate = await hold(store)
        let failures = Mutex<[StorageError.Kind]>([])
        for batch in batches {
            store.commit(batch, of: Sample.radio) { result in
                if case .failure(let error) = result { failures.withLock { $0.append(error.kind) } }
            }
        }
        gate.signal()
        // The probe may have come into the same transaction, and fails with it.
        try? await store.probe()
        #expect(failures.withLock { $0.prefix(3) } == [.diskFull, .diskFull, .diskFull])
        try await store.commit(batches[0])
        await #expect(throws: StorageError.self) { try await store.commit(batches[1]) }
        try await store.commit(batches[2])
        #expect(try store.load()[Sample.radio]?.players.map(\.player.guild.rawValue) == [1, 3])
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
        var limits = StorageLimits()
        limits.filePages = 60
        let store = try directory.open(limits: limits)
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
