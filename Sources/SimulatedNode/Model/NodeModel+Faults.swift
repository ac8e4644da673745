import Wire

/// What tests and demonstrations do to a node.
extension NodeModel {
    /// Ids of the sessions, oldest first, paused ones among them.
    package var sessionIDs: [String] { sessionOrder.compactMap { sessions[$0]?.id } }

    /// The connections that carry a session, oldest first.
    package var connections: [ConnectionID] {
        sessionOrder.compactMap { sessions[$0]?.connection }
    }

    /// Guilds of all players of all sessions, paused ones among them.
    package var guilds: [Int64] { sessionOrder.flatMap { sessions[$0]?.guilds ?? [] } }

    /// Ends every socket with a close frame, or without one when there is no code.
    package mutating func drop(code: UInt16?, reason: String = "", now: Duration) -> [NodeOutput] {
        run(until: now)
        for connection in connections {
            outputs.append(
                code.map { .close(connection, code: $0, reason: reason) } ?? .abort(connection)
            )
            let before = takeOutputs()
            outputs = before + socketClosed(connection, now: now)
        }
        return takeOutputs()
    }

    /// Loses every session and player; sockets stay open and no longer belong to any.
    package mutating func forget(now: Duration) -> [NodeOutput] {
        run(until: now)
        for key in sessionOrder { destroy(key) }
        return takeOutputs()
    }

    /// Lets the time of every paused session run out.
    package mutating func expirePausedSessions(now: Duration) -> [NodeOutput] {
        run(until: now)
        for key in sessionOrder where sessions[key]?.connection == nil { destroy(key) }
        return takeOutputs()
    }

    /// Ends the process: by SIGTERM with close code 1001, by SIGKILL without a word (§19).
    package mutating func terminate(gracefully: Bool, now: Duration) -> [NodeOutput] {
        run(until: now)
        isRunning = false
        for connection in connections {
            outputs.append(
                gracefully && settings.persona.closesOrderly
                    ? .close(connection, code: 1001, reason: "") : .abort(connection)
            )
        }
        for key in sessionOrder { destroy(key) }
        agenda = Agenda()
        resetRequests()
        return takeOutputs()
    }

    /// Starts the process again: nothing of before is left, and its port listens after `startTime`.
    package mutating func start(now: Duration) -> [NodeOutput] {
        run(until: now)
        isRunning = true
        startedAt = clock
        busyUntil = clock
        listensAt = clock + settings.startTime
        hasTakenTrack = false
        hasToldStats = false
        if listensAt > clock { agenda.add(.listen, at: listensAt) } else { outputs.append(.listen) }
        return takeOutputs()
    }

    /// The voice server of a guild closes the connection of every player there.
    package mutating func closeVoice(
        of guild: Int64,
        code: Int,
        reason: String = "",
        now: Duration
    ) -> [NodeOutput] {
        run(until: now)
        for key in sessionOrder {
            _ = change(key, guild) { player, scene in player.voiceClosed(code, reason, &scene) }
        }
        return takeOutputs()
    }

    /// Sends any text to every session: unknown ops and types, huge messages.
    package mutating func broadcast(_ text: [UInt8], now: Duration) -> [NodeOutput] {
        run(until: now)
        for key in sessionOrder { tell(key, text) }
        return takeOutputs()
    }
}
