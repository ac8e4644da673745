import Control
import Lavalink
package import Runtime
import Wire

/// The saved state: of one player, and of all.
@Loop package struct StateEndpoints {
    let planes: ControlPlanes

    package init(planes: ControlPlanes) { self.planes = planes }

    package var routes: [Route] {
        let state = "/v1/players/{guildId}/state"
        return [
            Route(.get, state, "getPlayerState", query: ["bot"], .immediate(get)),
            Route(.put, state, "restorePlayerState", query: ["bot"], .waiting(put)),
            Route(
                .get,
                "/v1/state",
                "listState",
                query: ["bot", "limit", "cursor"],
                .immediate(list)
            ),
            Route(.delete, "/v1/state", "clearState", query: ["bot"], .waiting(clear)),
            Route(.post, "/v1/state/save", "saveState", query: ["bot"], .waiting(save)),
            Route(.post, "/v1/state/restore", "restoreState", query: ["bot"], .waiting(restore)),
            Route(
                .get,
                "/v1/state/restore/{job}",
                "getRestore",
                query: ["bot"],
                .immediate(restoreJob)
            ),
        ]
    }

    /// Bytes after which a page of states ends, though it always has one.
    static let bytesOfPage = 4 * 1_024 * 1_024

    // MARK: One player

    private func get(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        var json = JSONWriter(capacity: 1024)
        json.savedState(try plane.player(try context.guild()), of: plane.fleet, now: plane.now)
        return .json(bytes: json.bytes)
    }

    private func put(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let body = try context.members(known: SavedStateBody.members)
        let state = try Problem.ofFaults { () throws(JSONFault) in
            try SavedStateBody.state(body, of: guild)
        }
        let reply = try await plane.carryOut { .player(guild, .restore(state), $0) }
        return try PlayerEndpoints.response(to: reply, on: plane)
    }

    // MARK: All players

    private func list(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let page = try PlayerPage(context, of: plane.fleet)
        return .json { json in
            json.page(page, upTo: Self.bytesOfPage) { json, player in
                json.savedState(player, of: plane.fleet, now: plane.now)
            }
        }
    }

    private func save(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        let reply = try await plane.carryOut { .state(.save($0)) }
        return .json { json in json.member("saved", reply.players) }
    }

    private func clear(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let reply = try await plane.carryOut { .state(.clear($0)) }
        return .json { json in json.member("cleared", reply.players) }
    }

    private func restore(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        let job = try await plane.carryOut { .state(.restore($0)) }.job
        let bot = context.query("bot").map { "?bot=\(PercentEncoding.encode($0))" } ?? ""
        let location = (name: "Location", value: "/v1/state/restore/\(job)\(bot)")
        return .json(202, headers: [location]) { json in json.member("id", String(job)) }
    }

    private func restoreJob(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        guard let id = UInt64(try context.path("job")), let job = plane.fleet.jobs[id] else {
            throw Problem(
                .noSuchJob,
                "No restore has this id. The last \(plane.fleet.limits.restoreJobs) restores are kept."
            )
        }
        return .json { json in
            json.member("id", String(job.id))
            json.member("done", job.isDone)
            json.member("restored", job.restored.count)
            json.member("pending", job.pending.count)
            json.array("failed", job.failed) { json, failure in
                json.object { json in
                    json.member("guildId", failure.guild.description)
                    json.member("reason", failure.reason)
                }
            }
        }
    }
}
