import Control
import Lavalink
package import Runtime
import Wire

/// Players: made, read, commanded and ended.
@Loop package struct PlayerEndpoints {
    let planes: ControlPlanes

    package init(planes: ControlPlanes) { self.planes = planes }

    package var routes: [Route] {
        let player = "/v1/players/{guildId}"
        return [
            Route(
                .get,
                "/v1/players",
                "listPlayers",
                query: ["bot", "limit", "cursor", "node"],
                .immediate(list)
            ),
            Route(.get, player, "getPlayer", query: ["bot"], .immediate(get)),
            Route(.put, player, "putPlayer", query: ["bot"], .waiting(put)),
            Route(.patch, player, "updatePlayer", query: ["bot"], .waiting(update)),
            Route(.delete, player, "deletePlayer", query: ["bot"], .waiting(delete)),
            Route(.post, player + "/play", "play", query: ["bot"], .waiting(play)),
            Route(.post, player + "/pause", "pause", query: ["bot"], .waiting(pause)),
            Route(.post, player + "/resume", "resume", query: ["bot"], .waiting(resume)),
            Route(.post, player + "/seek", "seek", query: ["bot"], .waiting(seek)),
            Route(.post, player + "/stop", "stop", query: ["bot"], .waiting(stop)),
            Route(.post, player + "/skip", "skip", query: ["bot"], .waiting(skip)),
        ]
    }

    // MARK: Reading

    private func list(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let node = context.query("node").map { NodeName($0) }
        let (fleet, now) = (plane.fleet, plane.now)
        let page = try PlayerPage(context, of: fleet, on: node)
        var json = JSONWriter(capacity: page.count * Self.bytesOfPlayer)
        json.object { json in
            json.page(page) { json, player in json.player(player, of: fleet, now: now) }
        }
        return .json(bytes: json.bytes)
    }

    /// About as much as a player takes.
    private static let bytesOfPlayer = 1024

    private func get(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        return Self.response(try plane.player(try context.guild()), on: plane)
    }

    static func response(_ player: Player, status: Int = 200, on plane: ControlPlane) -> Response {
        var json = JSONWriter(capacity: bytesOfPlayer)
        json.player(player, of: plane.fleet, now: plane.now)
        return .json(status, bytes: json.bytes)
    }

    /// The player that a command was about, as it is after it.
    static func response(to reply: PlayerReply, on plane: ControlPlane) throws(Problem) -> Response
    {
        let player = try plane.player(reply.guild)
        return response(player, status: reply.created ? 201 : 200, on: plane)
    }

    // MARK: Commands

    private func carryOut(
        _ command: PlayerCommand,
        _ context: Context
    ) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let reply = try await plane.carryOut { .player(guild, command, $0) }
        return try Self.response(to: reply, on: plane)
    }

    private func put(_ context: Context) async throws(Problem) -> Response {
        let body = try context.optionalMembers(known: ["voiceChannel", "textChannel", "volume"])
        let settings = try Problem.ofFaults { () throws(JSONFault) in
            try body?.refuseNull("voiceChannel", "textChannel", "volume")
            var settings = PlayerSettings()
            settings.voiceChannel = try body?.channel("voiceChannel")
            settings.textChannel = try body?.channel("textChannel")
            settings.volume = try body?.int64("volume", in: JSONMembers.volumes).map(Int.init)
            return settings
        }
        return try await carryOut(.put(settings), context)
    }

    /// A PATCH that names a track is a play with everything else that it says; one that names none
    /// is a stop.
    private func update(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: ["track"] + JSONMembers.updateMembers)
        let command: PlayerCommand =
            if body.isNull("track") {
                try stop(body)
            } else if body.has("track") {
                try play(body)
            } else {
                .update(try Problem.ofFaults { () throws(JSONFault) in try body.update() })
            }
        return try await carryOut(command, context)
    }

    private func play(_ body: JSONMembers) throws(Problem) -> PlayerCommand {
        .play(
            try Problem.ofFaults { () throws(JSONFault) in
                let known = ["identifier"] + JSONMembers.trackMembers
                let track = try body.members("track", known: known)
                return try body.require("track", track).playRequest(with: body)
            }
        )
    }

    /// No track is a stop, and nothing else can be meant with it.
    private func stop(_ body: JSONMembers) throws(Problem) -> PlayerCommand {
        guard body.object.members.count == 1 else {
            throw Problem(body.fault("track", "must be the only member when it is null"))
        }
        return .stop
    }

    private func play(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: JSONMembers.playMembers)
        let request = try Problem.ofFaults { () throws(JSONFault) in try body.playRequest() }
        return try await carryOut(.play(request), context)
    }

    private func pause(_ context: Context) async throws(Problem) -> Response {
        try await setPaused(true, context)
    }

    private func resume(_ context: Context) async throws(Problem) -> Response {
        try await setPaused(false, context)
    }

    private func setPaused(_ paused: Bool, _ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        var update = PlayerUpdate()
        update.paused = paused
        return try await carryOut(.update(update), context)
    }

    private func seek(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: ["position"])
        var update = PlayerUpdate()
        update.position = try Problem.ofFaults { () throws(JSONFault) in
            try body.require("position", body.int64("position", in: JSONMembers.positions))
        }
        return try await carryOut(.update(update), context)
    }

    private func stop(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        return try await carryOut(.stop, context)
    }

    private func skip(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        return try await carryOut(.skip, context)
    }

    private func delete(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let guild = try context.guild()
        let _: PlayerReply = try await plane.carryOut { .player(guild, .destroy, $0) }
        return Response(status: 204)
    }
}
