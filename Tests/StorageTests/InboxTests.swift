import Control
import Testing

@testable import Storage

@Suite("An inbox")
struct InboxTests {
    private static func inbox(rows: Int = .max, bytes: Int = .max) -> Inbox {
        var limits = StorageLimits()
        limits.pendingRows = rows
        limits.pendingBytes = bytes
        return Inbox(limits: limits, path: "x")
    }

    private func busy(_ limit: StorageError.PendingLimit) -> Inbox.Answer {
        .refused(StorageError(.busy(limit), path: "x"))
    }

    private func batch(_ work: Batch.Work, of bot: BotName = Sample.radio) -> Batch {
        Batch(work: work, bot: bot) { _ in }
    }

    private func offer(
        _ changes: [StoreChange],
        to inbox: inout Inbox,
        of bot: BotName = Sample.radio
    ) -> Inbox.Answer {
        inbox.offer(batch(.changes(changes), of: bot))
    }

    private func changes(in batches: [Batch]) -> [StoreChange] {
        batches.flatMap { batch -> [StoreChange] in
            if case .changes(let changes) = batch.work { changes } else { [] }
        }
    }

    @Test("calls the writer for the first of what gathers, and counts rows")
    func gathering() throws {
        var inbox = Self.inbox(rows: 5)
        let entries = try (UInt64(1)...4).map { try Sample.entry($0) }
        let guild = try Sample.guild(1)
        var answers = [offer([.entries(guild, entries)], to: &inbox)]
        #expect(inbox.rows == 4)
        answers.append(offer([], to: &inbox))
        #expect(inbox.rows == 5)
        answers.append(offer([], to: &inbox))
        answers.append(inbox.offer(batch(.probe)))
        #expect(answers == [.callWriter, .waits, busy(.rows(5)), .waits])
        let taken = [inbox.takeAll().count, inbox.takeAll().count]
        #expect(taken == [4, 0])
        #expect(inbox.rows == 0)
        let later = offer([], to: &inbox)
        inbox.close()
        let closed = offer([], to: &inbox)
        #expect([later, closed] == [.callWriter, .closed])
    }

    @Test("marks a gap once, refuses a bot that has one, and takes what mends it")
    func refusing() throws {
        var inbox = Self.inbox(rows: 2)
        let player = StoreChange.player(try Sample.player(1))
        var answers = [offer([player], to: &inbox), offer([player], to: &inbox, of: Sample.disco)]
        for _ in 0..<100 { answers.append(offer([player], to: &inbox)) }
        #expect(answers == [.callWriter, .waits] + Array(repeating: busy(.rows(2)), count: 100))
        #expect(inbox.takeAll().count == 3)
        #expect(offer([player, player, player], to: &inbox) == .callWriter)
        #expect(offer([player], to: &inbox) == busy(.rows(2)))
        #expect(inbox.offer(batch(.everything(SavedBot()))) == busy(.rows(2)))
        #expect(inbox.takeAll().count == 2)
        #expect(inbox.offer(batch(.everything(SavedBot()))) == .callWriter)
        #expect(offer([player], to: &inbox) == .waits)
    }

