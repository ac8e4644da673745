package import Lavalink

/// A voice payload of Discord's gateway, as the bot forwards it.
package enum GatewayVoice: Sendable {
    case state(GuildID, user: UserID, channel: ChannelID?, session: String)
    /// A null endpoint means that the voice server is being replaced: wait for the next.
    case server(GuildID, token: String, endpoint: String?)
}
