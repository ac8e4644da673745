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
        let after = try page.after("cursor") { EntryID($0) }
        let rest: ArraySlice<RankedEntry>
        if let after, let place = queue.entries.firstIndex(where: { $0.entry.id == after }) {
            rest = queue.entries[(place + 1)...]
        } else {
            rest = queue.entries
        }
        let shown = rest.prefix(page.limit)
        return .json { json in
            json.array("entries", shown) { json, row in json.entry(row.entry) }
            json.member("length", queue.count)
            json.member("duration", queue.duration)
            json.member(
                "next",
                rest.count > shown.count ? shown.last?.entry.id.description : nil
            )
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
        let queue = plane.fleet.players[guild]?.queue
        return .json(201) { json in
            json.array("entries", zip(reply.entries, entries)) { json, added in
                json.entry(
                    QueueEntry(
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
            for (place, track) in tracks.enumerated() {
                let members = try JSONMembers(
                    track,
                    at: "/tracks/\(place)",
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
