package import Lavalink

/// One guild's player: what the bot wants of it, what it plays, and how its node is made to match.
///
/// Its parts are machines of their own. Verbs return what is to be done; what is to be sent, when
/// something happens by itself, and whether its row in the store has changed are asked of it after
/// each.
package struct Player: Sendable {
    /// What is to be done, in this order.
    enum Output: Sendable {
        case publish(FleetEvent.Kind)
        case store(StoreChange)
        case answer(PlayerSync.Waiter, CommandError?)
        /// The entry whose turn it is must be loaded first.
        case load(EntryID, identifier: String)
        /// What its node has of it is to be read.
        case read
        /// A node that it left may still have it.
        case delete(NodeID)
        /// The node does not know the session.
        case sessionGone
        /// The node has it again.
        case live(wasLive: Bool)
        /// It does not come back as it was to.
        case refused(String)
    }

    package let guild: GuildID

    // What is wanted.
    package internal(set) var voiceChannel: ChannelID?
    package internal(set) var textChannel: ChannelID?
    package internal(set) var paused = false
    package internal(set) var volume = 100
    package internal(set) var filters = Filters.none

    package internal(set) var voice = PlayerVoice()
    package internal(set) var playback = Playback()
    package internal(set) var position = Position()
    /// The position comes from the store, and a paused node cannot say its own: it is told when the
    /// music goes on.
    package internal(set) var isPositionFromStore = false
    package internal(set) var sync = PlayerSync()

    /// Whether its row in the store is to be written.
    var isChanged = true
    /// Whether the store has a row of it.
    private(set) var isStored = false
    /// Where ids of plays and entries come from.
    private var ids: Generator

    init(guild: GuildID, seed: UInt64) {
        self.guild = guild
        ids = Generator(seed: seed)
    }

    /// The store has all of it.
    mutating func wasStored() {
        isChanged = false
        isStored = true
    }

    /// The store has none of it any more; it is written again when it changes.
    mutating func wasForgotten() {
        isChanged = false
        isStored = false
    }

    /// A command is about it: one that the store has forgotten is kept again.
    mutating func keep() {
        if !isStored { isChanged = true }
    }

    mutating func newPlayID() -> PlayID { PlayID(ids.next()) }
    mutating func newEntryID() -> EntryID { EntryID(ids.next()) }
}

// MARK: Questions

extension Player {
    package enum Condition: String, Sendable, CaseIterable { case playing, paused, idle, waiting }

    /// What is heard: a track that no node plays yet, or any more, waits.
    package var condition: Condition {
        guard playback.isPlaying else { return playback.loading == nil ? .idle : .waiting }
        guard isLive else { return .waiting }
        return paused ? .paused : .playing
    }

    package var current: Play? { playback.current }
    package var queue: Queue { playback.queue }
    package var isLive: Bool { sync.isLive }
    package var hasVoice: Bool { voice.isComplete }

    /// The rate at which music is used up.
    var rate: Double { filters.playbackRate }

    /// Audio comes out: a live player that is not paused.
    var isRunning: Bool { isLive && !paused && playback.isPlaying }

    /// Something is to be sent, and could be.
    var hasUnsent: Bool { sync.hasUnsent && hasVoice }

    func maySend(at now: Instant) -> Bool { hasVoice && sync.maySend(at: now) }

    var nextDeadline: Instant? {
        guard let moment = voice.nextDeadline else { return sync.nextDeadline }
        return sync.nextDeadline.map { min($0, moment) } ?? moment
    }

    /// 2 for a player that should be heard, 1 for a paused one, 0 for one without a track.
    var urgency: Int { current == nil ? 0 : paused ? 1 : 2 }

    /// The source of what it plays, or will play first.
    var source: String? {
        (current?.entry ?? queue.first?.resolved)?.track.sourceName
    }

    package var invariant: Bool {
        sync.invariant && playback.invariant && voice.invariant
            && (sync.unconfirmed.isEmpty || current != nil)
    }
}

// MARK: Time

extension Player {
    /// Deadlines of this player may have passed; whether it ends is asked before.
    mutating func tick(_ moment: Moment, noNode: CommandError) -> [Output] {
        var outputs: [Output] = []
        if voice.asks(now: moment.now) {
            let reason = "the voice connection ended and no new voice data arrived"
            outputs.append(askForVoice(reason))
        }
        outputs += sync.takeExpiredWaiters(now: moment.now).map { .answer($0, noNode) }
        sync.tick(now: moment.now)
        return outputs
    }

    /// Only the bot can help: it is asked to send the gateway op 4.
    func askForVoice(_ reason: String) -> Output {
        .publish(.voiceReconnectRequired(channel: voiceChannel, reason: reason))
    }
}
