package import Lavalink

/// One `POST /v1/state/restore`: which players it waits for, and how each came out.
package struct RestoreJob: Sendable {
    package let id: UInt64
    package private(set) var pending: Set<GuildID>
    package private(set) var restored: [GuildID] = []
    package private(set) var failed: [(guild: GuildID, reason: String)] = []
    /// When those still missing are called failed; they are tried further all the same.
    let endsAt: Instant

    init(id: UInt64, pending: Set<GuildID>, endsAt: Instant) {
        self.id = id
        self.pending = pending
        self.endsAt = endsAt
    }

    package var isDone: Bool { pending.isEmpty }

    mutating func recordSuccess(_ guild: GuildID) {
        if pending.remove(guild) != nil { restored.append(guild) }
    }

    mutating func recordFailure(_ guild: GuildID, _ reason: String) {
        if pending.remove(guild) != nil { failed.append((guild, reason)) }
    }

    mutating func end() {
        for guild in pending.sorted(by: { $0.rawValue < $1.rawValue }) {
            failed.append((guild, "no node confirmed the player in time; Lavadeck keeps trying"))
        }
        pending.removeAll()
    }
}

extension [UInt64: RestoreJob] {
    /// Tells every job that is not done.
    mutating func modify(_ body: (inout RestoreJob) -> Void) {
        for id in Array(keys) where self[id]?.isDone == false {
            // Taken out while it changes, so that its sets change where they are.
            guard var job = removeValue(forKey: id) else { continue }
            body(&job)
            self[id] = job
        }
    }
}
