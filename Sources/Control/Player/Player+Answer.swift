import Lavalink
import Wire

/// The outcome of a PATCH, and where it came from.
struct PatchAnswer {
    var id: RequestID
    var patch: PatchInFlight
    var answer: Fleet.NodeAnswer
    var node: NodeID
    var nodeName: NodeName
}

// How a PATCH of the player came out.
extension Player {
    mutating func answered(_ came: PatchAnswer, _ moment: Moment) -> [Output] {
        switch sync.answered(came.id, by: came.node) {
        case .outdated: return []
        case .fromFormerNode:
            // It moved on while the request was in flight: what that made is deleted.
            sync.waitAgain(came.patch.waiters)
            sync.leftFormerNode()
            return [.delete(came.node)]
        case .expected: break
        }
        let name = came.nodeName
        switch came.answer {
        case .response(let status, let body, _) where (200..<300).contains(status):
            return applied(came.patch, body, moment)
        case .response(let status, let body, let retryAfter):
            let error = NodeErrorAnswer(status: status, body: body)
            return refused(came, error, retryAfter, moment)
        case .timedOut: return unsure(came, .timedOut(name, kept: true), moment)
        case .refused:
            let error = CommandError.refusedConnection(name, kept: true)
            return unsure(came, error, moment)
        case .lost(let detail):
            let error = CommandError.unreachable(name, detail: detail, kept: true)
            return unsure(came, error, moment)
        }
    }

    private func answers(_ waiters: [PlayerSync.Waiter], _ error: CommandError?) -> [Output] {
        waiters.map { .answer($0, error) }
    }

    /// The node confirmed the request.
    private mutating func applied(
        _ patch: PatchInFlight,
        _ body: [UInt8],
        _ moment: Moment
    ) -> [Output] {
        var outputs = answers(patch.waiters, nil)
        let wasLive = isLive
        let former = sync.confirmed()
        confirmCommands(of: patch)
        if current != nil, current?.id == patch.play { confirmPlay() }
        let document = try? JSONDocument(parsing: body)  // unreadable: the socket's messages tell
        let reported = document.flatMap { try? NodePlayer($0.root, at: "") }  // the same
        if let reported {
            // A start, a seek or a pause makes the position wrong for a while; a change of speed
            // begins where the answer says.
            let isWrong = !patch.difference.isDisjoint(with: [.track, .position, .paused])
            outputs += receive(reported.state, believed: wasLive && !isWrong, moment)
        }
        followPosition(after: patch, wasLive: wasLive, moment)
        outputs.append(.live(wasLive: wasLive))
        return outputs + (former.map { [.delete($0)] } ?? [])
    }

    /// What was commanded of the position is confirmed, unless it is another play by now.
    private mutating func confirmCommands(of patch: PatchInFlight) {
        guard current?.id == patch.play else { return }
        var sent = patch.difference
        if sent.contains(.track) { sent.formUnion([.position, .endTime]) }
        if sync.confirmed(sent) { isChanged = true }
    }

    /// The position follows what the node has done, except where something else is wanted by now.
    private mutating func followPosition(
        after patch: PatchInFlight,
        wasLive: Bool,
        _ moment: Moment
    ) {
        guard let play = current, play.id == patch.play,
            sync.unsent.isDisjoint(with: [.track, .position])
        else { return }
        if !wasLive || !patch.difference.isDisjoint(with: [.track, .position]) {
            isPositionFromStore = false
            position.start(
                at: patch.position,
                length: play.length,
                rate: rate,
                running: false,
                now: moment.now
            )
        } else if patch.difference.contains(.filters) {
            position.change(rate: rate, now: moment.now)
        }
        if patch.paused { position.freeze(now: moment.now) } else { position.run(now: moment.now) }
    }

