import Control
import Lavalink
import Storage
import Synchronization
import Testing
import Wire

/// What every store must do, in a file or not.
@Suite("A store")
struct StoreTests {
    enum Kind: CaseIterable, Sendable { case file, memory }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func store(_ kind: Kind) throws -> any Store {
        switch kind {
        case .file: try directory.open()
        case .memory: InMemoryStore()
        }
    }

    @Test("is empty at first", arguments: Kind.allCases)
    func empty(kind: Kind) throws {
        #expect(try store(kind).load().isEmpty)
    }

    @Test("gives back everything as it was", arguments: Kind.allCases)
    func roundTrip(kind: Kind) async throws {
        let store = try store(kind)
        var bot = SavedBot()
        bot.sessions = [NodeName("main"): "abc", NodeName("ünı"): "d\"e"]
        bot.players = [
            SavedPlayer(
                player: try Sample.player(1),
                queue: [try Sample.entry(1), try Sample.entry(2), try Sample.entry(3)]
            ),
            SavedPlayer(player: PlayerRecord(guild: try Sample.guild(UInt64(Int64.max)))),
        ]
        try await store.commit([
            .session(NodeName("main"), "abc"), .session(NodeName("ünı"), "d\"e"),
            .player(bot.players[0].player), .entries(try Sample.guild(1), bot.players[0].queue),
            .player(bot.players[1].player),
        ])
        let loaded = try store.load()
        #expect(loaded == [Sample.radio: bot])
        let row = try #require(loaded[Sample.radio]?.players.first?.queue.first)
        let track = try #require(row.entry.resolved?.track)
        #expect(track.infoRaw == bot.players[0].queue[0].entry.resolved?.track.infoRaw)
        #expect(track.otherMembers.map(\.value.description) == [#"{"x" :null}"#])
    }

