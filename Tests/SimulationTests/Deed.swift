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
            case .putPlayer(let guild, _): .made(guild)
            case .update(let guild, let update):
                .updated(guild, position: update.position, loop: update.loop)
            case .play(let guild, let request):
                switch request.source {
                case .track(let track):
                    .played(guild, encoded: track.encoded, from: request.update.position ?? 0)
                case .identifier: .playedByName(guild, from: request.update.position ?? 0)
                }
            case .stop(let guild): .stopped(guild)
            case .skip(let guild): .skipped(guild)
            case .destroy(let guild): .destroyed(guild)
            case .enqueue(let guild, let entries, let index):
                .enqueued(guild, entries.map(\.track.encoded), at: index)
            case .setVoice(let guild, _): .voice(guild)
            case .gatewayVoice(.state(let guild, _, let channel, _)):
                channel == nil ? .left(guild) : .voice(guild)
            case .gatewayVoice(.server(let guild, _, _)): .voiceServer(guild)
            case .load: .loaded
            case .saveAll: .savedAll
            case .restoreAll: .restoredAll
            case .clearAll: .clearedAll
            case .restorePlayer(let state):
                .restored(
                    state.guild,
                    current: state.current.map { Current($0.track, state.update.position ?? 0) },
                    queue: state.queue.map(\.track.encoded),
                    loop: state.update.loop
                )
            case .breakConnection, .connectNode, .disconnectNode: .operated
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
