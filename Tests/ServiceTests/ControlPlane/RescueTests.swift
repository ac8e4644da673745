import Control
import Lavalink
import Runtime
@testable import Service
import Storage
import Synchronization
import Testing

/// A store in memory that says when everything is replaced.
private final class WatchedStore: Store {
    let base = InMemoryStore()
    let onReplace = Mutex<(@Sendable () -> Void)?>(nil)

    func load() throws(StorageError) -> [BotName: SavedBot] { try base.load() }

    func commit(_ changes: [StoreChange], of bot: BotName, then completion: @escaping Completion) {
        base.commit(changes, of: bot, then: completion)
    }

    func replaceAll(of bot: BotName, with saved: SavedBot, then completion: @escaping Completion) {
        base.replaceAll(of: bot, with: saved, then: completion)
        onReplace.withLock { $0 }?()
    }

    func probe(then completion: @escaping Completion) { base.probe(then: completion) }
    var failure: StorageError? { base.failure }
    var statistics: StoreStatistics { base.statistics }
    func close() { base.close() }
}

/// One bot whose node is never gone to: what the node says is said here.
@Loop private struct Rig {
    static let bot = BotName("radio")
    static let node = NodeName("main")

    let store = WatchedStore()
    let connections: NodeConnections
    let plane: ControlPlane
    private let client = CurlClient()

    init() throws {
        let user = try #require(UserID("7"))
        connections = NodeConnections(user: user, addresses: [:], client: client)
        let fleet = Fleet(
            bot: Self.bot,
            user: user,
            nodes: [NodeSettings(name: Self.node, address: "nowhere:1", region: nil)],
            seed: 1
        )
        plane = ControlPlane(
            fleet: fleet,
            connections: connections,
            store: store,
            rescueInterval: .milliseconds(5)
        ) { _, _ in }
        plane.start()
    }

    /// The node lets us in: a change that no command asked for.
    func becomeReady(_ session: String) {
        guard case .connecting(let id, _, _) = plane.fleet.node(Self.node)?.link.state else {
            return
        }
        connections.onEvent?(.socket(Self.node, id, .opened))
        connections.onEvent?(
            .socket(Self.node, id, .message(.ready(sessionId: session, resumed: false)))
        )
    }

    /// Makes a player; nil when that is kept.
    func put(_ guild: String) async throws -> ControlError? {
        let guild = try #require(GuildID(guild))
        switch await plane.submit({ .player(guild, .put(PlayerSettings()), $0) }) {
        case .success: return nil
        case .failure(let error): return error
        }
    }

    func untilHealed() async throws {
        await withCheckedContinuation { healed in
            guard plane.storeFailure != nil else { return healed.resume() }
            plane.onStoreChange = { failure, _ in
                guard failure == nil else { return }
                plane.onStoreChange = nil
                healed.resume()
            }
        }
        // Behind what the rescue left to be done.
        #expect(try await put("99") == nil)
    }

    func end() {
        plane.stop()
        client.shutdown()
    }
}

@Suite("A store that failed", .timeLimit(.minutes(1)))
struct RescueTests {
    private let full = StorageError(.diskFull, path: "memory")

    @Test("keeps what happened before, while and after it was healed")
    @Loop func nothingIsLost() async throws {
        let rig = try Rig()
        #expect(try await rig.put("1") == nil)
        rig.store.base.fail(with: full)
        #expect(try await rig.put("2") == .store(full))
        rig.store.onReplace.withLock {
            $0 = { Loop.assumeIsolated { rig.becomeReady("while healing") } }
        }
        rig.store.base.fail(with: nil)
        try await rig.untilHealed()
        let kept = try #require(try rig.store.load()[Rig.bot])
        #expect(kept.sessions[Rig.node] == "while healing")
        #expect(kept.players.map(\.player.guild.description).sorted() == ["1", "2", "99"])
        rig.end()
    }

    @Test("is tried once more at the end")
    @Loop func end() async throws {
        let rig = try Rig()
        rig.store.base.fail(with: full)
        #expect(try await rig.put("2") == .store(full))
        rig.store.base.fail(with: nil)
        rig.end()
        #expect(try rig.store.load()[Rig.bot]?.players.count == 1)
    }
}
