import Control
import Lavalink

// What the simulation sees of a fleet: the one file that reads its state.

/// A player, as its fleet has it.
struct PlayerLook {
    var entry: EntryID?
    var encoded: String?
    var isStream = false
    var play: PlayID?
    /// The length of what plays, or where it is to end; nil for neither.
    var end: Int64?
    var queue: [QueueEntry]
    var loop: LoopMode
    var isSuspended: Bool
    var isLive: Bool
    var rate: Double
}

/// A node, as a fleet has it.
struct NodeLook {
    var name: NodeName
    var session: String?
    var connection: ConnectionID?
    /// Connected, with a session.
    var isReady: Bool
    var breaker: CircuitBreaker.State
    var requestsUnderWay: Int
    var requestsBorne: Int
    /// Former sessions that may play on.
    var orphans: [String]
    var state: NodeLink.State
}

extension Fleet {
    func hasPlayer(of guild: GuildID) -> Bool { player(guild) != nil }

    var playerCount: Int { players.count }

    func look(at guild: GuildID) -> PlayerLook? {
        guard let player = player(guild) else { return nil }
        return PlayerLook(
            entry: player.current?.entry.id,
            encoded: player.current?.entry.track.encoded,
            isStream: player.current?.entry.track.info.isStream ?? false,
            play: player.current?.id,
            end: player.current?.endTime ?? player.current?.length,
            queue: player.queue.entries.map(\.entry),
            loop: player.playback.loop,
            isSuspended: player.playback.isSuspended,
            isLive: player.isLive,
            rate: player.filters.playbackRate
        )
    }

    func currentEntry(of guild: GuildID) -> EntryID? { player(guild)?.current?.entry.id }

    func currentPlay(of guild: GuildID) -> PlayID? { player(guild)?.current?.id }

    func loops(_ guild: GuildID) -> Bool {
        player(guild).map { $0.playback.loop != .none } ?? false
    }

    func isLive(_ guild: GuildID) -> Bool { player(guild)?.isLive ?? false }

    func hasWholeVoice(_ guild: GuildID) -> Bool { player(guild)?.hasVoice ?? false }

    func assignedNode(of guild: GuildID) -> NodeName? {
        player(guild).flatMap { assignedNode(of: $0) }
    }

    func ranks(of guild: GuildID) -> [RankedEntry] {
        player(guild).map { Array($0.queue.entries) } ?? []
    }

    /// What is to be kept of a player, apart from the place.
    func record(of guild: GuildID) -> PlayerRecord? {
        player(guild).map { record(of: $0, now: .start) }
    }

    var nodeNames: [NodeName] { nodes.map(\.name) }

    func nodeLook(_ name: NodeName) -> NodeLook? {
        guard let node = node(name) else { return nil }
        return NodeLook(
            name: name,
            session: node.session.session,
            connection: node.link.connection,
            isReady: node.link.isReady,
            breaker: node.breaker.state,
            requestsUnderWay: node.outbox.flow.inFlight,
            requestsBorne: node.outbox.flow.limit,
            orphans: node.session.orphanedSessions,
            state: node.link.state
        )
    }

    func breakerStates() -> [NodeName: CircuitBreaker.State] {
        Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.breaker.state) })
    }

    /// The source of what a player plays.
    func currentSource(of guild: GuildID) -> String? {
        player(guild)?.current?.entry.track.info.sourceName
    }

    /// The nodes that may take a player, and whether they have a source, as far as they said.
    func places(for source: String, now: Instant) -> [NodeName: Bool] {
        let ready = candidates(at: now).filter(\.isReady)
        return Dictionary(
            uniqueKeysWithValues: ready.map { ($0.name, $0.sources?.contains(source) ?? true) }
        )
    }

    /// Whether players may be told anything there.
    func isSettled(_ name: NodeName, now: Instant) -> Bool {
        candidates(at: now).first { $0.name == name }?.isReady ?? false
    }

    /// Whether the node is still to be told that the player is gone, or is to be asked what it has.
    func isTakingDown(_ guild: GuildID, on name: NodeName) -> Bool {
        node(name).map { $0.outbox.isDeleting(guild) || $0.session.isReadingDue } ?? false
    }
}

/// In what a player differs from what its node has; nil for nothing.
extension Fleet {
    /// How far the place that the fleet believes may be off, in milliseconds of audio: the last
    /// answer may have been late by 2 s.
    private static let tolerance = 3_000.0

    func difference(of guild: GuildID, from truth: Server.Truth, now: Instant) -> String? {
        guard let player = player(guild) else { return "it is no more" }
        if !player.isLive { return "it is not live" }
        if player.volume != truth.volume { return "volume \(truth.volume), not \(player.volume)" }
        if player.paused != truth.paused { return "paused is \(truth.paused)" }
        if player.filters.playbackRate != truth.playbackRate {
            return "the rate is \(truth.playbackRate), not \(player.filters.playbackRate)"
        }
        if player.voice.parts.token != truth.voiceToken { return "voice differs" }
        guard let current = player.current else {
            return truth.mark == nil ? nil : "it should be silent"
        }
        guard truth.mark == "\(current.id):\(current.entry.id)" else {
            let has = truth.mark ?? "nothing"
            return "the node plays \(has), not \(current.id):\(current.entry.id)"
        }
        // Where frames are missing the clock says nothing; a paused node cannot say where it is.
        if truth.isStarved || !truth.isPulled || player.isPositionFromStore { return nil }
        if current.entry.track.info.isStream { return nil }
        let place = player.position.milliseconds(at: now)
        guard abs(Double(place) - truth.place) <= Self.tolerance * max(truth.playbackRate, 1) else {
            return "the place is \(Int64(truth.place)), not \(place)"
        }
        return nil
    }
}
