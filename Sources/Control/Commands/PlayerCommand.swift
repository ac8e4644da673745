package import Lavalink
package import Wire

/// What a bot asks of one player.
package enum PlayerCommand: Sendable {
    /// Makes the player where there is none.
    case put(PlayerSettings)
    case update(PlayerUpdate)
    case play(PlayRequest)
    case stop
    case skip
    case setVoice(VoiceParts)
    /// Brings a player back as a whole, from outside.
    case restore(SavedState)
    case destroy
}

/// What a player is made with, or given anew.
package struct PlayerSettings: Sendable {
    package var voiceChannel: ChannelID?
    package var textChannel: ChannelID?
    package var volume: Int?

    package init() {}
}

/// Changes of a player; what is nil stays.
package struct PlayerUpdate: Sendable {
    package var paused: Bool?
    package var volume: Int?
    package var position: Int64?
    package var endTime: Int64?
    package var filters: Filters?
    package var loop: LoopMode?
    package var autoplay: Bool?
    package var voiceChannel: ChannelID?
    package var textChannel: ChannelID?

    package init() {}
}

package struct PlayRequest: Sendable {
    package enum Source: Sendable {
        case track(Track)
        /// To be loaded through a node first.
        case identifier(String)
    }

    package var source: Source
    package var userData: RawJSON?
    package var requester: String?
    package var update = PlayerUpdate()

    package init(_ source: Source) { self.source = source }
}

/// A player's state from outside.
package struct SavedState: Sendable {
    package var settings = PlayerSettings()
    package var voice: VoiceParts?
    package var current: NewEntry?
    package var update = PlayerUpdate()
    package var queue: [NewEntry] = []

    package init() {}
}
