import Lavalink
import Wire

extension Player {
    /// What is kept of the player, with the position as it is now and its node's name.
    package func record(now: Instant, node: NodeName?) -> PlayerRecord {
        var record = PlayerRecord(guild: guild)
        record.node = node
        record.voiceChannel = voiceChannel
        record.textChannel = textChannel
        record.voice = voice.parts
        record.hasLeft = voice.hasLeft
        if let current {
            record.current = CurrentRecord(
                entry: current.entry,
                play: current.id,
                endTime: current.endTime
            )
            record.position = position.milliseconds(at: now)
            record.reportedPosition =
                current.isConfirmed ? position.reportedPosition(at: now) : PlayerRecord.notConfirmed
            record.unconfirmed = sync.unconfirmed
        }
        record.volume = volume
        record.paused = paused
        record.filters = filters.raw
        record.loop = playback.loop
        record.autoplay = playback.autoplay
        return record
    }

    /// A player as it was kept; its node is still to be asked.
    init(_ saved: SavedPlayer, on node: NodeID?, seed: UInt64) {
        let record = saved.player
        self.init(guild: record.guild, seed: seed)
        voiceChannel = record.voiceChannel
        textChannel = record.textChannel
        voice = PlayerVoice(record.voice, hasLeft: record.hasLeft)
        volume = record.volume
        paused = record.paused
        if record.filters != Filters.none.raw {
            // It was checked before; should the ranges have changed since, it is dropped.
            filters = (try? Filters(checking: record.filters.value, at: "/filters")) ?? .none
        }
        let current = record.current.map { kept in
            var play = Play(entry: kept.entry, id: kept.play, endTime: kept.endTime)
            play.isConfirmed = record.reportedPosition != PlayerRecord.notConfirmed
            play.wasAnnounced = play.isConfirmed
            play.wasLoadedFromStore = true
            return play
        }
        if let current {
            position = Position(
                standingAt: record.position,
                reported: current.isConfirmed ? record.reportedPosition : record.position,
                length: current.length,
                rate: rate
            )
        }
        playback = Playback(
            current: current,
            queue: Queue(saved.queue),
            loop: record.loop,
            autoplay: record.autoplay
        )
        sync = PlayerSync(assignedTo: node, unconfirmed: current == nil ? [] : record.unconfirmed)
        wasStored()
    }
}
