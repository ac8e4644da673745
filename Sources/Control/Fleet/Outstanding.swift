import Lavalink
import Wire

/// A request in flight to a node, and what its outcome is for.
struct Outstanding: Sendable {
    var node: NodeID
    var sentAt: Instant
    var purpose: Purpose

    enum Purpose: Sendable {
        case patch(PatchInFlight)
        /// The end of a player that is gone here.
        case delete(GuildID)
        case question(NodeSession.Question)
        case load(Ticket<LoadReply>)
        case loadToPlay(GuildID, PlayRequest, Ticket<PlayerReply>)
        /// The entry whose turn it is in a queue.
        case loadNext(GuildID, EntryID)
    }

    func timeout(_ limits: Limits) -> Duration {
        switch purpose {
        case .load, .loadToPlay, .loadNext: limits.load
        case .question(.players), .question(.orphanPlayers): limits.playerList
        case .patch, .delete, .question: limits.request
        }
    }

    /// How heavy it is for the node.
    private var weight: FlowLimit.Weight {
        guard case .patch(let patch) = purpose else { return .light }
        if patch.difference.contains(.voice) { return .voice }
        return patch.difference.contains(.track) && patch.play != nil ? .track : .light
    }

    /// Whether it is one of those that the node's flow counts, since they may be many.
    private var isCounted: Bool {
        switch purpose {
        case .patch, .delete: true
        case .question, .load, .loadToPlay, .loadNext: false
        }
    }

    /// What its answer says of the node.
    func outcome(_ answer: Fleet.NodeAnswer, _ moment: Moment) -> NodeOutbox.Outcome {
        var outcome = NodeOutbox.Outcome(
            result: .lost,
            weight: weight,
            isCounted: isCounted,
            isFailure: true
        )
        switch answer {
        case .response(let status, _, let retryAfter):
            outcome.result = .answered(after: sentAt.duration(to: moment.now))
            outcome.isFailure = isFailure(status)
            if status == 429 { outcome.retryAfter = retryAfter ?? moment.limits.retryDelay }
        case .timedOut: outcome.result = .timedOut
        case .refused, .lost: break
        }
        return outcome
    }

    /// A node answers 500 to a track that it cannot decode and to voice data that Discord refuses
    /// (`lavalink-v4.md` §7.4): these are no failures of the node.
    private func isFailure(_ status: Int) -> Bool {
        if case .patch(let patch) = purpose,
            !patch.difference.isDisjoint(with: [.track, .voice])
        {
            return status > 500
        }
        return status >= 500
    }
}

extension Fleet.NodeAnswer {
    /// What it says of a session.
    var outcome: NodeSession.Outcome {
        guard case .response(let status, let body, _) = self, status < 500, status != 429 else {
            return .failed
        }
        let isGone = NodeErrorAnswer(status: status, body: body).kind == .sessionNotFound
        return status == 404 && isGone ? .sessionGone : .done
    }

    /// The players of an orphaned session; none when it is gone, nil when that is not known.
    var orphans: [GuildID]? {
        guard case .response(200, let body, _) = self else { return outcome == .failed ? nil : [] }
        // What cannot be read names no player that could be deleted.
        let document = try? JSONDocument(parsing: body)
        return document?.root.elements.compactMap {
            $0["guildId"]?.string.flatMap { GuildID($0) }
        } ?? []
    }
}
