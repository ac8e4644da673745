import Control
import Storage

extension Store {
    func commit(_ changes: [StoreChange], of bot: BotName = Sample.radio) async throws {
        try await outcome { commit(changes, of: bot, then: $0) }
    }

    func replaceAll(of bot: BotName, with state: SavedBot) async throws {
        try await outcome { replaceAll(of: bot, with: state, then: $0) }
    }

    func probe() async throws { try await outcome { probe(then: $0) } }

    private func outcome(_ hand: (@escaping Completion) -> Void) async throws {
        let result = await withCheckedContinuation { continuation in
            hand { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}
