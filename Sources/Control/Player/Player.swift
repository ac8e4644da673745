package import Lavalink

/// One guild's player: what the bot wants of it, and what its node last said.
package struct Player: Sendable {
    package let guild: GuildID

    // MARK: What is wanted

    package var voiceChannel: ChannelID?
    package var textChannel: ChannelID?
    package var voice = VoiceParts()
    package var current: Play?
    package var paused = false
    package var volume = 100
    package var filters = Filters.none
    package var queue = Queue()
    package var loop = LoopMode.none
    package var autoplay = false
    /// Whether failures in a row have stopped the queue; a command starts it again.
    package var isSuspended = false

    // MARK: Where it is, and what was said of it

    /// The node that has it, or is to have it.
    package var home: NodeName?
    package var place = Place()
    package var connected = false
    package var ping: Int64 = -1

    // MARK: Making the node match

    /// What the node must still be told.
    var pending: Difference = []
    /// The request that tells it; one at a time.
    var flight: RequestID?
    /// Whether the node confirmed the whole player since its session began.
    package internal(set) var isLive = false
    /// Commands whose answer waits for the next request.
    var waiters: [Waiter] = []
    /// The number of the next request, when the node was last told something of the player or
    /// answered that: a reading with a smaller number is of before.
    var toldAt: UInt64 = 0
    /// What became of the last request is not known: nothing is sent until the node was asked.
    var isInDoubt = false
    /// The place comes from the store, and a paused node cannot say its own: it is told when the
    /// music goes on.
    package internal(set) var isPlaceRecalled = false
    /// A place and an end that were commanded and that no node confirmed yet: after a restart they
    /// are told again.
    var untold: Difference = []
    /// Nothing is sent before this moment.
    var heldUntil: Instant?
    /// Tries in a row that the node did not take.
    var failedTries = 0
    /// Plays of which events may still come.
    var formerPlays: [Play] = []
    /// When tracks failed, for the budget of failures.
    var failureTimes: [Instant] = []
    /// Whether the bot has left its channel.
    var hasLeft = false
    /// When the player ends because the bot left its channel.
    var leavesAt: Instant?
    /// When the bot is asked for help, unless voice changed until then.
    var asksForVoiceAt: Instant?
    /// What the store has of it, apart from the place.
    var saved: PlayerRecord?

    package init(guild: GuildID) { self.guild = guild }

    struct Waiter: Sendable {
        var ticket: Ticket<PlayerReply>
        var reply: PlayerReply
        /// When it is told that its command is kept and still to happen.
        var until: Instant
    }
}

extension Player {
    /// What a node needs before it may hear of this player at all.
    package var hasVoice: Bool {
        voice.token != nil && voice.endpoint != nil && voice.sessionId != nil
            && voice.channelId != nil
    }

    /// The voice data for a node, once whole.
    var voiceState: VoiceState? {
        guard let token = voice.token, let endpoint = voice.endpoint,
            let session = voice.sessionId, let channel = voice.channelId
        else { return nil }
        return VoiceState(
            token: token,
            endpoint: endpoint,
            sessionId: session,
            channelId: channel.description
        )
    }

    package enum Condition: String, Sendable { case playing, paused, idle, waiting }

    /// What is heard: a track that no node plays yet, or any more, waits.
    package var condition: Condition {
        guard current != nil else { return .idle }
        guard isLive else { return .waiting }
        return paused ? .paused : .playing
    }

    /// A play that was left, of which the end may still have to be told.
    func formerPlay(_ id: PlayID) -> Play? { formerPlays.last { $0.id == id } }

    /// Takes the current play away; unless its end was told, it stands among those of which the
    /// end may still come.
    mutating func retireCurrent(endWasTold: Bool = false, limit: Int) {
        guard let current else { return }
        self.current = nil
        guard !endWasTold else { return }
        formerPlays.append(current)
        if formerPlays.count > limit { formerPlays.removeFirst() }
    }

    /// The rate at which music is used up.
    var rate: Double { filters.playbackRate }

    /// Whether the node's count of milliseconds is about what is wanted now.
    var believesReports: Bool {
        isLive && flight == nil && !isInDoubt && pending.isDisjoint(with: [.track, .position])
    }

    /// Whether a request lets the music go on from a place that the node may not know.
    func goesOnFromRecalledPlace(_ difference: Difference) -> Bool {
        isPlaceRecalled && !paused && difference.contains(.paused) && current != nil
    }

    /// What a request did not bring about is still to be told; a place in a play that is over is
    /// not.
    mutating func owe(_ difference: Difference, of play: PlayID?) {
        let isOver = current == nil || current?.id != play
        pending.formUnion(isOver ? difference.subtracting([.position, .endTime]) : difference)
    }

    /// Nobody knows what became of a request: if it paused the music, it did so at once.
    mutating func doubtPlace(of patch: PatchInFlight, now: Instant) {
        guard patch.paused, patch.difference.contains(.paused), current?.id == patch.play,
            place.runs
        else { return }
        place.freeze(at: patch.place, now: now)
    }

    /// Audio comes out: a live player that is not paused.
    var isRunning: Bool { isLive && !paused && current != nil }

    /// Whether failures within the window have used up the budget; remembers one more.
    mutating func failureSpendsBudget(_ limits: Limits, now: Instant) -> Bool {
        failureTimes.removeAll { $0.duration(to: now) > limits.failureWindow }
        failureTimes.append(now)
        return failureTimes.count >= limits.failureBudget
    }
}
