import Control
import Lavalink

// One audible copy of a player, wherever it moved.
extension World {
    /// After every step: what Discord hears of a player comes from its home, and from nowhere else
    /// that its fleet could reach and has not begun to silence.
    mutating func checkCopies() {
        for server in servers.indices {
            for copy in servers[server].copies() {
                guard let plane = planes.firstIndex(where: { $0.user.description == copy.user }),
                    let guild = GuildID(rawValue: UInt64(copy.guild)),
                    let complaint = complaint(about: copy, guild, plane)
                else { continue }
                planes[plane].checks.fail(complaint)
            }
        }
    }

    private func complaint(
        about copy: Server.Copy,
        _ guild: GuildID,
        _ plane: Int
    ) -> String? {
        // Nobody can do anything about these: nobody knows them, or reaches them.
        guard let fleet = planes[plane].fleet, copy.isReachable,
            let name = name(of: copy.server),
            let node = fleet.nodeLook(name), node.isReady
        else { return nil }
        let checks = planes[plane].checks
        if copy.session != node.session, checks.mayBeLeft(guild, in: copy.session) { return nil }
        if copy.session == node.session {
            if fleet.assignedNode(of: guild) == name { return nil }
        } else if node.orphans.contains(copy.session),
            checks.hasGivenUpSettling(name)
        {
            return nil
        }
        // The fleet is at it.
        if !fleet.isSettled(name, now: now) || fleet.isTakingDown(guild, on: name) { return nil }
        let isUnderWay = planes[plane].outstanding.values.contains { letter in
            guard letter.node == name else { return false }
            switch letter.request {
            case .updatePlayer(_, guild, _, _), .destroyPlayer(_, guild), .players: return true
            default: return false
            }
        }
        if isUnderWay { return nil }
        let home = fleet.assignedNode(of: guild).map(\.text) ?? "nowhere"
        return "\(guild) is heard from \(copy.session) of \(name), though it lives on \(home)"
    }
}

extension Checks {
    /// A former session that could not be ended after several tries is left to its own end.
    func hasGivenUpSettling(_ name: NodeName) -> Bool {
        settleFailures[name] ?? 0 > limits.settleAttempts
    }

    /// Counts what went wrong since a node was ready.
    mutating func noteSettling(_ step: Step, of name: NodeName?) {
        switch step.event {
        case .socket(let name, _, .message(.ready)): settleFailures[name] = 0
        case .answer(_, let answer):
            guard let name, answer.isTryAgain else { return }
            switch step.request {
            case .players, .info, .updateSession, .destroyPlayer:
                settleFailures[name, default: 0] += 1
            default: break
            }
        case .start, .command, .socket, .tick: break
        }
    }
}

extension Fleet.NodeAnswer {
    fileprivate var isTryAgain: Bool {
        switch self {
        case .response(let status, _, _): status >= 500 || status == 429
        case .refused, .timedOut, .lost: true
        }
    }
}
