import Control
import Lavalink
import Support

// What is kept.
extension Checks {
    /// What was to be persisted so far is what the fleet has: a crash would lose nothing that is
    /// acknowledged behind it.
    mutating func checkStore(_ step: Step, _ fleet: Fleet) {
        if step.persistsAfterAnswer {
            fail("an answer goes out before what it acknowledges is kept")
        }
        for change in step.changes { shadow.apply(change) }
        guard !step.changes.isEmpty || !step.verdicts.isEmpty else { return }
        if step.changes.contains(.removeAllPlayers) { isForgotten = Set(fleet.guilds) }
        isForgotten.formIntersection(fleet.guilds)
        // Without saving by itself, the store has what was asked for, when it was asked for.
        if !restores {
            guard case .savedAll = step.deed else { return }
        }
        for guild in guildsToCheck(step) { checkRow(of: guild, fleet) }
        let isWhole = restores && guilds.count <= Self.few
        if isWhole, shadow.count + isForgotten.count != fleet.playerCount {
            fail("the store has players that are no more")
        }
    }

    private mutating func checkRow(of guild: GuildID, _ fleet: Fleet) {
        guard var wanted = fleet.record(of: guild) else {
            if restores, shadow.record(of: guild) != nil { fail("the store still has \(guild)") }
            return
        }
        guard let kept = shadow.record(of: guild) else {
            // What was forgotten is kept again when it changes.
            if !isForgotten.contains(guild) { fail("\(guild) is not in the store") }
            return
        }
        isForgotten.remove(guild)
        (wanted.position, wanted.reportedPosition) = (kept.position, kept.reportedPosition)
        if wanted != kept { return fail("the store has \(kept.short), not \(wanted.short)") }
        if shadow.entries(of: guild) != fleet.ranks(of: guild).map(\.entry.id) {
            fail("the store has another queue of \(guild)")
        }
    }

    /// Everything goes to the store anew: nothing that it was told is missing.
    mutating func rescued(_ everything: SavedBot) {
        let shelf = Shelf(everything)
        if !restores, shelf.count != shadow.count {
            fail("what nobody asked to save is written")
        }
        for saved in shadow.bot.players {
            let guild = saved.player.guild
            guard var kept = shelf.record(of: guild) else {
                return fail("\(guild) is lost when the store is written anew")
            }
            let told = saved.player
            (kept.position, kept.reportedPosition) = (told.position, told.reportedPosition)
            if kept != told {
                return fail("\(guild) is written as \(kept.short), not \(told.short)")
            }
            if shelf.entries(of: guild) != shadow.entries(of: guild) {
                return fail("the queue of \(guild) is written otherwise")
            }
        }
        shadow = shelf
        isForgotten = []
    }
}

extension PlayerRecord {
    fileprivate var short: String {
        let current = current.map { "\($0.entry.id) play \($0.play) until \($0.endTime ?? -1)" }
        return "\(guild) on \(node?.text ?? "-"): \(current ?? "nothing"), \(volume) %, "
            + "paused \(paused), \(filters), \(loop), \(voice.token ?? "-"), unconfirmed \(unconfirmed)"
    }
}
