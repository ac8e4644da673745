import Control
import Lavalink

/// What somebody asked for, as far as the checks care; the one file that reads commands.
enum Deed {
    case made(GuildID)
    case updated(GuildID, position: Int64?, loop: LoopMode?)
    case played(GuildID, encoded: String, from: Int64)
    case playedByName(GuildID, from: Int64)
    case stopped(GuildID)
    case skipped(GuildID)
    case destroyed(GuildID)
    case enqueued(GuildID, [String], at: Int?)
    case voice(GuildID)
    /// Another voice server, which says nothing of whether the bot has left.
    case voiceServer(GuildID)
    case left(GuildID)
    case restored(GuildID, current: Current?, queue: [String], loop: LoopMode?)
    case savedAll, restoredAll, clearedAll
    case loaded
    case operated

    struct Current {
        var encoded: String
        /// Whether there is nothing left of it to play.
        var isOver: Bool
    }

    init(_ command: Fleet.Command) {
        self =
            switch command {
            case .player(let guild, .put, _): .made(guild)
            case .player(let guild, .update(let update), _):
                .updated(guild, position: update.position, loop: update.loop)
            case .player(let guild, .play(let request), _):
                switch request.source {
                case .track(let track):
                    .played(guild, encoded: track.encoded, from: request.update.position ?? 0)
                case .identifier: .playedByName(guild, from: request.update.position ?? 0)
                }
            case .player(let guild, .stop, _): .stopped(guild)
            case .player(let guild, .skip, _): .skipped(guild)
            case .player(let guild, .destroy, _): .destroyed(guild)
            case .queue(let guild, .add(let entries, let index), _):
                .enqueued(guild, entries.map(\.track.encoded), at: index)
            case .player(let guild, .setVoice, _): .voice(guild)
            case .voice(.state(let guild, _, let channel, _), _):
                channel == nil ? .left(guild) : .voice(guild)
            case .voice(.server(let guild, _, _), _): .voiceServer(guild)
            case .load: .loaded
            case .state(.save): .savedAll
            case .state(.restore): .restoredAll
            case .state(.clear): .clearedAll
            case .player(let guild, .restore(let state), _):
                .restored(
                    guild,
                    current: state.current.map { Current($0.track, state.update.position ?? 0) },
                    queue: state.queue.map(\.track.encoded),
                    loop: state.update.loop
                )
            case .node: .operated
            }
    }

    var destroys: Bool { if case .destroyed = self { true } else { false } }

    /// Whether a guild has a player afterwards that had none.
    var makes: Bool {
        switch self {
        case .made, .restored: true
        default: false
        }
    }

    /// Whether it is refused while nothing can be kept.
    var changesState: Bool {
        switch self {
        case .loaded, .operated: false
        default: true
        }
    }
}

extension Deed.Current {
    fileprivate init(_ track: Track, _ place: Int64) {
        encoded = track.encoded
        isOver = !track.info.isStream && place >= track.info.length
    }
}

extension Deed {
    /// The one player that it is about.
    var guild: GuildID? {
        switch self {
        case .made(let guild), .updated(let guild, _, _), .played(let guild, _, _),
            .playedByName(let guild, _), .stopped(let guild), .skipped(let guild),
            .destroyed(let guild), .enqueued(let guild, _, _), .voice(let guild),
            .voiceServer(let guild), .left(let guild), .restored(let guild, _, _, _):
            guild
        case .savedAll, .restoredAll, .clearedAll, .loaded, .operated: nil
        }
    }
}
