import Control
import Lavalink
import Runtime
import Service
import SimulatedNode
import Storage
import Wire

/// `lavadeck demo`: the service with two simulated nodes and a few players, to look around.
///
/// Nothing is kept and nothing leaves this machine.
enum Demo {
    static func run(_ flags: [String: String], _ environment: [String: String]) {
        // A demonstration reads no configuration but its flags.
        var configuration = Program.configuration(flags, [:])
        let log = Log.toStandardOutput(
            format: configuration.logFormat,
            level: configuration.logLevel,
            environment: environment
        )
        guard let user = UserID("170939974227591168") else { preconditionFailure("a Discord id") }
        configuration.bots = [ConfiguredBot(name: BotName("demo"), userId: user)]
        configuration.drills = true
        let base = configuration
        Lifetime.run {
            let nodes = [startNode(), startNode()]
            var configuration = base
            configuration.nodes = zip(["north", "south"], nodes).map { name, node in
                ConfiguredNode(
                    name: NodeName(name),
                    host: "127.0.0.1",
                    port: node.port,
                    auth: Secret(password)
                )
            }
            let application = Application(
                configuration: configuration,
                store: InMemoryStore(),
                saved: [:],
                log: log
            )
            Serve.start(application)
            await DemoPlayers(application.planes.all[0]).makeAll()
            Program.say(invitation(port: application.port ?? configuration.listen.port))
            return (application, { for node in nodes { await node.stop() } })
        }
    }

    private static let password = "youshallnotpass"

    @Loop private static func startNode() -> SimulatedNode {
        do throws(ListenerError) {
            return try SimulatedNode.started(
                password: password,
                seed: UInt64.random(in: .min ... .max)
            )
        } catch {
            Program.fail(error.description, .unavailable)
        }
    }

    private static func invitation(port: UInt16) -> String {
        let base = "http://127.0.0.1:\(port)"
        let player = "\(base)/v1/players/\(DemoPlayers.guilds[0])"
        return """

            Lavadeck is running with two simulated nodes and \(DemoPlayers.guilds.count) players. Try:

              curl -N \(base)/v1/events
              curl \(base)/v1/nodes
              curl \(base)/v1/players
              curl -X POST \(player)/skip
              curl -X PATCH \(player) -H 'Content-Type: application/json' -d '{"paused":true}'
              curl -X POST \(base)/v1/nodes/north/simulate-failure
              curl \(base)/metrics

            Press Ctrl-C to stop; the demo saves nothing.


            """
    }
}

/// A few players with queues of short tracks.
@Loop struct DemoPlayers {
    nonisolated static let guilds = [
        "817327181659111454", "817327181659111455", "817327181659111456",
    ]
    nonisolated private static let tracks = ["tone-20s", "tone-25s", "tone-15s", "tone-30s"]
    /// Waits for the nodes at most this often, a tenth of a second each time.
    private static let patience = 100

    private let plane: ControlPlane

    init(_ plane: ControlPlane) { self.plane = plane }

    func makeAll() async {
        await nodesAreReady()
        for (index, text) in Self.guilds.enumerated() {
            guard let guild = GuildID(text) else { continue }
            await make(guild, first: index)
        }
    }

    private func nodesAreReady() async {
        for _ in 0..<Self.patience
        where !plane.fleet.candidates(at: plane.now).allSatisfy(\.isReady) {
            await pause()
        }
    }

    private func pause() async {
        let timer = LoopTimer()
        await withCheckedContinuation { continuation in
            timer.schedule(after: .milliseconds(100)) { continuation.resume() }
        }
    }

    private func make(_ guild: GuildID, first: Int) async {
        var settings = PlayerSettings()
        settings.voiceChannel = ChannelID("817327181659111999")
        settings.volume = 80
        _ = await plane.submit { .player(guild, .put(settings), $0) }
        let voice = VoiceParts(
            token: "demo",
            endpoint: "demo.discord.media:443",
            sessionId: "demo",
            channelId: ChannelID("817327181659111999")
        )
        _ = await plane.submit { .player(guild, .setVoice(voice), $0) }
        var entries: [NewEntry] = []
        for step in Self.tracks.indices {
            let identifier = Self.tracks[(first + step) % Self.tracks.count]
            guard let track = await load(identifier) else { continue }
            entries.append(NewEntry(track: track, requester: "demo"))
        }
        var update = PlayerUpdate()
        update.loop = .queue
        _ = await plane.submit { .player(guild, .update(update), $0) }
        _ = await plane.submit { .queue(guild, .add(entries, at: nil), $0) }
    }

    private func load(_ identifier: String) async -> Track? {
        let answer = await plane.submit { .load(identifier: identifier, $0) }
        guard case .success(let reply) = answer else { return nil }
        let result = try? LoadResult(reply.raw.value, at: "")  // nil: one track less
        guard case .track(let track)? = result else { return nil }
        return track
    }
}