    @Test("has a limit of bytes too, which queues and the tracks that play count for")
    func bytes() throws {
        let guild = try Sample.guild(1)
        let entry = try Sample.entry(1)
        var state = SavedBot()
        state.players = [SavedPlayer(player: PlayerRecord(guild: guild), queue: [entry])]
        let works: [Batch.Work] = [
            .changes([.entries(guild, [entry])]), .changes([.player(try Sample.player(1))]),
            .everything(state),
        ]
        for work in works {
            let bytes = batch(work).bytes
            #expect(bytes >= entry.entry.bytes)
            var inbox = Self.inbox(bytes: bytes)
            let answers = [
                inbox.offer(batch(work)), offer([], to: &inbox),
                offer([], to: &inbox, of: Sample.disco),
                inbox.offer(batch(.probe)),
            ]
            #expect(
                answers == [.callWriter, busy(.bytes(bytes)), busy(.bytes(bytes)), .waits]
            )
            _ = inbox.takeAll()
            #expect(inbox.offer(batch(work)) == .callWriter)
        }
        #expect(batch(.changes([.ranks(guild, [entry.entryRank])])).bytes == 0)
    }

    @Test("gives a newer place the room of the one that waits")
    func places() throws {
        var inbox = Self.inbox(rows: 1000)
        let guilds = try (UInt64(1)...50).map { try Sample.guild($0) }
        for time in Int64(0)..<20 {
            let places = guilds.map { StoreChange.position($0, milliseconds: time, reported: time) }
            _ = offer(places, to: &inbox)
        }
        #expect(inbox.rows == 20)
        let batches = inbox.takeAll()
        #expect(batches.count == 20)
        let latest = guilds.map { StoreChange.position($0, milliseconds: 19, reported: 19) }
        #expect(changes(in: batches) == latest)
    }

    @Test("keeps a place behind the change of its player that it followed")
    func order() throws {
        var inbox = Self.inbox(rows: 1000)
        let guild = try Sample.guild(1)
        let between: [StoreChange] = [
            .player(try Sample.player(1)), .removePlayer(guild), .removeAllPlayers,
            .entries(guild, [try Sample.entry(1)]),
        ]
        var all: [StoreChange] = [.position(guild, milliseconds: 0, reported: 0)]
        for (number, change) in between.enumerated() {
            all += [change, .position(guild, milliseconds: Int64(number) + 1, reported: 0)]
        }
        for change in all { _ = offer([change], to: &inbox) }
        #expect(changes(in: inbox.takeAll()) == all)
        _ = offer(all, to: &inbox)
        #expect(changes(in: inbox.takeAll()) == all)
    }

    @Test("comes to the same as the changes one by one", arguments: UInt64(0)..<50)
    func model(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var inbox = Self.inbox(rows: 1000)
        var model = SavedBot()
        for _ in 0..<40 {
            let changes = try (0...dice.roll(0...4)).map { _ in
                dice.roll(0...1) == 0
                    ? StoreChange.position(
                        try Sample.guild(dice.roll(1...4)),
                        milliseconds: Int64(dice.roll(0...999)),
                        reported: 0
                    ) : try dice.change()
            }
            for change in changes { model.apply(change) }
            _ = offer(changes, to: &inbox)
        }
        var kept = SavedBot()
        for change in changes(in: inbox.takeAll()) { kept.apply(change) }
        #expect(kept == model)
    }

    @Test("has room for more when a bot has just saved all that it may have")
    func room() throws {
        let limits = StorageLimits.standard
        #expect(limits.pendingRows >= 2 * Limits.standard.players)
        var inbox = Inbox(limits: limits, path: "")
        let guilds = try (1...UInt64(Limits.standard.players)).map { try Sample.guild($0) }
        var answers = [offer(guilds.map { .player(PlayerRecord(guild: $0)) }, to: &inbox)]
        for _ in 0..<3 {
            let places = guilds.map { StoreChange.position($0, milliseconds: 1, reported: 1) }
            answers.append(offer(places, to: &inbox))
        }
        let queue = Array(
            repeating: try Sample.entry(1),
            count: Limits.standard.entriesPerRequest
        )
        for guild in guilds.prefix(10) {
            answers.append(offer([.entries(guild, queue)], to: &inbox))
        }
        #expect(answers == [.callWriter] + Array(repeating: .waits, count: 13))
    }

    @Test("counts every kind of work by the rows it writes")
    func rows() throws {
        let guild = try Sample.guild(1)
        var state = SavedBot()
        state.players = [
            SavedPlayer(
                player: try Sample.player(1),
                queue: [try Sample.entry(1), try Sample.entry(2)]
            )
        ]
        let table: [(work: Batch.Work, rows: Int)] = [
            (.changes([]), 1), (.probe, 1), (.everything(SavedBot()), 1), (.everything(state), 4),
            (
                .changes([.removeEntries(guild, [EntryID(1), EntryID(2)]), .removePlayer(guild)]), 3
            ),
            (.changes([.session(NodeName("n"), nil), .removeAllPlayers]), 2),
            (
                .changes([.position(guild, milliseconds: 0, reported: 0), .removeAllEntries(guild)]
                ), 1
            ),
        ]
        for (work, rows) in table { #expect(batch(work).rows == rows) }
    }
}
