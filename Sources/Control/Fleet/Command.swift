package import Lavalink
package import Wire

extension Fleet {
    /// What a bot or an operator asks for.
    package enum Command: Sendable {
        case putPlayer(GuildID, PlayerSettings)
        case update(GuildID, PlayerUpdate)
        case play(GuildID, PlayRequest)
        case stop(GuildID)
        case skip(GuildID)
        case destroy(GuildID)
        case enqueue(GuildID, [NewEntry], at: Int?)
        case setVoice(GuildID, VoiceParts)
        case gatewayVoice(GatewayVoice)
        case load(identifier: String)
        case saveAll
        case restoreAll
        case clearAll
        case restorePlayer(SavedState)
        case breakConnection(NodeName)
        case connectNode(NodeName)
        case disconnectNode(NodeName)
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

    package struct NewEntry: Sendable {
        package var track: Track
        package var requester: String?

        package init(track: Track, requester: String? = nil) {
            self.track = track
            self.requester = requester
        }
    }

    /// A voice payload of Discord's gateway, as the bot forwards it.
    package enum GatewayVoice: Sendable {
        case state(GuildID, user: UserID, channel: ChannelID?, session: String)
        /// A null endpoint means that the voice server is being replaced: wait for the next.
        case server(GuildID, token: String, endpoint: String?)
    }

    /// A player's state from outside, to be brought back as a whole.
    package struct SavedState: Sendable {
        package var guild: GuildID
        package var settings: PlayerSettings
        package var voice: VoiceParts?
        package var current: NewEntry?
        package var update: PlayerUpdate
        package var queue: [NewEntry]

        package init(guild: GuildID) {
            self.guild = guild
            settings = PlayerSettings()
            update = PlayerUpdate()
            queue = []
        }
    }
}
