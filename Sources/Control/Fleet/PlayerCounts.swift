/// What is counted of a player, and when something happens for it by itself.
struct PlayerSummary: Equatable {
    var node: NodeID?
    var condition: Player.Condition
    var isRunning: Bool
    /// Has a track that its node has not confirmed yet.
    var isReserved: Bool
    var queued: Int
    var deadline: Instant?

    init(_ player: borrowing Player) {
        node = player.sync.node
        condition = player.condition
        isRunning = player.isRunning
        isReserved = !player.sync.isLive && player.playback.isPlaying
        queued = player.playback.queue.count
        deadline = player.nextDeadline
    }
}

/// How many players of a bot are in which condition, and what waits in their queues.
package struct PlayerCounts: Sendable, Equatable {
    private var conditions: [Player.Condition: Int] = [:]
    package private(set) var queued = 0

    package subscript(condition: Player.Condition) -> Int { conditions[condition] ?? 0 }

    mutating func replace(_ before: PlayerSummary?, by after: PlayerSummary?) {
        if before?.condition != after?.condition {
            if let before { conditions[before.condition, default: 0] -= 1 }
            if let after { conditions[after.condition, default: 0] += 1 }
        }
        queued += (after?.queued ?? 0) - (before?.queued ?? 0)
    }
}

extension Node.Occupancy {
    mutating func add(_ player: PlayerSummary) { count(player, 1) }
    mutating func remove(_ player: PlayerSummary) { count(player, -1) }

    private mutating func count(_ player: PlayerSummary, _ step: Int) {
        players += step
        if player.isRunning { playing += step }
        if player.isReserved { reserved += step }
    }
}
