import Control
import Lavalink

/// What must hold when the faults have been off for long enough.
enum Liveness {
    /// Half-open sockets are noticed within 90 s, their sessions end after that, and whoever backed
    /// off tries again within a minute, or when the longest delay is over.
    static func calm(_ options: Options) -> Duration {
        let restore: Duration = options.enableReconnect ? .zero : .seconds(90)
        return .seconds(170) + options.resumeTimeout + options.maxReconnectDelay + restore
    }

    /// What is under way comes to an end, and soon there is a moment at which all agree.
    static func check(_ world: inout World) {
        for plane in world.planes.indices {
            var complaint: String?
            for _ in 0..<100 where world.failure == nil {
                complaint = firstComplaint(world, plane)
                if complaint == nil { break }
                world.run(until: world.now.advanced(by: .milliseconds(100)))
            }
            if let complaint { world.planes[plane].checks.fail(complaint) }
        }
    }

    private static func firstComplaint(_ world: World, _ index: Int) -> String? {
        let plane = world.planes[index]
        guard let fleet = plane.fleet else { return "nothing runs" }
        for name in fleet.nodeNames {
            guard let node = fleet.nodeLook(name), !node.isReady else { continue }
            return "\(name) is not ready: \(node.state)"
        }
        if !plane.outstanding.isEmpty { return "requests never come to an end" }
        if plane.store.isRefusing { return "the store is not healed" }
        if let (ticket, _) = plane.caller.oldest() {
            return "command \(ticket) was never answered"
        }
        for guild in plane.caller.guilds {
            if let complaint = complaint(about: guild, fleet, world, plane) { return complaint }
        }
        return nil
    }

    private static func complaint(
        about guild: GuildID,
        _ fleet: Fleet,
        _ world: World,
        _ plane: Plane
    ) -> String? {
        let user = plane.user.description
        let copies = world.configuration.flatMap { node in
            world.servers[node.server].truths(
                of: Int64(guild.rawValue),
                user: user,
                now: world.clock
            )
        }.filter { copy in
            fleet.nodeNames.contains { fleet.nodeLook($0)?.session == copy.session }
                || !plane.checks.mayBeLeft(guild, in: copy.session)
        }
        guard fleet.hasPlayer(of: guild) else {
            return copies.isEmpty
                ? nil : "\(guild) is no more, and still on \(copies.map(\.session))"
        }
        guard fleet.hasWholeVoice(guild) else { return nil }
        guard let home = fleet.assignedNode(of: guild),
            let session = fleet.nodeLook(home)?.session
        else { return "\(guild) has no home" }
        guard copies.count == 1, let truth = copies.first, truth.session == session else {
            return "\(guild) of \(session) is on \(copies.map(\.session))"
        }
        return fleet.difference(of: guild, from: truth, now: world.now).map { "\(guild): \($0)" }
    }
}
