// What is kept of a fleet, as a whole.
import Lavalink

extension Fleet {
    /// Everything there is to be kept, as it is now.
    package func savedBot(now: Instant) -> SavedBot {
        var saved = SavedBot()
        for node in nodes { saved.sessions[node.name] = node.session }
        saved.players = players.values.sorted { $0.guild.rawValue < $1.guild.rawValue }.map {
            SavedPlayer(player: $0.record(now: now), queue: Array($0.queue.entries))
        }
        return saved
    }

    /// The last that is written before the program ends: every place as it is now.
    package func finalChanges(now: Instant) -> [StoreChange] {
        guard options.enableReconnect else { return [] }
        return players.values.sorted { $0.guild.rawValue < $1.guild.rawValue }.map {
            .player($0.record(now: now))
        }
    }
}
