import Lavalink

// Voice: what the bot forwards, and what the node says of its connection to Discord.
extension Player {
    /// The four values, as a bot sets them.
    mutating func setVoice(_ parts: VoiceParts, _ moment: Moment) -> [Output] {
        joined(parts.channelId)
        return changeVoice(moment) { $0 = parts }
    }

    /// What the gateway said of the bot's own voice state; a null channel means that it left.
    mutating func voiceState(
        channel: ChannelID?,
        session: String,
        _ moment: Moment
    ) -> [Output] {
        guard let channel else {
            voice.left(endsAt: moment.after(moment.limits.nullChannelGrace))
            isChanged = true
            return [.publish(.playerVoiceUpdate(channel: nil))]
        }
        joined(channel)
        return changeVoice(moment) {
            $0.channelId = channel
            $0.sessionId = session
        }
    }

    /// A null endpoint means that the voice server is being replaced: wait for the next.
    mutating func voiceServer(
        token: String,
        endpoint: String?,
        _ moment: Moment
    ) -> [Output] {
        changeVoice(moment) {
            $0.token = token
            $0.endpoint = endpoint
        }
    }

    private mutating func joined(_ channel: ChannelID?) {
        if voice.hasLeft || channel != nil && channel != voiceChannel { isChanged = true }
        voice.joined()
        if let channel { voiceChannel = channel }
    }

    /// Changes are gathered for a moment, and sent once.
    private mutating func changeVoice(
        _ moment: Moment,
        _ body: (inout VoiceParts) -> Void
    ) -> [Output] {
        let isNew = voice.change(body)
        guard isNew || !voice.connected else { return [] }
        sync.forgetFailures()
        if hasVoice { sync.hold(until: moment.after(moment.limits.voiceGathering)) }
        sync.want(isLive ? .voice : .whole)
        guard isNew else { return [] }
        isChanged = true
        return [.publish(.playerVoiceUpdate(channel: voice.parts.channelId))]
    }

    mutating func voiceClosed(
        _ code: Int,
        _ reason: String,
        _ byRemote: Bool,
        _ moment: Moment
    ) -> [Output] {
        let closed = Output.publish(
            .playerWebSocketClosed(code: code, reason: reason, byRemote: byRemote)
        )
        switch VoiceClose(code: code, byRemote: byRemote) {
        case .ignore: break
        case .resend:
            voice.disconnected()
            sync.want(.voice)
        case .wait: voice.waitForBot(until: moment.after(moment.limits.movedChannelWait))
        case .ask:
            voice.disconnected()
            return [closed, askForVoice("Discord closed the voice connection with \(code)")]
        }
        return [closed]
    }
}
