import Control
import Lavalink
package import Runtime
import Wire

/// The queue of a player: read, and added to.
@Loop package struct QueueEndpoints {
    let planes: ControlPlanes

    package init(planes: ControlPlanes) { self.planes = planes }

    package var routes: [Route] {
        let queue = "/v1/players/{guildId}/queue"
        return [
            Route(.get, queue, "getQueue", query: ["bot", "limit", "cursor"], .immediate(get)),
            Route(.post, queue, "addToQueue", query: ["bot"], .waiting(add)),
        ]
    }

    private func get(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let queue = try plane.player(try context.guild()).queue
        let page = try Page(context)
        let last = try page.after("cursor") { EntryRank(cursor: $0) }
        // One more than is shown tells whether there are any.
        let rows = queue.entries(after: last, limit: page.limit + 1)
        let shown = rows.prefix(page.limit)
        return .json { json in
            json.array("entries", shown) { json, row in json.entry(row.entry) }
            json.member("length", queue.count)
            json.member("duration", queue.duration)
            json.member("next", rows.count > shown.count ? shown.last?.entryRank.cursor : nil)
        }
    }

    private func add(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let (entries, index) = try Self.addition(
            try context.members(known: ["tracks", "at"]),
            limits: plane.fleet.limits
        )
        let reply = try await plane.carryOut { .queue(guild, .add(entries, at: index), $0) }
        let queue = plane.fleet.player(guild)?.queue
        return .json(201) { json in
            json.array("entries", zip(reply.entries, entries)) { json, added in
                json.entry(
                    TrackEntry(
                        id: added.0,
                        track: added.1.track,
                        requester: added.1.requester
                    )
                )
            }
            json.member("length", queue?.count ?? 0)
            json.member("duration", queue?.duration ?? 0)
        }
    }

    private static func addition(
        _ body: JSONMembers,
        limits: Limits
    ) throws(Problem) -> (entries: [NewEntry], index: Int?) {
        try Problem.ofFaults { () throws(JSONFault) in
            let tracks = try body.require("tracks", body.elements("tracks"))
            guard (1...limits.entriesPerRequest).contains(tracks.count) else {
                throw body.fault(
                    "tracks",
                    "must have from 1 to \(limits.entriesPerRequest) elements"
                )
            }
            var entries: [NewEntry] = []
            entries.reserveCapacity(tracks.count)
            for (index, track) in tracks.enumerated() {
                let members = try JSONMembers(
                    track,
                    at: "/tracks/\(index)",
                    known: JSONMembers.trackMembers
                )
                entries.append(try members.entry())
            }
            try body.refuseNull("at")
            let index = try body.int64("at", in: 0...Int64(limits.queueEntries))
            return (entries, index.map(Int.init))
        }
    }
}

extension EntryRank {
    /// Where a page ended, as the next one is asked for: the entry, and its rank should it be gone.
    fileprivate var cursor: String {
        "\(entry).\(String(UInt64(bitPattern: rank), radix: 16))"
    }

    fileprivate init?(cursor: String) {
        let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let entry = EntryID(String(parts[0])),
            let rank = UInt64(parts[1], radix: 16)
        else { return nil }
        self.init(entry: entry, rank: Int64(bitPattern: rank))
    }
}
