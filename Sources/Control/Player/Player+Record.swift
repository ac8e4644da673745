import Lavalink
import Wire

extension Player {
    /// What is kept of the player, with the place as it is now.
    package func record(now: Instant) -> PlayerRecord {
        var record = PlayerRecord(guild: guild)
        record.node = home
        record.voiceChannel = voiceChannel
        record.textChannel = textChannel
        record.voice = voice
        record.current = current.map {
            CurrentRecord(entry: $0.entry, play: $0.id, endTime: $0.endTime)
        }
        record.place = current == nil ? 0 : place.milliseconds(at: now)
        if let current {
            record.placeReported =
                current.wasTaken ? place.reportedPosition(at: now) : PlayerRecord.untaken
        }
        record.owed = current == nil ? [] : untold
        record.hasLeft = hasLeft
        record.volume = volume
        record.paused = paused
        record.filters = filters.raw
        record.loop = loop
        record.autoplay = autoplay
        return record
    }

    /// A player as it was kept; its node is still to be asked.
    package init(_ saved: SavedPlayer) {
        let record = saved.player
        self.init(guild: record.guild)
        home = record.node
        voiceChannel = record.voiceChannel
        textChannel = record.textChannel
        voice = record.voice
        volume = record.volume
        paused = record.paused
        // What was kept was checked before; should the ranges have changed since, it is dropped.
        filters = (try? Filters(checking: record.filters.value, at: "/filters")) ?? .none
        loop = record.loop
        autoplay = record.autoplay
        queue = Queue(saved.queue)
        if let current = record.current {
            var play = Play(entry: current.entry, id: current.play, endTime: current.endTime)
            play.wasTaken = record.placeReported != PlayerRecord.untaken
            play.wasAnnounced = play.wasTaken
            play.isRecalled = true
            self.current = play
            place = Place(
                standingAt: record.place,
                reported: play.wasTaken ? record.placeReported : record.place,
                length: play.length,
                rate: rate
            )
        }
        hasLeft = record.hasLeft
        untold = record.owed.intersection([.position, .endTime])
        pending = untold
        self.saved = record
    }
}
