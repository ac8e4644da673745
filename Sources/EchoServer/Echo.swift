import Dispatch
import Glibc
import Runtime
import Wire

/// The smallest service on the listener: what conformance tools and benchmarks talk to.
enum Echo {
    private static let text = [(name: "Content-Type", value: "text/plain; charset=utf-8")]
    private static let allowed = "GET, HEAD, POST, OPTIONS"

    /// Listens from now on, until SIGTERM or SIGINT.
    static func run(port: UInt16) {
        Signals.ignoreBrokenPipes()
        Loop.queue.async { Loop.assumeIsolated { listen(port) } }
    }

    @Loop private static func listen(_ port: UInt16) {
        do throws(ListenerError) {
            let listener = try Listener(address: "127.0.0.1", port: port) { exchange in
                exchange.respond(answer(to: exchange.request))
            }
            report("listening on 127.0.0.1:\(listener.port)")
            signals = Signals([SIGTERM, SIGINT]) { _ in
                listener.stop()
                exit(0)
            }
        } catch {
            report("EchoServer: \(error)")
            exit(1)
        }
    }

    @Loop private static var signals: Signals?

    private static func report(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func answer(to request: Request) -> Response {
        switch request.method {
        case .get, .head: Response(status: 200, headers: text, body: body(of: request))
        case .post: Response(status: 200, headers: text, body: body(of: request))
        case .options: Response(status: 204, headers: [("Allow", allowed)])
        case .put, .patch, .delete, .trace, .connect:
            Response(status: 405, headers: [("Allow", allowed)])
        }
    }

    private static func body(of request: Request) -> [UInt8] {
        switch request.path {
        case "/echo":
            lines(request.headers.all.map { "\($0.name): \($0.value)" })
        case "/cookie":
            lines(request.headers.values("Cookie").flatMap(pairs))
        default:
            request.method == .post ? request.body : Array("OK".utf8)
        }
    }

    private static func pairs(of cookie: String) -> [String] {
        cookie.split(separator: ";").map { $0.drop { $0 == " " } }.filter { $0.contains("=") }
            .map(String.init)
    }

    private static func lines(_ lines: [String]) -> [UInt8] {
        Array(lines.map { $0 + "\n" }.joined().utf8)
    }
}
