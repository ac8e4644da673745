import Control
import Lavalink
import Wire

/// Some of the players, by their guilds, and where the rest begins.
struct PlayerPage {
    private let limit: Int
    private let players: [Player]

    /// The part of `players` that a request asks for.
    init(_ context: Context, of players: some Sequence<Player>) throws(Problem) {
        let page = try Page(context)
        let after = try page.after("cursor") { UInt64($0) } ?? 0
        limit = page.limit
        self.players = players.filter { $0.guild.rawValue > after }
            .sorted { $0.guild < $1.guild }
    }

    /// Writes them as `write` says; what they are written into ends after `bytes`.
    fileprivate func write(
        into json: inout JSONWriter,
        upTo bytes: Int,
        _ write: (inout JSONWriter, Player) -> Void
    ) {
        var written = 0
        json.key("players")
        json.array { json in
            let start = json.bytes.count
            for player in players.prefix(limit) {
                if written > 0, json.bytes.count - start >= bytes { break }
                write(&json, player)
                written += 1
            }
        }
        let isLast = written == players.count
        json.member("next", isLast ? nil : players[written - 1].guild.description)
    }
}

extension JSONWriter {
    /// A page of players as the members `players` and `next`.
    mutating func page(
        _ page: PlayerPage,
        upTo bytes: Int = .max,
        _ write: (inout JSONWriter, Player) -> Void
    ) {
        page.write(into: &self, upTo: bytes, write)
    }
}
