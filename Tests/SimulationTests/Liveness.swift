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

    static func check(_ world: inout World) {
        guard world.checks.isGood else { return }
        waitForRequests(&world)
        guard let fleet = world.fleet else { return world.checks.fail("nothing runs") }
        for node in fleet.nodes where !node.link.isReady {
            return world.checks.fail("\(node.name) is not ready: \(node.link.state)")
        }
        if let (ticket, _) = world.user.oldest() {
            return world.checks.fail("command \(ticket.rawValue) was never answered")
        }
        for guild in world.user.guilds { check(guild, fleet, &world) }
    }

    /// A moment at which nothing is under way, which comes soon.
    private static func waitForRequests(_ world: inout World) {
        for _ in 0..<100 where !world.outstanding.isEmpty && world.checks.isGood {
            world.run(until: world.now.advanced(by: .milliseconds(250)))
        }
        if !world.outstanding.isEmpty { world.checks.fail("requests never come to an end") }
    }

    private static func check(_ guild: GuildID, _ fleet: Fleet, _ world: inout World) {
        let copies = world.nodes.flatMap { node in
            node.sessions.flatMap { session in
                session.players.filter { $0.guild == guild }.map { (node.name, session.id, $0) }
            }
        }
        guard let player = fleet.players[guild] else {
            if !copies.isEmpty {
                world.checks.fail("\(guild) is no more, and still on \(copies.map(\.1))")
            }
            return
        }
        guard player.hasVoice else { return }
        guard let home = player.home, let session = fleet.node(home)?.session else {
            return world.checks.fail("\(guild) has no home")
        }
        guard copies.count == 1, let (_, id, truth) = copies.first, id == session else {
            return world.checks.fail("\(guild) of \(session) is on \(copies.map(\.1))")
        }
        if let difference = difference(player, truth, world.now) {
            world.checks.fail("\(guild): \(difference)")
        }
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
        if player.voice.token != truth.voice.token { return "voice differs" }
        guard let current = player.current else {
            return truth.playing == nil ? nil : "it should be silent"
        }
        guard let playing = truth.playing, playing.mark?.play == current.id else {
            let has = truth.playing?.mark?.short ?? "nothing"
            return "the node plays \(has), not \(current.entry.id) play \(current.id)"
        }
        let place = player.place.milliseconds(at: now)
        if playing.isStarved { return nil }
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
