import Control
import Lavalink

/// What must hold when the faults have been off for long enough.
enum Liveness {
    /// How far the place that the fleet believes may be off, in milliseconds of sound: the last
    /// answer may have been late by 2 s.
    static let tolerance: Int64 = 3_000

    /// Half-open sockets are noticed within 90 s, their sessions end after that, and whoever backed
    /// off tries again within a minute.
    static func calm(_ options: Options) -> Duration {
        .seconds(90) + options.resumeTimeout + .seconds(70)
    }

    /// What is under way comes to an end, and soon there is a moment at which all agree.
    static func check(_ world: inout World) {
        var complaint: String?
        for _ in 0..<100 where world.checks.isGood {
            complaint = firstComplaint(world)
            if complaint == nil { return }
            world.run(until: world.now.advanced(by: .milliseconds(100)))
        }
        if let complaint { world.checks.fail(complaint) }
    }

    private static func firstComplaint(_ world: World) -> String? {
        guard let fleet = world.fleet else { return "nothing runs" }
        for node in fleet.nodes where !node.link.isReady {
            return "\(node.name) is not ready: \(node.link.state)"
        }
        if !world.outstanding.isEmpty { return "requests never come to an end" }
        if let (ticket, _) = world.user.oldest() {
            return "command \(ticket) was never answered"
        }
        for guild in world.user.guilds {
            if let complaint = complaint(about: guild, fleet, world) { return complaint }
        }
        return nil
    }

    private static func complaint(
        about guild: GuildID,
        _ fleet: Fleet,
        _ world: World
    ) -> String? {
        let copies = world.nodes.flatMap { node in
            node.sessions.filter { !world.checks.forgotten.contains($0.id) }.flatMap { session in
                session.players.filter { $0.guild == guild }.map { (session.id, $0) }
            }
        }
        guard let player = fleet.player(guild) else {
            return copies.isEmpty ? nil : "\(guild) is no more, and still on \(copies.map(\.0))"
        }
        guard player.hasVoice else { return nil }
        guard let home = fleet.assignedNode(of: player),
            let session = fleet.node(home)?.session.session
        else {
            return "\(guild) has no home"
        }
        guard copies.count == 1, let (id, truth) = copies.first, id == session else {
            return "\(guild) of \(session) is on \(copies.map(\.0))"
        }
        return difference(player, truth, world.now).map { "\(guild): \($0)" }
    }

    private static func difference(
        _ player: Player,
        _ reported: ModelPlayer,
        _ now: Instant
    ) -> String? {
        var truth = reported
        truth.run(until: now)
        if !player.isLive { return "it is not live" }
        if player.volume != truth.volume { return "volume \(truth.volume), not \(player.volume)" }
        if player.paused != truth.paused { return "paused is \(truth.paused)" }
        if !player.filters.matches(reported: truth.filters.raw) { return "filters differ" }
        if player.voice.parts.token != truth.voice.token { return "voice differs" }
        guard let current = player.current else {
            return truth.playing == nil ? nil : "it should be silent"
        }
        guard let playing = truth.playing, playing.mark?.play == current.id else {
            let has = truth.playing?.mark?.short ?? "nothing"
            return "the node plays \(has), not \(current.entry.id) play \(current.id)"
        }
        let place = player.place.milliseconds(at: now)
        if playing.isStarved || player.isPlaceRecalled { return nil }
        let rate = max(player.filters.playbackRate, 1)
        guard abs(place - Int64(playing.place)) <= Int64(Double(tolerance) * rate) else {
            return "the place is \(Int64(playing.place)), not \(place)"
        }
        return nil
    }
}

extension World {
    /// A player as its node has it.
    func truth(of guild: GuildID, session id: String) -> ModelPlayer? {
        for node in nodes {
            for session in node.sessions where session.id == id {
                return session.players.first { $0.guild == guild }
            }
        }
        return nil
    }
}
