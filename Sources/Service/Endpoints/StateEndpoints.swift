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
        json.savedState(try plane.player(context), now: plane.now)
        return .json(bytes: json.bytes)
    }

    private func put(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let body = try context.members(known: SavedStateBody.members)
        let state = try Problem.ofFaults { () throws(JSONFault) in
            try SavedStateBody.state(body, of: guild)
        }
        let reply = try await plane.answer(.restorePlayer(state))
        return try PlayerEndpoints.response(to: reply, on: plane)
    }

    // MARK: All players

    private func list(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let page = try PlayerPage(context, of: plane.fleet.players.values)
        return .json { json in
            json.page(page, upTo: Self.bytesOfPage) { json, player in
                json.savedState(player, now: plane.now)
            }
        }
    }

    private func save(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        guard case .saved(let count) = try await plane.answer(.saveAll) else {
            preconditionFailure("a save is answered with what was saved")
        }
        return .json { json in json.member("saved", count) }
    }

    private func clear(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        guard case .cleared(let count) = try await plane.answer(.clearAll) else {
            preconditionFailure("a clearing is answered with what was cleared")
        }
        return .json { json in json.member("cleared", count) }
    }

    private func restore(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        let plane = try planes.plane(for: context)
        guard case .restoring(let job) = try await plane.answer(.restoreAll) else {
            preconditionFailure("a restore is answered with its job")
        }
        let bot = context.query("bot").map { "?bot=\(PercentEncoding.encode($0))" } ?? ""
        let place = (name: "Location", value: "/v1/state/restore/\(job)\(bot)")
        return .json(202, headers: [place]) { json in json.member("id", String(job)) }
    }

    private func restoreJob(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        guard let id = UInt64(try context.path("job")), let job = plane.fleet.jobs[id] else {
            throw Problem(
                .noSuchJob,
                "There is no such restore; the last \(plane.fleet.limits.restoreJobs) are known."
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

/// A saved state in the shape of the contract, or in ours, which has more beside it.
enum SavedStateBody {
    static let members = [
        "guildId", "voiceChannel", "textChannel", "queue", "current", "position", "volume",
        "paused", "loop", "autoplay", "filters", "endTime", "node", "live", "currentEntry",
        "entries", "voice",
    ]

    static func state(
        _ body: JSONMembers,
        of guild: GuildID
    ) throws(JSONFault) -> Fleet.SavedState {
        if let named = try body.string("guildId"), named != guild.description {
            throw body.fault("guildId", "must be the guild of the path, \(guild)")
        }
        var state = Fleet.SavedState(guild: guild)
        state.settings.voiceChannel = try body.channel("voiceChannel")
        state.settings.textChannel = try body.channel("textChannel")
        state.update = try update(body)
        state.current = try current(body)
        state.queue = try queue(body)
        state.voice = try body.members(
            "voice",
            known: ["token", "endpoint", "sessionId", "channelId"]
        )?.voice()
        return state
    }

    private static func update(_ body: JSONMembers) throws(JSONFault) -> Fleet.PlayerUpdate {
        var update = Fleet.PlayerUpdate()
        update.paused = try body.bool("paused") ?? false
        update.volume = try body.int64("volume", in: JSONMembers.volumes).map(Int.init) ?? 100
        update.position = try body.int64("position", in: JSONMembers.places)
        update.endTime = try body.int64("endTime", in: 1...JSONMembers.places.upperBound)
        update.filters = try body.filters() ?? Filters.none
        update.loop = try body.loop() ?? LoopMode.none
        update.autoplay = try body.bool("autoplay") ?? false
        return update
    }

    private static func current(_ body: JSONMembers) throws(JSONFault) -> Fleet.NewEntry? {
        if let entry = try body.members("currentEntry", known: JSONMembers.trackMembers) {
            return try entry.entry()
        }
        guard let value = body.value("current") else { return nil }
        return try entry(value, at: "/current")
    }

    private static func queue(_ body: JSONMembers) throws(JSONFault) -> [Fleet.NewEntry] {
        let name: StaticString = body.value("entries") == nil ? "queue" : "entries"
        var entries: [Fleet.NewEntry] = []
        for (place, value) in (try body.elements(name) ?? []).enumerated() {
            entries.append(try entry(value, at: "/\(name)/\(place)"))
        }
        return entries
    }

    /// An encoded track, alone or in an object.
    private static func entry(
        _ value: JSONValue,
        at pointer: String
    ) throws(JSONFault) -> Fleet.NewEntry {
        if value.string != nil {
            return Fleet.NewEntry(track: try Track(encodedIn: value, at: pointer))
        }
        return try JSONMembers(value, at: pointer, known: JSONMembers.trackMembers).entry()
    }
}
