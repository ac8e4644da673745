import Control
import Lavalink

// What listeners hear, and where music goes on.
extension Checks {
    /// The end of a play is told once, and after its start.
    mutating func checkEvents(_ step: Step, _ fleet: Fleet) {
        for guild in guildsToCheck(step) where fleet.loops(guild) { looped.insert(guild) }
        for event in step.published {
            guard let guild = event.guild else { continue }
            switch event.kind {
            case .trackStart(let entry):
                let key = GuildEntry(guild: guild, entry: entry.id)
                if toldEnds.contains(key) { fail("\(entry.id) starts after its end") }
            case .trackEnd(let entry, _):
                let key = GuildEntry(guild: guild, entry: entry.id)
                if !toldEnds.insert(key).inserted { fail("the end of \(entry.id) is told twice") }
                // What is repeated starts again.
                if looped.contains(guild) { toldEnds.remove(key) }
            case .playerPositionUpdate:
                if !fleet.isLive(guild) { fail("a position of \(guild) is told that nobody knows") }
            default: break
            }
        }
    }

    /// Where somebody sought is where the node is told to go on, whatever came between.
    mutating func checkSeeks(_ step: Step, _ fleet: Fleet) {
        for (guild, seek) in sought where fleet.currentEntry(of: guild) != seek.entry {
            sought[guild] = nil
        }
        switch step.deed {
        case .updated(let guild, let position?, _) where step.verdict?.isApplied ?? true:
            if let look = fleet.look(at: guild), let entry = look.entry {
                sought[guild] = (entry, max(position, 0))
            }
        case .restored(let guild, _, _, _), .skipped(let guild): sought[guild] = nil
        default: break
        }
        if case .socket(_, _, .message(.event(let guild, _))) = step.event { sought[guild] = nil }
        for case (_, _, .updatePlayer(_, let guild, let patch, _)) in step.requests {
            guard let position = patch.position, let seek = sought.removeValue(forKey: guild) else {
                continue
            }
            if position != seek.place {
                fail("\(guild) is told to be at \(position), though \(seek.place) was sought")
            }
        }
    }
}
