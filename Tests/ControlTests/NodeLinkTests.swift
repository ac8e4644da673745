import Control
import Testing

@Suite("A node link")
struct NodeLinkTests {
    private static let refused = NodeLink.Loss.refused("no")
    private static let dropped = NodeLink.Loss.closed(code: 1006, reason: "")

    private static func link(
        session: String? = nil,
        seed: UInt64 = 1,
        _ change: (inout Options) -> Void = { _ in }
    ) -> NodeLink {
        var options = Options()
        change(&options)
        return NodeLink(options: options, limits: .standard, session: session, seed: seed)
    }

    /// A link that has been ready since the start of time, with its connection.
    private static func ready(
        _ change: (inout Options) -> Void = { _ in }
    ) -> (link: NodeLink, id: ConnectionID) {
        var link = link(change)
        _ = link.start(now: .start)
        let id = ConnectionID(1)
        _ = link.opened(id, now: .start)
        _ = link.ready(id, session: "s1", resumed: false, now: .start)
        return (link, id)
    }

    @Test("shakes hands, hears ready and says both")
    func connects() {
        var link = Self.link(session: "old")
        let id = ConnectionID(1)
        #expect(link.start(now: .start) == [.connect(id, resuming: "old")])
        #expect(link.opened(id, now: .start) == [.opened])
        let outputs = link.ready(id, session: "new", resumed: false, now: .start)
        #expect(outputs == [.ready(session: "new", resumed: false, before: "old")])
        #expect(link.isReady && link.session == "new")
    }

    @Test("does not start twice")
    func startsOnce() {
        var link = Self.link()
        _ = link.start(now: .start)
        #expect(link.start(now: .start).isEmpty)
        var (other, _) = Self.ready()
        #expect(other.start(now: .start).isEmpty)
    }