    /// What became of the request is not known: the answer says so, and the node is read.
    private mutating func unsure(
        _ came: PatchAnswer,
        _ error: CommandError,
        _ moment: Moment
    ) -> [Output] {
        let patch = came.patch
        let outputs = answers(patch.waiters, error)
        sync.backOff(moment)
        if patch.difference.contains(.voice) {
            // A voice connection that hangs blocks whatever follows it (`lavalink-v4.md` §7.4).
            sync.missing()
            sync.want(.whole)
            outdatePlay()
            return outputs + [.delete(came.node)]
        }
        sync.doubt()
        doubtPosition(of: patch, moment)
        sendAgain(patch.difference.subtracting(.track), of: patch)
        return outputs + [.read]
    }

    /// Whether the request paused the music is not known: if it did, then at once.
    private mutating func doubtPosition(of patch: PatchInFlight, _ moment: Moment) {
        guard patch.paused, patch.difference.contains(.paused), current?.id == patch.play,
            position.runs
        else { return }
        position.freeze(at: patch.position, now: moment.now)
    }

    /// What a request did not bring about is still to be sent; a position in a play that is over is
    /// not.
    private mutating func sendAgain(_ difference: Difference, of patch: PatchInFlight) {
        let isOver = current == nil || current?.id != patch.play
        sync.want(isOver ? difference.subtracting([.position, .endTime]) : difference)
    }

    /// The request got lost with its connection; whether it arrived is found out when the node is
    /// back.
    mutating func lost(
        _ id: RequestID,
        _ patch: PatchInFlight,
        _ error: CommandError,
        _ moment: Moment
    ) -> [Output] {
        if sync.lost(id) {
            doubtPosition(of: patch, moment)
            sendAgain(patch.difference, of: patch)
        }
        return answers(patch.waiters, error)
    }

    mutating func failWaiters(_ error: CommandError) -> [Output] {
        answers(sync.takeWaiters(), error)
    }
}

// MARK: A node that says no

extension Player {
    private mutating func refused(
        _ came: PatchAnswer,
        _ error: NodeErrorAnswer,
        _ retryAfter: Duration?,
        _ moment: Moment
    ) -> [Output] {
        let patch = came.patch
        if error.kind == .sessionNotFound {
            sendAgain(patch.difference, of: patch)
            sync.waitAgain(patch.waiters)
            return [.sessionGone]
        }
        if error.status == 429 {
            sendAgain(patch.difference, of: patch)
            let wait = retryAfter ?? moment.limits.retryDelay
            return answers(patch.waiters, .noNode(retryAfter: wait, kept: true))
        }
        let rejection = CommandError.rejected(
            came.nodeName,
            status: error.status,
            message: error.message
        )
        return answers(patch.waiters, rejection) + [.read]
            + refusedPart(patch, error, moment) + [.refused(error.description)]
    }

    /// Which part the node would not take, and what follows: earlier parts stay applied
    /// (`lavalink-v4.md` §7.3), so the node is read.
    private mutating func refusedPart(
        _ patch: PatchInFlight,
        _ error: NodeErrorAnswer,
        _ moment: Moment
    ) -> [Output] {
        if error.message.contains("filters are disabled") {
            filters = .none
            isChanged = true
            sendAgain(patch.difference, of: patch)
            return [.publish(.playerFiltersChange(Filters.none.raw))]
        }
        let isAboutVoice = error.message.lowercased().contains("voice")
        if patch.difference.contains(.voice), isAboutVoice || !patch.difference.contains(.track) {
            sendAgain(patch.difference, of: patch)
            sync.backOff(moment)
            return [askForVoice(error.message)]
        }
        if patch.difference.contains(.track), let play = patch.play, current?.id == play,
            error.isAboutContent
        {
            sendAgain(patch.difference.subtracting(.track), of: patch)
            // What it played before plays on.
            return trackError(error.message, severity: "fault", nil)
                + playFailed("loadFailed", moment, stillLoaded: true)
        }
        sendAgain(patch.difference, of: patch)
        sync.backOff(moment)
        return []
    }
}

extension NodeErrorAnswer {
    /// 400 and 500 speak of the content; 502 and the like of what stands before the node.
    fileprivate var isAboutContent: Bool { status == 400 || status == 500 }
}

extension CommandError {
    static func refusedConnection(_ node: NodeName, kept: Bool) -> CommandError {
        .unreachable(node, detail: "the connection was refused", kept: kept)
    }
}
