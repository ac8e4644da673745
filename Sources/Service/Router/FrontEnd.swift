package import Control
package import Runtime
import Wire

/// Where every request comes in: finds its route, asks who it is, runs the endpoint, and writes
/// what comes of it.
@Loop package final class FrontEnd {
    package struct Limits: Sendable {
        /// Requests waiting for a node or the database; more are answered with 503.
        package var waiting = 256
        /// `Authorization` headers that were right and are known again without a hash; when there
        /// are more, all are forgotten.
        package var rememberedBearers = 64
        package init() {}
    }

    package private(set) var metrics = RequestMetrics()
    package private(set) var waiting = 0
    /// Replaced when the configuration is read again.
    package var authorization: Authorization { didSet { remembered.forget() } }
    package var bots: BotDirectory

    private let router: Router
    private let limits: Limits
    private let log: Log
    private let clock: @Sendable () -> Instant
    private var names: RequestNames
    private var failures = FailedAttempts()
    private var remembered: RememberedBearers

    package init(
        router: Router,
        authorization: Authorization,
        bots: BotDirectory,
        log: Log,
        limits: Limits = Limits(),
        boot: UInt32 = .random(in: .min ... .max),
        clock: @escaping @Sendable () -> Instant = {
            Instant(nanoseconds: MonotonicClock.nanoseconds())
        }
    ) {
        self.router = router
        self.authorization = authorization
        self.bots = bots
        self.log = log
        self.limits = limits
        self.clock = clock
        names = RequestNames(boot: boot)
        remembered = RememberedBearers(limit: limits.rememberedBearers)
    }

    /// Handles one request; this is the listener's handler.
    package func handle(_ exchange: Exchange) {
        let asked = exchange.request.headers["X-Request-Id"]
        let name = RequestNames.accepted(asked) ?? names.next()
        var visit = Visit(exchange: exchange, name: name, start: clock())
        let (method, path) = (exchange.request.method, exchange.request.path)
        if path == "*" { return allow(Method.allCases, visit) }
        switch router.match(method, path) {
        case .unknownPath:
            finish(visit, Problem(.noSuchPath, "The path \(path) does not exist."))
        case .wrongMethod(let allowed):
            if method == .options { return allow(allowed, visit) }
            var problem = Problem(
                .methodNotAllowed,
                "\(path) does not support \(method.rawValue)."
            )
            problem.allowed = allowed
            finish(visit, problem)
        case .found(let route, let parameters):
            visit.route = route
            run(visit, route, parameters)
        }
    }

    private func allow(_ methods: [Method], _ visit: Visit) {
        let names = methods.map(\.rawValue).joined(separator: ", ")
        finish(visit, Response(status: 204, headers: [("Allow", names)]))
    }

    // MARK: Running

    private func run(_ visit: Visit, _ route: Route, _ parameters: [Router.PathParameter]) {
        do throws(Problem) {
            let bearer = try bearer(of: visit, route)
            let context = try Context(
                request: visit.exchange.request,
                route: route,
                parameters: parameters,
                requestID: visit.name,
                bearer: bearer,
                bots: bots
            )
            switch route.endpoint {
            case .immediate(let answer): finish(visit, try answer(context))
            case .waiting(let answer): try wait(visit, context, answer)
            case .stream(let begin):
                try begin(context, visit.exchange)
                record(visit, status: 200)
            }
        } catch {
            finish(visit, error)
        }
    }

    private func bearer(of visit: Visit, _ route: Route) throws(Problem) -> Bearer? {
        guard route.access == .token else { return nil }
        guard authorization.isNeeded else {
            try LocalCaller.check(visit.exchange.request)
            return nil
        }
        let header = visit.exchange.request.headers.bytes("Authorization")
        if let header, let bearer = remembered.bearer(of: header) { return bearer }
        do throws(Problem) {
            let bearer = try authorization.bearer(of: visit.exchange.request)
            if let header, let bearer { remembered.note(header, bearer) }
            return bearer
        } catch {
            guard error.kind == .unauthorized,
                header != nil,
                let seconds = failures.note(visit.exchange.peerAddress, now: visit.start)
            else { throw error }
            throw Problem(
                .tooManyRequests,
                "This address sent too many wrong tokens.",
                retryAfter: seconds
            )
        }
    }

    private func wait(
        _ visit: Visit,
        _ context: Context,
        _ answer: @escaping @Loop (Context) async throws(Problem) -> Response
    ) throws(Problem) {
        guard waiting < limits.waiting else {
            throw Problem(
                .overloaded,
                "Too many requests are waiting for a node or the database.",
                retryAfter: 1
            )
        }
        waiting += 1
        Task.immediate { @Loop in
            defer { waiting -= 1 }
            do throws(Problem) {
                finish(visit, try await answer(context))
            } catch {
                finish(visit, error)
            }
        }
    }

    // MARK: Finishing

    private func finish(_ visit: Visit, _ problem: Problem) {
        let path = visit.exchange.request.path
        finish(visit, problem.response(path: path, requestID: visit.name))
    }

    private func finish(_ visit: Visit, _ response: consuming Response) {
        response.requestID = visit.name
        // Before the answer: with it the connection may end, and the client's address be gone.
        record(visit, status: response.status)
        visit.exchange.respond(response)
    }

    private func record(_ visit: Visit, status: Int) {
        let (method, path) = (visit.exchange.request.method, visit.exchange.request.path)
        let seconds = visit.start.seconds(to: clock())
        let route = visit.route?.template ?? RequestMetrics.unknownRoute
        metrics.record(route: route, method: method, status: status, seconds: seconds)
        // What is asked every few seconds by machines would drown the rest.
        let isQuiet = visit.route?.access == .open && status < 400
        guard log.isWritten(isQuiet ? .debug : .info) else { return }
        let milliseconds = (seconds * 1e6).rounded() / 1e3
        let line: KeyValuePairs<StaticString, LogValue> = [
            "method": .text(method.rawValue), "path": .text(path),
            "status": LogValue(status), "milliseconds": .number(milliseconds),
            "request": .text(visit.name), "address": .text(visit.exchange.peerAddress),
        ]
        isQuiet ? log.debug("request", line) : log.info("request", line)
    }

    /// One request on its way through.
    private struct Visit {
        let exchange: Exchange
        let name: String
        let start: Instant
        var route: Route?
    }
}
