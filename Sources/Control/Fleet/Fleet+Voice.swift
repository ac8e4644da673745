import Lavalink

// Voice: what the bot forwards, and what a node says of its connection to Discord.
extension Fleet {
    /// The four values, as a bot sets them.
    mutating func setVoice(_ voice: VoiceParts, of guild: GuildID, now: Instant) {
        guard let before = players[guild]?.voice else { return }
        players[guild]?.leavesAt = nil
        players[guild]?.hasLeft = false
        if let channel = voice.channelId { players[guild]?.voiceChannel = channel }
        players[guild]?.voice = voice
        voiceChanged(of: guild, before: before, now: now)
    }

    private mutating func voiceChanged(of guild: GuildID, before: VoiceParts, now: Instant) {
        players[guild]?.asksForVoiceAt = nil
        guard let player = players[guild] else { return }
        setAlarm(of: guild)
        guard player.voice != before || !player.connected else { return touch(guild) }
        if player.voice != before {
            publish(.playerVoiceUpdate(channel: player.voice.channelId), of: guild)
        }
        players[guild]?.failedTries = 0
        if player.hasVoice { players[guild]?.heldUntil = now.advanced(by: limits.voiceGathering) }
        setAlarm(of: guild)
        want(player.isLive ? .voice : .whole, of: guild, now: now)
    }

    /// What the gateway said, as the bot forwards it; it may come before the player it is for.
    mutating func gatewayVoice(_ payload: GatewayVoice, now: Instant) {
        switch payload {
        case .state(let guild, let user, let channel, let session):
            guard user == self.user else { return }
            guard let before = players[guild]?.voice else {
                guard channel != nil else { return earlyVoice.forget(guild) }
                return earlyVoice.change(guild) {
                    $0.channelId = channel
                    $0.sessionId = session
                }
            }
            guard let channel else { return channelLeft(guild, now: now) }
            players[guild]?.leavesAt = nil
            players[guild]?.hasLeft = false
            players[guild]?.voiceChannel = channel
            players[guild]?.voice.channelId = channel
            players[guild]?.voice.sessionId = session
            voiceChanged(of: guild, before: before, now: now)
        case .server(let guild, let token, let endpoint):
            guard let before = players[guild]?.voice else {
                return earlyVoice.change(guild) {
                    $0.token = token
                    $0.endpoint = endpoint
                }
            }
            players[guild]?.voice.token = token
            players[guild]?.voice.endpoint = endpoint
            voiceChanged(of: guild, before: before, now: now)
        }
    }

    /// The bot is in no channel any more: it may only be moving, so the player is kept a while.
    private mutating func channelLeft(_ guild: GuildID, now: Instant) {
        players[guild]?.hasLeft = true
        players[guild]?.leavesAt = now.advanced(by: limits.nullChannelGrace)
        players[guild]?.asksForVoiceAt = nil
        touch(guild)
        publish(.playerVoiceUpdate(channel: nil), of: guild)
        setAlarm(of: guild)
    }

    mutating func voiceClosed(
        _ code: Int,
        _ reason: String,
        _ byRemote: Bool,
        of guild: GuildID,
        now: Instant
    ) {
        publish(
            .playerWebSocketClosed(code: code, reason: reason, byRemote: byRemote),
            of: guild
        )
        switch VoiceClose(code: code, byRemote: byRemote) {
        case .ignore: break
        case .resend:
            players[guild]?.connected = false
            want(.voice, of: guild, now: now)
        case .wait:
            players[guild]?.connected = false
            // The bot has left the channel, and knows it.
            guard players[guild]?.leavesAt == nil else { break }
            players[guild]?.asksForVoiceAt = now.advanced(by: limits.movedChannelWait)
            setAlarm(of: guild)
        case .ask:
            players[guild]?.connected = false
            askForVoice(guild, reason: "Discord closed the voice connection with \(code)")
        }
    }

    /// Only the bot can help: it is asked to send the gateway op 4.
    mutating func askForVoice(_ guild: GuildID, reason: String) {
        publish(
            .voiceReconnectRequired(channel: players[guild]?.voiceChannel, reason: reason),
            of: guild
        )
    }
}
