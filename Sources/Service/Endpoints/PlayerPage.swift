import Control
import Lavalink
import Wire

/// Some of the players, by their guilds, and where the rest begins.
struct PlayerPage {
    private let limit: Int
    private let fleet: Fleet
    private let guilds: ArraySlice<GuildID>
    private let node: NodeName?

    /// The part of a fleet's players that a request asks for; those of one node, where it is named.
    init(_ context: Context, of fleet: Fleet, on node: NodeName? = nil) throws(Problem) {
        let page = try Page(context)
        let after = try page.after("cursor") { UInt64($0) } ?? 0
        limit = page.limit
        self.fleet = fleet
        self.node = node
        guilds = fleet.players.guilds(after: GuildID(rawValue: after))
    }

    /// Players that it has at most.
    var count: Int { min(limit, guilds.count) }

    /// Writes them as `write` says; what they are written into ends after `bytes`.
    fileprivate func write(
        into json: inout JSONWriter,
        upTo bytes: Int,
        _ write: (inout JSONWriter, borrowing Player) -> Void
    ) {
        var (written, last): (Int, GuildID?) = (0, nil)
        var isMore = false
        json.key("players")
        json.array { json in
            let start = json.bytes.count
            for guild in guilds where isShown(guild) {
                isMore = written == limit || written > 0 && json.bytes.count - start >= bytes
                if isMore { break }
                fleet.look(at: guild) { write(&json, $0) }
                written += 1
                last = guild
            }
        }
        json.member("next", isMore ? last?.description : nil)
    }

    private func isShown(_ guild: GuildID) -> Bool {
        guard let node else { return true }
        return fleet.look(at: guild) { fleet.assignedNode(of: $0) == node } ?? false
    }
}

extension JSONWriter {
    /// A page of players as the members `players` and `next`.
    mutating func page(
        _ page: PlayerPage,
        upTo bytes: Int = .max,
        _ write: (inout JSONWriter, borrowing Player) -> Void
    ) {
        page.write(into: &self, upTo: bytes, write)
    }
}