    @Test("gives up a handshake after 10 s, and a silent upgrade 10 s later")
    func handshakeTimeouts() {
        var link = Self.link()
        _ = link.start(now: .start)
        #expect(link.nextDeadline == .start + .seconds(10))
        var silent = link
        let outputs = link.tick(now: .start + .seconds(10))
        #expect(outputs.prefix(2) == [.abort(ConnectionID(1)), .attemptFailed(.handshakeTimeout)])

        _ = silent.opened(ConnectionID(1), now: .start + .seconds(5))
        #expect(silent.nextDeadline == .start + .seconds(15))
        #expect(silent.tick(now: .start + .seconds(14)).isEmpty)
        let late = silent.tick(now: .start + .seconds(15))
        #expect(
            late.contains(.attemptFailed(.handshakeTimeout))
                && late.contains(.lost(.handshakeTimeout))
        )
    }

    @Test("pings every 15 s, and is dead when a pong takes 10 s")
    func pings() {
        var (link, id) = Self.ready()
        #expect(link.nextDeadline == .start + .seconds(15))
        #expect(link.tick(now: .start + .seconds(15)) == [.ping(id)])
        #expect(link.pong(id, now: .start + .milliseconds(15_040)).isEmpty)
        #expect(link.latency == .milliseconds(40))
        #expect(link.nextDeadline == .start + .milliseconds(30_040))
        _ = link.tick(now: .start + .seconds(31))
        let outputs = link.tick(now: .start + .seconds(41))
        #expect(outputs.prefix(2) == [.abort(id), .lost(.silent)])
        #expect(!link.isReady)
    }

    @Test("is exhausted after exactly as many attempts as are allowed", arguments: [1, 5, 7])
    func exhausted(allowed: Int) {
        var (link, id) = Self.ready { options in
            options.infiniteReconnect = false
            options.maxReconnectAttempts = allowed
        }
        var now = Instant.start + .seconds(60)
        var outputs = link.ended(id, Self.dropped, now: now)
        var attempts = 0
        while let deadline = link.nextDeadline, attempts < 100 {
            now = deadline
            attempts += 1
            #expect(link.tick(now: now).count == 1)
            outputs = link.ended(ConnectionID(UInt64(attempts + 1)), Self.refused, now: now)
        }
        #expect(attempts == allowed)
        #expect(outputs.last == .exhausted(attempts: allowed) && link.state == .exhausted)
        #expect(!link.start(now: now).isEmpty, "an operator can begin again")
    }

    @Test("keeps trying for as long as it may, within the ceiling", arguments: UInt64(0)..<50)
    func keepsTrying(seed: UInt64) {
        var link = Self.link(seed: seed)
        _ = link.start(now: .start)
        var now = Instant.start
        for attempt in 1...200 {
            _ = link.ended(ConnectionID(UInt64(attempt)), Self.refused, now: now)
            guard case .waiting(let until) = link.state else {
                Issue.record("it stopped trying")
                return
            }
            #expect(until <= now + .seconds(300) && until > now)
            now = until
            _ = link.tick(now: now)
        }
    }

    @Test("hurries while its session can be resumed, and not when the node is gone")
    func hurries() {
        for loss in [Self.dropped, Self.refused] {
            var (link, id) = Self.ready { $0.resumeTimeout = .seconds(600) }
            var now = Instant.start
            _ = link.ended(id, loss, now: now)
            var longest = Duration.zero
            for attempt in UInt64(2)...10 {
                guard let until = link.nextDeadline else { break }
                longest = max(longest, now.duration(to: until))
                now = until
                _ = link.tick(now: now)
                _ = link.ended(ConnectionID(attempt), .rejected(status: 502), now: now)
            }
            #expect((longest <= .seconds(100)) == (loss == Self.dropped))
        }
    }

    @Test("counts on when it was ready for less than 10 s", arguments: [(9, 2), (10, 1)])
    func stability(seconds: Int64, failures: Int) {
        var link = Self.link()
        _ = link.start(now: .start)
        _ = link.ended(ConnectionID(1), Self.refused, now: .start)
        let now = link.nextDeadline ?? .start
        _ = link.tick(now: now)
        _ = link.ready(ConnectionID(2), session: "s", resumed: false, now: now)
        _ = link.ended(ConnectionID(2), Self.dropped, now: now + .seconds(seconds))
        #expect(link.failures == failures)
    }

    @Test("asks for its session again, also after the node refused it once")
    func resumes() {
        var (link, id) = Self.ready()
        _ = link.ended(id, Self.dropped, now: .start)
        let now = link.nextDeadline ?? .start
        #expect(link.tick(now: now) == [.connect(ConnectionID(2), resuming: "s1")])
        let outputs = link.ready(ConnectionID(2), session: "s1", resumed: true, now: now)
        #expect(outputs == [.ready(session: "s1", resumed: true, before: "s1")])
    }

    @Test("does not reconnect when reconnecting is off")
    func disabled() {
        var (link, id) = Self.ready { $0.enableReconnect = false }
        #expect(link.ended(id, Self.dropped, now: .start) == [.lost(Self.dropped)])
        #expect(link.state == .disabled && link.nextDeadline == nil)
    }

    @Test("shakes hands again when the node does not know its session any more")
    func vanished() {
        var (link, id) = Self.ready()
        let outputs = link.sessionVanished(now: .start)
        #expect(outputs.first == .abort(id) && link.nextDeadline != nil && !link.isReady)
        #expect(link.sessionVanished(now: .start).isEmpty)
    }

    @Test("stops at an operator's word, and keeps the session")
    func stops() {
        var (link, id) = Self.ready()
        #expect(link.stop() == [.abort(id)])
        #expect(link.state == .disabled && link.session == "s1" && link.nextDeadline == nil)
        #expect(link.start(now: .start) == [.connect(ConnectionID(2), resuming: "s1")])
    }

    /// Everything that can be said to a link, each about the connection given.
    private static let events:
        [(String, @Sendable (inout NodeLink, ConnectionID, Instant) -> [NodeLink.Output])] = [
            ("opened", { $0.opened($1, now: $2) }),
            ("ready", { $0.ready($1, session: "s", resumed: false, now: $2) }),
            ("pong", { $0.pong($1, now: $2) }),
            ("ended", { $0.ended($1, .failed("x"), now: $2) }),
        ]

    @Test("does not hear what former connections still say", arguments: [0, 1, 2, 3])
    func formerConnections(index: Int) {
        let (ready, _) = Self.ready()
        var connecting = Self.link()
        _ = connecting.start(now: .start)
        var waiting = connecting
        _ = waiting.ended(ConnectionID(1), Self.refused, now: .start)
        var stopped = ready
        _ = stopped.stop()
        for link in [ready, connecting, waiting, stopped] {
            var heard = link
            #expect(Self.events[index].1(&heard, ConnectionID(77), .start).isEmpty)
            #expect(heard.state == link.state)
        }
        for link in [waiting, stopped] {
            var heard = link
            #expect(Self.events[index].1(&heard, ConnectionID(1), .start).isEmpty)
            #expect(heard.state == link.state)
        }
    }

    @Test("always has a next step unless it rests for good", arguments: UInt64(0)..<100)
    func randomLife(seed: UInt64) {
        var generator = Generator(seed: seed)
        var link = Self.link(seed: seed)
        var now = Instant.start
        _ = link.start(now: now)
        for _ in 0..<300 {
            let id = link.connection ?? ConnectionID(1)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: _ = link.opened(id, now: now)
            case 1:
                _ = link.ready(
                    id,
                    session: "s\(seed)",
                    resumed: .random(using: &generator),
                    now: now
                )
            case 2: _ = link.pong(id, now: now)
            case 3:
                _ = link.ended(
                    id,
                    Bool.random(using: &generator) ? Self.refused : Self.dropped,
                    now: now
                )
            default:
                now = max(now, link.nextDeadline ?? now)
                _ = link.tick(now: now)
            }
            #expect(link.nextDeadline.map { $0 >= now && $0 <= now + .seconds(301) } == true)
        }
    }

    @Test("forgets its failures once it was ready for 10 s, while it still is")
    func stable() {
        var link = Self.link()
        _ = link.start(now: .start)
        _ = link.ended(ConnectionID(1), Self.refused, now: .start)
        let again = link.nextDeadline ?? .start
        _ = link.tick(now: again)
        _ = link.opened(ConnectionID(2), now: again)
        _ = link.ready(ConnectionID(2), session: "s", resumed: false, now: again)
        #expect(link.failures == 1 && link.nextDeadline == again + .seconds(10))
        #expect(link.tick(now: again + .seconds(10)).isEmpty)
        #expect(link.failures == 0 && link.nextDeadline == again + .seconds(15))
    }
}
