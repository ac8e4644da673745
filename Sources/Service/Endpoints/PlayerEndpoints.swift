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
        let page = try PlayerPage(
            context,
            of: plane.fleet.players.values.filter { node == nil || $0.home == node }
        )
        return .json { json in
            json.page(page) { json, player in json.player(player, now: plane.now) }
        }
    }

    private func get(_ context: Context) throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        return Self.response(try plane.player(context), on: plane)
    }

    static func response(_ player: Player, status: Int = 200, on plane: ControlPlane) -> Response {
        var json = JSONWriter(capacity: 1024)
        json.player(player, now: plane.now)
        return .json(status, bytes: json.bytes)
    }

    /// The player that a command was about, as it is after it.
    static func response(to reply: Fleet.Reply, on plane: ControlPlane) throws(Problem) -> Response
    {
        guard case .player(let guild, let created) = reply else {
            preconditionFailure("a command to a player is answered with the player")
        }
        guard let player = plane.fleet.players[guild] else {
            throw Problem(ControlError.command(.unknownPlayer(guild)))
        }
        return response(player, status: created ? 201 : 200, on: plane)
    }

    // MARK: Commands

    private func command(
        _ context: Context,
        _ make: (GuildID) throws(Problem) -> Fleet.Command
    ) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        let reply = try await plane.answer(try make(try context.guild()))
        return try Self.response(to: reply, on: plane)
    }

    private func put(_ context: Context) async throws(Problem) -> Response {
        try await command(context) { guild throws(Problem) in
            let body = try context.optionalMembers(known: ["voiceChannel", "textChannel", "volume"])
            return .putPlayer(
                guild,
                try Problem.ofFaults { () throws(JSONFault) in
                    try body?.refuseNull("voiceChannel", "textChannel", "volume")
                    var settings = Fleet.PlayerSettings()
                    settings.voiceChannel = try body?.channel("voiceChannel")
                    settings.textChannel = try body?.channel("textChannel")
                    settings.volume = try body?.int64("volume", in: JSONMembers.volumes)
                        .map(Int.init)
                    return settings
                }
            )
        }
    }

    private func update(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: ["track"] + JSONMembers.updateMembers)
        if body.isNull("track") { return try await stopTrack(of: body, context) }
        if body.has("track") { return try await playTrack(of: body, context) }
        let update = try Problem.ofFaults { () throws(JSONFault) in try body.update() }
        try checkPosition(update, of: body, context)
        return try await command(context) { guild throws(Problem) in .update(guild, update) }
    }

    /// A PATCH that names a track is a play with everything else that it says.
    private func playTrack(
        of body: JSONMembers,
        _ context: Context
    ) async throws(Problem) -> Response {
        let request = try Problem.ofFaults { () throws(JSONFault) in
            let known = ["identifier"] + JSONMembers.trackMembers
            let track = try body.members("track", known: known)
            return try body.require("track", track).playRequest(with: body)
        }
        return try await command(context) { guild throws(Problem) in .play(guild, request) }
    }

    /// No track is a stop, and nothing else can be meant with it.
    private func stopTrack(
        of body: JSONMembers,
        _ context: Context
    ) async throws(Problem) -> Response {
        guard body.object.members.count == 1 else {
            throw Problem(body.fault("track", "must stand alone when it is null"))
        }
        return try await command(context) { guild throws(Problem) in .stop(guild) }
    }

    /// A seek to or past the end would end the track at once (`lavalink-v4.md` §16, item 31).
    private func checkPosition(
        _ update: Fleet.PlayerUpdate,
        of body: JSONMembers,
        _ context: Context
    ) throws(Problem) {
        guard let position = update.position else { return }
        let length = try planes.plane(for: context).player(context).current?.length
        guard let length, position >= length else { return }
        let detail = "must be less than the track's length, \(length) ms"
        throw Problem(body.fault("position", detail))
    }

    private func play(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: JSONMembers.playMembers)
        let request = try Problem.ofFaults { () throws(JSONFault) in try body.playRequest() }
        return try await command(context) { guild throws(Problem) in .play(guild, request) }
    }

    private func pause(_ context: Context) async throws(Problem) -> Response {
        try await setPaused(true, context)
    }

    private func resume(_ context: Context) async throws(Problem) -> Response {
        try await setPaused(false, context)
    }

    private func setPaused(_ paused: Bool, _ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        var update = Fleet.PlayerUpdate()
        update.paused = paused
        return try await command(context) { guild throws(Problem) in .update(guild, update) }
    }

    private func seek(_ context: Context) async throws(Problem) -> Response {
        let body = try context.members(known: ["position"])
        let position = try Problem.ofFaults { () throws(JSONFault) in
            try body.require("position", body.int64("position", in: JSONMembers.places))
        }
        var update = Fleet.PlayerUpdate()
        update.position = position
        try checkPosition(update, of: body, context)
        return try await command(context) { guild throws(Problem) in .update(guild, update) }
    }

    private func stop(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        return try await command(context) { guild throws(Problem) in .stop(guild) }
    }

    private func skip(_ context: Context) async throws(Problem) -> Response {
        _ = try context.optionalMembers(known: [])
        return try await command(context) { guild throws(Problem) in .skip(guild) }
    }

    private func delete(_ context: Context) async throws(Problem) -> Response {
        let plane = try planes.plane(for: context)
        _ = try await plane.answer(.destroy(try context.guild()))
        return Response(status: 204)
    }
}
