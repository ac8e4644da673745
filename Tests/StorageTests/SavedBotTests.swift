import Control
import Lavalink
import Storage
import Testing

@Suite("The meaning of a change")
struct SavedBotTests {
    private let guild: GuildID

    init() throws { guild = try Sample.guild(2) }

    private func bot(after changes: [StoreChange]) -> SavedBot {
        var bot = SavedBot()
        for change in changes { bot.apply(change) }
        return bot
    }

    private func ids(_ bot: SavedBot) -> [UInt64] {
        bot.players.first?.queue.map(\.entry.id.rawValue) ?? []
    }

    @Test("for a player leaves its queue alone, and players stand by guild")
    func player() throws {
        let found = bot(after: [
            .player(try Sample.player(3)), .entries(guild, [try Sample.entry(1)]),
            .player(try Sample.player(1)), .player(try Sample.player(2)),
        ])
        #expect(found.players.map(\.player.guild.rawValue) == [1, 2, 3])
        #expect(found.players.map(\.queue.count) == [0, 1, 0])
        #expect(found.players[1].player == (try Sample.player(2)))
    }

    @Test("for a place needs the player")
    func place() throws {
        let place = StoreChange.position(guild, milliseconds: 5, reported: 6)
        #expect(bot(after: [place]) == SavedBot())
        let found = bot(after: [.player(try Sample.player(2)), place]).players.first?.player
        #expect(found?.position == 5 && found?.reportedPosition == 6)
    }

    @Test("for entries replaces by id and orders by rank, then id")
    func entries() throws {
        let first = StoreChange.entries(
            guild,
            [try Sample.entry(1), try Sample.entry(2), try Sample.entry(3)]
        )
        #expect(ids(bot(after: [first])) == [1, 2, 3])
        let moved = StoreChange.entries(guild, [try Sample.entry(3, rank: 0)])
        #expect(ids(bot(after: [first, moved])) == [3, 1, 2])
        let ranks = StoreChange.ranks(
            guild,
            [
                EntryRank(entry: EntryID(9), rank: 1), EntryRank(entry: EntryID(1), rank: 8),
                EntryRank(entry: EntryID(1), rank: 9999),
            ]
        )
        #expect(ids(bot(after: [first, ranks])) == [2, 3, 1])
        #expect(bot(after: [ranks]) == SavedBot())
        let level = StoreChange.entries(
            guild,
            [try Sample.entry(9, rank: 1024), try Sample.entry(0, rank: 1024)]
        )
        #expect(ids(bot(after: [first, level])) == [0, 1, 9, 2, 3])
        let gone = StoreChange.removeEntries(guild, [EntryID(2), EntryID(7)])
        #expect(ids(bot(after: [first, gone])) == [1, 3])
        #expect(bot(after: [first, .removeAllEntries(guild)]).players.count == 1)
        #expect(ids(bot(after: [first, .removeAllEntries(guild)])).isEmpty)
        #expect(bot(after: [first, .removePlayer(guild)]) == SavedBot())
    }

    @Test("for sessions is apart from that for players")
    func sessions() throws {
        let node = NodeName("main")
        let found = bot(after: [
            .session(node, "a"), .session(node, "b"), .player(try Sample.player(1)),
            .removeAllPlayers,
        ])
        #expect(found.sessions == [node: "b"])
        #expect(found.players.isEmpty)
        #expect(bot(after: [.session(node, "a"), .session(node, nil)]).sessions.isEmpty)
    }
}