    @Test("is tried with a player that differs from a new one in everything")
    func sampleIsWhole() throws {
        let sample = Mirror(reflecting: try Sample.player(1)).children
        let fresh = Mirror(reflecting: PlayerRecord(guild: try Sample.guild(2))).children
        for (left, right) in zip(sample, fresh) {
            #expect(
                String(describing: left.value) != String(describing: right.value),
                "\(left.label ?? "")"
            )
        }
    }

    @Test("keeps bots apart, also in the same guild", arguments: Kind.allCases)
    func bots(kind: Kind) async throws {
        let store = try store(kind)
        let guild = try Sample.guild(5)
        var quiet = PlayerRecord(guild: guild)
        quiet.volume = 3
        try await store.commit(
            [.player(try Sample.player(5)), .entries(guild, [try Sample.entry(1)])])
        try await store.commit(
            [.player(quiet), .session(NodeName("main"), "x")],
            of: Sample.disco
        )
        try await store.commit([.position(guild, milliseconds: 1, reported: 2)], of: Sample.disco)
        let loaded = try store.load()
        #expect(loaded[Sample.radio]?.players.first?.player == (try Sample.player(5)))
        #expect(loaded[Sample.disco]?.players.first?.player.position == 1)
        try await store.commit([.removeAllPlayers])
        let later = try store.load()
        #expect(later[Sample.radio]?.players.isEmpty ?? true)
        #expect(later[Sample.disco] == loaded[Sample.disco])
    }

    @Test("comes to the same as the model, whatever the changes", arguments: UInt64(0)..<25)
    func model(seed: UInt64) async throws {
        var dice = Dice(seed: seed)
        let stores: [any Store] = [try store(.file), try store(.memory)]
        var model: [BotName: SavedBot] = [:]
        for _ in 0..<30 {
            let bot = dice.roll(0...3) == 0 ? Sample.disco : Sample.radio
            let changes = try (0...dice.roll(0...5)).map { _ in try dice.change() }
            for change in changes { model[bot, default: SavedBot()].apply(change) }
            for store in stores { try await store.commit(changes, of: bot) }
        }
        for store in stores {
            let loaded = try store.load()
            for bot in [Sample.radio, Sample.disco] {
                #expect(loaded[bot] ?? SavedBot() == model[bot] ?? SavedBot(), "seed \(seed)")
            }
        }
    }

    @Test("replaces all of one bot at once", arguments: Kind.allCases)
    func replaceAll(kind: Kind) async throws {
        let store = try store(kind)
        let guild = try Sample.guild(1)
        let old: [StoreChange] = [
            .session(NodeName("old"), "s"), .player(try Sample.player(1)),
            .entries(guild, [try Sample.entry(1), try Sample.entry(2)]),
            .player(try Sample.player(2)),
        ]
        try await store.commit(old)
        try await store.commit(old, of: Sample.disco)
        let untouched = try store.load()[Sample.disco]
        var state = SavedBot()
        state.sessions = [NodeName("new"): "t"]
        state.players = [
            SavedPlayer(player: try Sample.player(1), queue: [try Sample.entry(9)]),
            SavedPlayer(player: try Sample.player(3)),
        ]
        try await store.replaceAll(of: Sample.radio, with: state)
        #expect(try store.load() == [Sample.radio: state, Sample.disco: try #require(untouched)])
        try await store.replaceAll(of: Sample.radio, with: SavedBot())
        #expect(try store.load()[Sample.radio] ?? SavedBot() == SavedBot())
    }

    @Test("makes the player of entries that come before it", arguments: Kind.allCases)
    func entriesFirst(kind: Kind) async throws {
        let store = try store(kind)
        let guild = try Sample.guild(8)
        try await store.commit([.entries(guild, [try Sample.entry(1)])])
        let saved = try store.load()[Sample.radio]?.players.first
        #expect(saved?.player == PlayerRecord(guild: guild))
        #expect(saved?.queue == [try Sample.entry(1)])
        try await store.commit([.player(try Sample.player(8))])
        #expect(try store.load()[Sample.radio]?.players.first?.queue.count == 1)
    }

    @Test("orders a queue by rank, not by age", arguments: Kind.allCases)
    func rank(kind: Kind) async throws {
        let store = try store(kind)
        let guild = try Sample.guild(1)
        let ranks: [(UInt64, Int64)] = [
            (1, 0), (2, 1024), (3, -5), (.max, .max), (4, .min), (5, 512),
        ]
        try await store.commit(
            [.entries(guild, try ranks.map { try Sample.entry($0.0, rank: $0.1) })])
        try await store.commit([.entries(guild, [try Sample.entry(2, rank: -1)])])
        try await store.commit([.removeEntries(guild, [EntryID(5), EntryID(77)])])
        let queue = try store.load()[Sample.radio]?.players.first?.queue
        #expect(queue?.map(\.entry.id.rawValue) == [4, 3, 2, 1, .max])
    }

    @Test("runs completions in the order of the calls, one at a time", arguments: Kind.allCases)
    func order(kind: Kind) async throws {
        let store = try store(kind)
        let seen = Mutex<[Int]>([])
        for number in 0..<500 {
            store.commit(
                [.position(try Sample.guild(1), milliseconds: Int64(number), reported: 0)],
                of: Sample.radio
            ) { result in
                if case .success = result { seen.withLock { $0.append(number) } }
            }
        }
        try await store.probe()
        #expect(seen.withLock { $0 } == Array(0..<500))
    }

    @Test(
        "keeps what it was given before it closes, and refuses what comes later",
        arguments: Kind.allCases
    )
    func closing(kind: Kind) async throws {
        let store = try store(kind)
        let kept = Mutex(0)
        for number in UInt64(1)...50 {
            store.commit([.player(try Sample.player(number))], of: Sample.radio) { result in
                if case .success = result { kept.withLock { $0 += 1 } }
            }
        }
        store.close()
        #expect(kept.withLock { $0 } == 50)
        let error = await #expect(throws: StorageError.self) { try await store.commit([]) }
        #expect(error?.kind == .closed)
        #expect(throws: StorageError.self) { try store.load() }
        store.close()
    }

    @Test("answers a probe", arguments: Kind.allCases)
    func probe(kind: Kind) async throws {
        let store = try store(kind)
        try await store.probe()
        try await store.probe()
        #expect(store.failure == nil)
        #expect(try store.load().isEmpty)
    }
}

@Suite("A store in memory")
struct InMemoryStoreTests {
    @Test("fails as it is told, keeps nothing of it, and recovers")
    func script() async throws {
        let store = InMemoryStore([Sample.disco: SavedBot()])
        let full = StorageError(.diskFull, path: "memory")
        store.fail(with: full)
        let error = await #expect(throws: StorageError.self) {
            try await store.commit([.player(try Sample.player(1))])
        }
        #expect(error == full)
        #expect(store.failure == full)
        #expect(throws: full) { try store.load() }
        store.fail(with: nil)
        #expect(try store.load() == [Sample.disco: SavedBot()])
        await #expect(throws: full) { try await store.commit([.player(try Sample.player(1))]) }
        try await store.commit([.player(try Sample.player(1))], of: Sample.disco)
        #expect(store.failure == full)
        try await store.replaceAll(of: Sample.radio, with: SavedBot())
        try await store.commit([.player(try Sample.player(1))])
        #expect(store.failure == nil)
        #expect(store.statistics.transactions == 3)
        #expect(store.statistics.failures == 1)
    }
}
