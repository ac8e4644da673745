import Control
import Lavalink
import Testing

@testable import Storage

@Suite("What is kept while a store fails now and then")
struct ContinuityTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What two bots have in memory, and what was acknowledged of it.
    private struct Truth {
        var memory: [BotName: SavedBot] = [:]
        var kept: [BotName: SavedBot] = [:]

        func isKept(in loaded: [BotName: SavedBot]) -> Bool {
            [Sample.radio, Sample.disco].allSatisfy {
                loaded[$0] ?? SavedBot() == kept[$0] ?? SavedBot()
            }
        }
    }

    /// One random step; true when it was acknowledged.
    private func step(_ store: any Store, _ truth: inout Truth, _ dice: inout Dice) async throws
        -> Bool
    {
        let bot = dice.roll(0...1) == 0 ? Sample.radio : Sample.disco
        do {
            if dice.roll(0...5) == 0 {
                let state = truth.memory[bot] ?? SavedBot()
                try await store.replaceAll(of: bot, with: state)
            } else {
                let changes = try (0...dice.roll(0...3)).map { _ in try dice.change() }
                for change in changes { truth.memory[bot, default: SavedBot()].apply(change) }
                try await store.commit(changes, of: bot)
            }
        } catch is StorageError {
            return false
        }
        // Whatever is acknowledged, nothing before it is missing.
        truth.kept[bot] = truth.memory[bot]
        return true
    }

    @Test("in a file is always a state that the bot had", arguments: UInt64(0)..<12)
    func file(seed: UInt64) async throws {
        var limits = StorageLimits()
        limits.lockWaitMilliseconds = 0
        let store = try directory.open(limits: limits)
        let other = try Connection.open(directory.database, for: .writing)
        var dice = Dice(seed: seed)
        var truth = Truth()
        var isHeld = false
        for _ in 0..<40 {
            if dice.roll(0...4) == 0 {
                try other.execute(isHeld ? "ROLLBACK" : "BEGIN IMMEDIATE")
                isHeld.toggle()
            }
            let isKept = try await step(store, &truth, &dice)
            #expect(!(isKept && isHeld), "seed \(seed)")
            #expect(truth.isKept(in: try store.load()), "seed \(seed)")
        }
        if isHeld { try other.execute("ROLLBACK") }
        try await mend(store, &truth)
        #expect(truth.memory[Sample.radio] == truth.kept[Sample.radio], "seed \(seed)")
    }

    @Test("in memory is always a state that the bot had", arguments: UInt64(0)..<12)
    func memory(seed: UInt64) async throws {
        let store = InMemoryStore()
        var dice = Dice(seed: seed)
        var truth = Truth()
        var isBroken = false
        for _ in 0..<60 {
            if dice.roll(0...4) == 0 {
                isBroken.toggle()
                store.fail(with: isBroken ? StorageError(.inputOutput, path: "memory") : nil)
            }
            let isKept = try await step(store, &truth, &dice)
            #expect(!(isKept && isBroken), "seed \(seed)")
            if !isBroken { #expect(truth.isKept(in: try store.load()), "seed \(seed)") }
        }
        store.fail(with: nil)
        try await mend(store, &truth)
    }

    /// What the shell does after a failure: all of it again, and then on as before.
    private func mend(_ store: any Store, _ truth: inout Truth) async throws {
        for bot in [Sample.radio, Sample.disco] {
            try await store.replaceAll(of: bot, with: truth.memory[bot] ?? SavedBot())
            truth.kept[bot] = truth.memory[bot]
        }
        #expect(store.failure == nil)
        #expect(truth.isKept(in: try store.load()))
        let change = StoreChange.player(try Sample.player(1))
        truth.kept[Sample.radio, default: SavedBot()].apply(change)
        truth.memory = truth.kept
        try await store.commit([change])
        #expect(truth.isKept(in: try store.load()))
    }
}

@Suite("The gaps in what is kept")
struct GapsTests {
    private let full = StorageError(.diskFull, path: "")

    private func batch(_ work: Batch.Work, of bot: BotName = Sample.radio) -> Batch {
        Batch(work: work, bot: bot) { _ in }
    }

    @Test("fail a bot's changes until everything is kept anew")
    func judge() {
        var gaps = Gaps()
        let before = gaps.judge(batch(.changes([]))).mayBeWritten
        gaps.lose([batch(.changes([]))], because: full)
        #expect(gaps.cause == full)
        let during = [
            gaps.judge(batch(.changes([]))), gaps.judge(batch(.changes([]), of: Sample.disco)),
            gaps.judge(batch(.probe)), gaps.judge(batch(.everything(SavedBot()))),
        ].map(\.mayBeWritten)
        #expect(gaps.cause == nil)
        let after = gaps.judge(batch(.changes([]))).mayBeWritten
        #expect([before] + during + [after] == [true, false, true, true, true, true])
    }

    @Test("come from refusals too, and again from a replacement that fails")
    func lost() {
        var gaps = Gaps()
        let everything = batch(.everything(SavedBot()))
        var verdicts = [
            gaps.judge(batch(.refused(full))), gaps.judge(batch(.changes([]))),
            gaps.judge(everything),
        ]
        gaps.lose([everything], because: full)
        verdicts.append(gaps.judge(batch(.changes([]))))
        #expect(verdicts.map(\.mayBeWritten) == [false, false, true, false])
    }

    @Test("do not come from a probe that fails")
    func probe() {
        var gaps = Gaps()
        gaps.lose([batch(.probe)], because: full)
        #expect(gaps.cause == nil)
    }
}
