package import Wire

extension NodeModel {
    /// The only path of a WebSocket; a slash behind it makes another one (§2.1).
    package static let webSocketPath = "/v4/websocket"

    /// Takes a request for `webSocketPath` (§2.2).
    ///
    /// With `.upgrade` the connection exists from now on; the outputs are about it and others.
    package mutating func handshake(
        _ request: Request,
        now: Duration
    ) -> (outcome: HandshakeOutcome, outputs: [NodeOutput]) {
        run(until: now)
        let outcome = isListening(at: now) ? scriptedHandshake(request) : .refuseConnection
        return (outcome, takeOutputs())
    }

    private mutating func scriptedHandshake(_ request: Request) -> HandshakeOutcome {
        guard !script.handshakes.isEmpty else { return decide(request) }
        switch script.handshakes.removeFirst() {
        case .refuse(let status): return .refuse(Answers.empty(status))
        case .stall: return .stall
        case .silentAfterUpgrade:
            return .upgrade(newConnection(), headers: Answers.upgradeHeaders(false))
        }
    }

    private mutating func decide(_ request: Request) -> HandshakeOutcome {
        guard request.headers["Authorization"] == settings.password else {
            return .refuse(Answers.empty(401))
        }
        guard let user = request.headers["User-Id"], !user.isEmpty, Int64(user) != 0 else {
            return .refuse(Answers.empty(400))
        }
        let wanted = request.headers["Session-Id"].flatMap { sessionsByID[$0] }
        let resumed = wanted.flatMap { sessions[$0]?.connection == nil ? $0 : nil }
        if let resumed { sessions[resumed]?.cancelExpiry() }
        if let refusal = refusal(of: request, resumed != nil) { return .refuse(refusal) }
        let connection = newConnection()
        let headers = Answers.upgradeHeaders(resumed != nil)
        guard Int64(user) != nil else {
            outputs.append(.close(connection, code: 1011, reason: ""))
            return .upgrade(connection, headers: headers)
        }
        if let resumed { resume(resumed, on: connection) } else { open(connection, of: user) }
        return .upgrade(connection, headers: headers)
    }

    /// Steps 4 to 9, with the header that step 3 has set already.
    private func refusal(of request: Request, _ resumes: Bool) -> Response? {
        var refusal: Response
        let origin = request.headers["Origin"]
        if let origin, origin != "http://" + (request.headers["Host"] ?? "") {
            refusal = Response(status: 403)
        } else {
            switch WebSocket.ServerHandshake.verdict(on: request) {
            case .accept: return nil
            case .refuse(let response): refusal = response
            }
        }
        refusal.headers += Answers.upgradeHeaders(resumes)
        return refusal
    }

    private mutating func open(_ connection: ConnectionID, of user: String) {
        let key = newSession(of: user, on: connection)
        if script.statsBeforeReady { sendStats(key) }
        tell(key, ready(key, resumed: false))
        if !script.statsBeforeReady { sendStats(key) }
    }

    /// In the order of §3.3: `ready`, what was kept, then where every player is.
    private mutating func resume(_ key: Int, on connection: ConnectionID) {
        guard let kept = sessions[key]?.resume(on: connection) else { return }
        sessionsByConnection[connection] = key
        tell(key, ready(key, resumed: true))
        for message in kept { tell(key, message) }
        for guild in sessions[key]?.guilds ?? [] {
            _ = change(key, guild) { player, scene in
                player.settle(scene)
                scene.say(update: player)
            }
        }
    }

    private func ready(_ key: Int, resumed: Bool) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("op", "ready")
            json.member("resumed", resumed)
            json.member("sessionId", sessions[key]?.id)
        }
        return json.bytes
    }

    // MARK: The end of a socket

    /// The node notices that a socket is gone, whatever the reason (§3.1).
    package mutating func socketClosed(_ connection: ConnectionID, now: Duration) -> [NodeOutput] {
        run(until: now)
        guard let key = sessionsByConnection.removeValue(forKey: connection) else {
            return takeOutputs()
        }
        sessions[key]?.pause()
        guard let session = sessions[key], session.resuming, session.timeout > 0 else {
            destroy(key)
            return takeOutputs()
        }
        agenda.add(
            .expiry(session: key, pause: session.pauses),
            at: clock + session.timeout * 1_000
        )
        return takeOutputs()
    }

    /// A frame of a client with data: text is ignored, binary ends the connection (§2.4).
    package mutating func clientFrame(
        _ connection: ConnectionID,
        isBinary: Bool,
        now: Duration
    ) -> [NodeOutput] {
        run(until: now)
        if isBinary {
            let reason = "Binary messages not supported"
            outputs.append(.close(connection, code: 1003, reason: reason))
        }
        return takeOutputs()
    }
}
