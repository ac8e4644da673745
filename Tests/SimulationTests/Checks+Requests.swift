import Control
import Lavalink
import Wire

// What goes to the nodes.
extension Checks {
    /// Nothing but one probe goes through an open breaker, one PATCH at a time is under way for a
    /// player, and what plays as it should is not started again.
    mutating func checkRequests(
        _ step: Step,
        _ before: Before,
        _ fleet: Fleet,
        _ truth: Truth
    ) {
        var guarded: [NodeName: Int] = [:]
        for (id, name, request) in step.requests {
            guard let node = fleet.nodeLook(name) else { return fail("\(name) is not known") }
            switch request {
            case .updatePlayer(let session, let guild, let patch, _):
                guarded[name, default: 0] += 1
                if session != node.session { fail("a PATCH goes to a session that is no more") }
                checkOrder(id, session, guild, node, step)
                checkNeed(patch, of: guild, step, before, truth(name, session, guild))
            case .destroyPlayer(let session, _) where session == node.session:
                guarded[name, default: 0] += 1
            case .loadTracks:
                guarded[name, default: 0] += 1
                continue
            default: continue
            }
            if node.requestsUnderWay > node.requestsBorne {
                fail("\(node.requestsUnderWay) requests are under way to \(name), which bears less")
            }
        }
        for (name, count) in guarded {
            guard let node = fleet.nodeLook(name), let was = before.breakers[name] else { continue }
            switch (was, node.breaker) {
            case (_, .closed): break
            case (.open(let until), .probing) where until <= step.now && count == 1: break
            case (_, .open), (_, .probing):
                fail("\(count) requests to \(name) went through an open breaker")
            }
        }
    }

    private mutating func checkOrder(
        _ id: RequestID,
        _ session: String,
        _ guild: GuildID,
        _ node: NodeLook,
        _ step: Step
    ) {
        for (other, sent) in step.outstanding where other != id && sent.node == node.name {
            switch sent.request {
            case .updatePlayer(_, guild, _, _): fail("two PATCHes of \(guild) are under way")
            case .destroyPlayer(session, guild): fail("a PATCH of \(guild) overtakes its DELETE")
            default: break
            }
        }
    }

    /// What follows from a settlement or a reading is no more than what differs.
    private mutating func checkNeed(
        _ patch: PlayerPatch,
        of guild: GuildID,
        _ step: Step,
        _ before: Before,
        _ truth: Server.Truth?
    ) {
        guard case .answer = step.event, let truth,
            !isOvertaken(guild, in: truth.session, now: step.now)
        else { return }
        switch step.request {
        case .players, .info, .updateSession: break
        default: return
        }
        if let mark = patch.mark, let current = before.plays[guild], truth.isPulled,
            truth.mark == "\(current):\(mark.entry)"
        {
            fail("\(guild) is started again, though it plays what is wanted")
        }
        if truth.has(patch) { fail("\(guild) is told what its node has: \(patch)") }
    }

    /// What counts as under way is.
    mutating func settle(_ fleet: Fleet, _ outstanding: [RequestID: World.Letter]) {
        for name in fleet.nodeNames {
            guard let node = fleet.nodeLook(name) else { continue }
            let count = outstanding.values.count { $0.counts(for: node) }
            if count != node.requestsUnderWay {
                fail("\(node.requestsUnderWay) requests to \(name) are counted, not \(count)")
            }
        }
    }
}

extension World.Letter {
    /// Whether it is one of those of which a node bears only so many.
    fileprivate func counts(for other: NodeLook) -> Bool {
        guard node == other.name else { return false }
        switch request {
        case .updatePlayer(let session, _, _, _), .destroyPlayer(let session, _):
            return session == other.session
        default: return false
        }
    }
}

extension Server.Truth {
    /// Whether it is already as the patch would have it.
    fileprivate func has(_ patch: PlayerPatch) -> Bool {
        if patch.track != nil || patch.position != nil || patch.endTime != nil { return false }
        if let volume = patch.volume, Int64(volume) != self.volume { return false }
        if let paused = patch.paused, paused != self.paused { return false }
        if let filters = patch.filters, filters.speed != playbackRate { return false }
        if let voice = patch.voice, voice.token != voiceToken || !isConnected { return false }
        return true
    }
}

extension RawJSON {
    fileprivate var speed: Double { value["timescale"]?["speed"]?.double ?? 1 }
}
