package import Control
import Lavalink
package import Wire

/// A player as the HTTP interface shows it.
extension JSONWriter {
    package mutating func player(_ player: borrowing Player, of fleet: Fleet, now: Instant) {
        // Taken out once: each time is a copy.
        let (current, queue) = (player.current, player.queue)
        object { json in
            json.member("guildId", quoted: player.guild.rawValue)
            json.member("node", fleet.assignedNode(of: player)?.text)
            json.member("state", player.condition.rawValue)
            json.member("voiceChannel", quoted: player.voiceChannel?.rawValue)
            json.member("textChannel", quoted: player.textChannel?.rawValue)
            json.member("connected", player.voice.connected)
            json.member("ping", player.voice.ping)
            json.key("current")
            if let current { json.entry(current.entry) } else { json.null() }
            let isPlaying = player.playback.isPlaying
            json.member("position", isPlaying ? player.position.milliseconds(at: now) : 0)
            json.member("endTime", current?.endTime)
            json.member("volume", player.volume)
            json.member("paused", player.paused)
            json.member("loop", player.playback.loop.rawValue)
            json.member("autoplay", player.playback.autoplay)
            json.member("filters", player.filters.raw)
            json.member("queue") { json in
                json.member("length", queue.count)
                json.member("duration", queue.duration)
                json.member("suspended", player.playback.isSuspended)
            }
            json.member("voice") { json in json.member("ready", player.hasVoice) }
        }
    }

    /// An entry of a queue, which may have its track still to be loaded.
    package mutating func entry(_ entry: QueueEntry) {
        switch entry.content {
        case .track(let track):
            self.entry(TrackEntry(id: entry.id, track: track, requester: entry.requester))
        case .identifier(let identifier):
            object { json in
                json.member("entry", plain: entry.id.append)
                json.member("identifier", identifier)
                json.member("requester", entry.requester)
            }
        }
    }

    /// A track of a queue, or the one that plays; the caller's own data as it came.
    package mutating func entry(_ entry: TrackEntry) {
        object { json in
            json.member("entry", plain: entry.id.append)
            entry.track.writeMembers(into: &json)
            json.member("requester", entry.requester)
        }
    }

    /// A player's state in the shape of the contract, with what the contract's state loses beside
    /// it: filters, end time, node, and each track's own data.
    package mutating func savedState(_ player: Player, of fleet: Fleet, now: Instant) {
        let current = player.current?.entry
        object { json in
            json.member("guildId", quoted: player.guild.rawValue)
            json.member("voiceChannel", quoted: player.voiceChannel?.rawValue)
            json.member("textChannel", quoted: player.textChannel?.rawValue)
            json.array("queue", player.queue.entries.compactMap(\.entry.resolved)) { json, entry in
                json.value(entry.track.encoded)
            }
            json.member("current", current?.track.encoded)
            json.member("position", current == nil ? 0 : player.position.milliseconds(at: now))
            json.member("volume", player.volume)
            json.member("paused", player.paused)
            json.member("loop", player.playback.loop.rawValue)
            json.member("autoplay", player.playback.autoplay)
            json.member("filters", player.filters.raw)
            json.member("endTime", player.current?.endTime)
            json.member("node", fleet.assignedNode(of: player)?.text)
            json.member("live", player.isLive)
            json.key("currentEntry")
            if let current { json.stateEntry(QueueEntry(current)) } else { json.null() }
            json.array("entries", player.queue.entries) { json, row in
                json.stateEntry(row.entry)
            }
        }
    }

    private mutating func stateEntry(_ entry: QueueEntry) {
        object { json in
            switch entry.content {
            case .track(let track):
                json.member("encoded", track.encoded)
                json.member("userData", track.userData)
            case .identifier(let identifier): json.member("identifier", identifier)
            }
            json.member("requester", entry.requester)
        }
    }
}
