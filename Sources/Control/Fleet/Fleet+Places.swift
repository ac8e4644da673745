import Lavalink

// Places that make sense: a start or a seek to the end would end the track at once
// (`lavalink-v4.md` §16 item 31).
extension Fleet {
    /// Why a track cannot be played from a place up to an end; nil when it can.
    static func whyNotPlayed(_ length: Int64?, from place: Int64, to end: Int64?) -> String? {
        if let length, place >= length {
            return "the position must be less than the track's length, \(length) ms"
        }
        if let end, end <= place { return "the end must be after the position, \(place) ms" }
        return nil
    }

    /// Why an update cannot be done to what plays now; nil when it can.
    func whyNotUpdated(_ update: PlayerUpdate, of guild: GuildID, now: Instant) -> CommandError? {
        guard update.position != nil || update.endTime != nil, let player = players[guild] else {
            return nil
        }
        guard let play = player.current else { return .nothingPlays(guild) }
        guard !play.entry.track.info.isStream else { return .isStream(guild) }
        let place = update.position ?? player.place.milliseconds(at: now)
        return Self.whyNotPlayed(play.length, from: place, to: update.endTime ?? play.endTime)
            .map { .notPlayable(reason: $0) }
    }
}
