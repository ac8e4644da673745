package import Wire

extension NodeModel {
    /// Takes a REST request; its answer comes with this or a later call, or never.
    package mutating func rest(
        _ ticket: Ticket,
        _ request: Request,
        now: Duration
    ) -> [NodeOutput] {
        run(until: now)
        begin(ticket)
        if isListening(at: now) {
            accept(ticket, request)
        } else {
            put(.refuseConnection(ticket), for: ticket)
        }
        return takeOutputs()
    }

    private mutating func accept(_ ticket: Ticket, _ request: Request) {
        var wait = latency(of: request) + warmUp(for: request)
        if let index = script.rules.firstIndex(where: { $0.matches(request) }) {
            if let times = script.rules[index].times { script.rules[index].times = times - 1 }
            switch script.rules[index].action {
            case .stall: return
            case .reset: return put(.reset(ticket), for: ticket)
            case .status(let status, let retryAfter, let message):
                let refusal = refusal(request, status, retryAfter, message)
                return put(.answer(ticket, refusal), for: ticket)
            case .delayBefore(let time): wait += time
            case .delayAnswer(let time): dispositions[ticket] = .delay(time)
            case .stallAfterApplying: dispositions[ticket] = .swallow
            case .resetAfterApplying: dispositions[ticket] = .reset
            }
        }
        guard wait > 0 else { return carryOut(ticket, request) }
        agenda.add(.work(ticket, request), at: clock + wait)
    }

    private func refusal(
        _ request: Request,
        _ status: Int,
        _ retryAfter: Int?,
        _ message: String?
    ) -> Response {
        var response = error(status, message ?? "Scripted", request)
        if let retryAfter { response.headers.append(("Retry-After", String(retryAfter))) }
        return response
    }

    /// Milliseconds until this request is carried out.
    private mutating func latency(of request: Request) -> Int64 {
        guard script.latency != .none else { return 0 }
        let figures = figures(for: request)
        busyUntil = max(busyUntil, clock) + figures.cost
        return max(clock + figures.floor, busyUntil) - clock
    }

    /// Milliseconds that the first PATCH with a track takes beyond the usual.
    private mutating func warmUp(for request: Request) -> Int64 {
        guard settings.firstTrackTime > 0, !hasTakenTrack, request.method == .patch,
            request.path.contains("/players/"),
            // What cannot be read is refused at once.
            let body = try? PatchBody(request.body, settings), body.startsTrack
        else { return 0 }
        hasTakenTrack = true
        return settings.firstTrackTime
    }

    private func figures(for request: Request) -> Latency.Figures {
        guard request.method == .patch, request.path.contains("/players/") else {
            return script.latency.other
        }
        // What cannot be read is refused at once.
        guard let body = try? PatchBody(request.body, settings) else {
            return script.latency.other
        }
        if body.voice != nil { return script.latency.voice }
        return body.track == .none ? script.latency.other : script.latency.track
    }

    /// Carries out a request and answers it, unless its answer has to wait for voice.
    mutating func carryOut(_ ticket: Ticket, _ request: Request) {
        if let response = respond(ticket, request) { deliver(ticket, response) }
    }

    mutating func deliver(_ ticket: Ticket, _ response: Response) {
        switch dispositions.removeValue(forKey: ticket) {
        case nil: put(.answer(ticket, response), for: ticket)
        case .swallow: break
        case .reset: put(.reset(ticket), for: ticket)
        case .delay(let time): agenda.add(.delivery(ticket, response), at: clock + time)
        }
    }

    // MARK: Checks in the order of §5

    private mutating func respond(_ ticket: Ticket, _ request: Request) -> Response? {
        guard let route = Route(request.path) else {
            return error(
                404,
                "No endpoint \(request.method.rawValue) \(request.path).",
                request
            )
        }
        guard let method = route.method(for: request.method) else {
            let message = "Method '\(request.method.rawValue)' is not supported."
            var response = error(405, message, request)
            response.headers.append(("Allow", route.allowed))
            return response
        }
        if let refusal = refusalOfPassword(request, route) { return refusal }
        if method == .options {
            var response = Answers.empty(200)
            response.headers.append(("Allow", route.options))
            return response
        }
        if route.takesBody(method), let refusal = refusalOfType(request) { return refusal }
        var response = answer(ticket, request, route, method)
        if request.method == .head { response?.body = [] }
        return response
    }

    private func refusalOfPassword(_ request: Request, _ route: Route) -> Response? {
        guard route != .metrics else { return nil }
        guard let password = request.headers["Authorization"] else { return Answers.empty(401) }
        return password == settings.password ? nil : Answers.empty(403)
    }

    private func refusalOfType(_ request: Request) -> Response? {
        let type = request.headers["Content-Type"] ?? "application/octet-stream"
        let name = type.prefix { $0 != ";" }.lowercased()
        guard name != "application/json" else { return nil }
        let shown = name == "text/plain" && !type.contains(";") ? type + ";charset=UTF-8" : type
        return error(415, "Content-Type '\(shown)' is not supported.", request)
    }

    private mutating func answer(
        _ ticket: Ticket,
        _ request: Request,
        _ route: Route,
        _ method: Method
    ) -> Response? {
        switch route {
        case .root: Answers.empty(200)
        case .version: Answers.text(settings.version)
        case .info: info()
        case .stats: statsAnswer()
        case .metrics: metrics()
        case .loadTracks: loadTracks(request)
        case .decodeTrack: decodeTrack(request)
        case .decodeTracks: decodeTracks(request)
        case .planner: Answers.empty(204)
        case .freeAddress, .freeAll: error(500, "Can't access disabled route planner", request)
        case .session(let id): patchSession(id, request)
        case .players(let id): listPlayers(id, request)
        case .player(let id, let guild):
            switch method {
            case .patch: patchPlayer(ticket, request, id, guild)
            case .delete: deletePlayer(request, id, guild)
            default: readPlayer(request, id, guild)
            }
        }
    }

    /// An error with its time and path.
    func error(
        _ status: Int,
        _ message: String,
        _ request: Request,
        uncaught: Bool = false
    ) -> Response {
        error(status, message, path: request.path, uncaught: uncaught)
    }

    func error(
        _ status: Int,
        _ message: String,
        path: String,
        uncaught: Bool = false
    ) -> Response {
        Answers.error(
            status,
            message,
            path: path,
            timestamp: settings.epochMilliseconds + clock,
            uncaught: uncaught
        )
    }
}
