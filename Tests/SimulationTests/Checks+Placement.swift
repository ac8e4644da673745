import Control
import Lavalink

// Where players go, and in which order.
extension Checks {
    /// A player goes to a node that can play its track, where there is one.
    mutating func checkPlacement(_ step: Step, _ before: Before, _ fleet: Fleet) {
        for guild in guildsToCheck(step) {
            guard let home = fleet.assignedNode(of: guild), home != before.homes[guild],
                let source = fleet.currentSource(of: guild)
            else { continue }
            let nodes = fleet.places(for: source, now: step.now)
            if nodes[home] == false, let better = nodes.first(where: { $0.value })?.key {
                fail("\(guild) goes to \(home), though \(better) has \(source)")
            }
        }
    }

    /// What is to be heard comes back first when a node is known again.
    mutating func checkUrgency(_ step: Step, _ before: Before, _ truth: Truth) {
        // Without saving by itself, only what was asked for happens.
        guard restores, case .answer = step.event, let node = step.answeredBy else { return }
        switch step.request {
        case .players, .info, .updateSession: break
        default: return
        }
        var hasSilent = false
        for case (_, node, .updatePlayer(let session, let guild, let patch, _)) in step.requests
        where before.homes[guild] == node && truth(node, session, guild) == nil {
            let isHeard = patch.mark != nil && patch.paused == false
            if isHeard, hasSilent { fail("\(guild) comes back after players that are silent") }
            if !isHeard { hasSilent = true }
        }
    }
}
