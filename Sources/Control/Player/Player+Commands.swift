import Lavalink
import Wire

// What a bot asks of the player.
extension Player {
    mutating func put(_ settings: PlayerSettings) -> [Output] {
        if let channel = settings.voiceChannel { set(\.voiceChannel, to: channel) }
        if let channel = settings.textChannel { set(\.textChannel, to: channel) }
        return settings.volume.map { setVolume($0) } ?? []
    }

    /// Changes what is desired.
    ///
    /// - Returns: whether it was another one.
    @discardableResult
    private mutating func set<Value: Equatable>(
        _ property: WritableKeyPath<Player, Value>,
        to value: Value
    ) -> Bool {
        guard self[keyPath: property] != value else { return false }
        self[keyPath: property] = value
        isChanged = true
        return true
    }

    private mutating func setVolume(_ volume: Int) -> [Output] {
        guard set(\.volume, to: volume) else { return [] }
        sync.want(.volume)
        return [.publish(.playerVolumeChange(volume))]
    }

    /// Why an update cannot be done to what plays now; nil when it can.
    func whyNotUpdated(_ update: PlayerUpdate, _ moment: Moment) -> CommandError? {
        guard update.position != nil || update.endTime != nil else { return nil }
        guard let play = current else { return .nothingPlays(guild) }
        guard !play.entry.track.isStream else { return .isStream(guild) }
        let position = update.position ?? position.milliseconds(at: moment.now)
        return play.whyNotPlayed(from: position, to: update.endTime ?? play.endTime)
            .map { .notPlayable(reason: $0) }
    }

    mutating func update(_ update: PlayerUpdate, _ moment: Moment) -> [Output] {
        if let channel = update.voiceChannel { set(\.voiceChannel, to: channel) }
        if let channel = update.textChannel { set(\.textChannel, to: channel) }
        setModes(update)
        var outputs = update.volume.map { setVolume($0) } ?? []
        if let filters = update.filters, set(\.filters, to: filters) {
            sync.want(.filters)
            outputs.append(.publish(.playerFiltersChange(filters.raw)))
        }
        if let paused = update.paused, set(\.paused, to: paused) {
            if paused, !isLive { position.freeze(now: moment.now) }
            sync.want(.paused)
            outputs.append(.publish(paused ? .playerPause : .playerResume))
        }
        guard current != nil else { return outputs }
        if let end = update.endTime {
            playback.setEnd(end)
            sync.command(.endTime)
            isChanged = true
        }
        return outputs + (update.position.map { seek(to: $0, moment) } ?? [])
    }

    private mutating func setModes(_ update: PlayerUpdate) {
        if let loop = update.loop, loop != playback.loop {
            playback.setLoop(loop)
            isChanged = true
        }
        if let autoplay = update.autoplay, autoplay != playback.autoplay {
            playback.setAutoplay(autoplay)
            isChanged = true
        }
    }

    private mutating func seek(to position: Int64, _ moment: Moment) -> [Output] {
        guard let play = current, !play.entry.track.isStream else { return [] }
        setPosition(to: position, moment)
        sync.command(.position)
        isChanged = true
        return [.publish(.playerSeek(position: position))]
    }

    /// The position that is wanted, until the node was told.
    mutating func setPosition(to position: Int64, _ moment: Moment) {
        self.position.freeze(now: moment.now)
        self.position.seek(to: position, now: moment.now)
    }

    /// Plays a track as asked, instead of what plays.
    mutating func play(
        _ track: Track,
        _ request: PlayRequest,
        _ moment: Moment
    ) -> Result<[Output], CommandError> {
        var track = track
        if let userData = request.userData { track.userData = userData }
        let entry = TrackEntry(id: newEntryID(), track: track, requester: request.requester)
        var update = request.update
        let position = update.position ?? 0
        let play = Play(entry: entry, id: newPlayID(), endTime: update.endTime)
        if let reason = play.whyNotPlayed(from: position, to: play.endTime) {
            return .failure(.notPlayable(reason: reason))
        }
        update.position = nil
        update.endTime = nil
        // A new track plays, unless it is asked for paused.
        update.paused = update.paused ?? false
        playback.resume()
        begin(play, from: position, moment.limits)
        return .success(self.update(update, moment))
    }

    mutating func stop(_ moment: Moment) -> [Output] {
        guard current != nil || playback.loading != nil else { return [] }
        playback.stop(moment.limits)
        fallSilent(tellsNode: true)
        return [.publish(.playerStop)]
    }

    /// Goes on to the next entry.
    mutating func skip(_ moment: Moment) -> Result<[Output], CommandError> {
        guard current != nil || !queue.isEmpty else { return .failure(.nothingPlays(guild)) }
        playback.resume()
        let skipped = (current?.entry).map { Output.publish(.trackSkip($0)) }
        let outputs = advance(.skipped, moment)
        return .success((skipped.map { [$0] } ?? []) + outputs)
    }

    /// Adds to the queue; an idle player begins with it.
    mutating func add(
        _ new: [NewEntry],
        at index: Int?,
        _ moment: Moment
    ) -> Result<(entries: [EntryID], outputs: [Output]), CommandError> {
        let entries = queueEntries(new)
        if let limit = queue.limit(of: moment.limits, exceededByAdding: entries) {
            return .failure(.queueFull(limit))
        }
        var outputs = store(playback.add(entries, at: index))
        if playback.isIdle { outputs += go(playback.takeNext(), moment.limits) }
        return .success((entries.map(\.id), outputs))
    }

    private mutating func queueEntries(_ new: [NewEntry]) -> [QueueEntry] {
        new.map { entry in
            QueueEntry(
                id: newEntryID(),
                content: .track(entry.track),
                requester: entry.requester
            )
        }
    }

    /// Becomes what was saved elsewhere, but for the voice.
    mutating func restore(_ state: SavedState, _ moment: Moment) -> [Output] {
        isChanged = true
        voiceChannel = state.settings.voiceChannel
        textChannel = state.settings.textChannel
        var outputs = store(playback.clearQueue() + playback.add(queueEntries(state.queue)))
        var update = state.update
        let (position, end) = (update.position ?? 0, update.endTime)
        update.position = nil
        update.endTime = nil
        outputs += self.update(update, moment)
        guard let current = state.current else {
            if self.current != nil {
                playback.stop(moment.limits)
                fallSilent(tellsNode: true)
            }
            return outputs
        }
        let entry = TrackEntry(
            id: newEntryID(),
            track: current.track,
            requester: current.requester
        )
        let play = Play(entry: entry, id: newPlayID(), endTime: end)
        guard play.whyNotPlayed(from: position, to: end) == nil else {
            // It was over when it was saved: what follows it is played.
            playback.begin(play, moment.limits)
            return outputs + advance(.ended, moment, stillLoaded: true)
        }
        begin(play, from: position, moment.limits)
        return outputs
    }
}

extension Play {
    /// Why it cannot be played from a position up to an end; nil when it can.
    ///
    /// A start or a seek to the end would end the track at once (`lavalink-v4.md` §16, item 31).
    func whyNotPlayed(from position: Int64, to end: Int64?) -> String? {
        if let length, position >= length {
            return "the position must be less than the track's length, \(length) ms"
        }
        if let end, end <= position {
            return "the end time must be after the position, \(position) ms"
        }
        return nil
    }
}
