/// What to do when Discord's voice socket of a player ends for good (`lavalink-v4.md` §11.3).
package enum VoiceClose: Sendable, Equatable {
    /// The node's own close, at a move or a DELETE.
    case ignore
    /// The same voice data may still be good: send it once more.
    case resend
    /// Kicked, moved, limited, or the call is over: the next voice state tells.
    case wait
    /// Only the bot can help, by joining again.
    case ask

    package init(code: Int, byRemote: Bool) {
        self =
            switch code {
            case 1000 where !byRemote: .ignore
            case 4009, 4015: .resend
            case 4014, 4021, 4022: .wait
            default: .ask
            }
    }
}
