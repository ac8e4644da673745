import Control
package import Runtime
package import Storage
import Wire

/// Two questions: is the process alive, and can it do its work now (`docs/operations.md`).
@Loop package final class HealthEndpoints {
    private let planes: ControlPlanes
    private let store: any Store
    /// Set when the service begins to stop: no new work should be sent here.
    package var isStopping = false

    package init(planes: ControlPlanes, store: any Store) {
        self.planes = planes
        self.store = store
    }

    package var routes: [Route] {
        [
            Route(.get, "/livez", "getLiveness", access: .open, .immediate { _ in Self.alive }),
            Route(
                .get,
                "/readyz",
                "getReadiness",
                access: .open,
                query: ["verbose"],
                .immediate { [self] context throws(Problem) in readiness(context) }
            ),
        ]
    }

    /// The answer itself proves that the loop turns.
    private static let alive = Response.json { json in json.member("status", "ok") }

    private struct Check {
        var name: StaticString
        var failure: String?
    }

    private func readiness(_ context: Context) -> Response {
        let checks = [
            Check(name: "running", failure: isStopping ? "the service is shutting down" : nil),
            Check(name: "store", failure: store.failure == nil ? nil : Self.storeFailure),
            Check(name: "nodes", failure: nodeFailure),
        ]
        let isReady = checks.allSatisfy { $0.failure == nil }
        return .json(isReady ? 200 : 503) { json in
            json.member("status", isReady ? "ok" : "unavailable")
            guard context.query("verbose") != nil || !isReady else { return }
            json.member("checks") { json in
                for check in checks { json.member(check.name, check.failure ?? "ok") }
            }
        }
    }

    /// Everybody may read this: what is wrong in detail, and where, is for the log.
    private static let storeFailure = "the database cannot be written"

    /// One ready node for one bot is enough to be of use.
    private var nodeFailure: String? {
        let hasOne = planes.all.contains { plane in
            plane.fleet.nodes.contains(where: \.isAvailable)
        }
        return hasOne ? nil : "no node is ready"
    }
}
