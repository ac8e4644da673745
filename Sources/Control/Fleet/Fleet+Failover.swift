import Lavalink

// Which node a player is at home on, and when it gets another.
extension Fleet {
    /// The node's players go to others; those for which there is none wait.
    mutating func giveUp(_ index: Int, now: Instant) {
        nodes[index].givenUpAt = nil
        nodes[index].isGivenUp = true
        counts = nil
        guard options.enableReconnect else { return }
        move(guilds(on: nodes[index].name), now: now)
    }

    /// Players whose node is given up, or that have none.
    func strandedGuilds() -> [GuildID] {
        let lost = Set(nodes.filter(\.isGivenUp).map(\.name))
        return players.values.filter { player in
            player.home.map { lost.contains($0) || node($0) == nil } ?? true
        }.map(\.guild).sorted { $0.rawValue < $1.rawValue }
    }

    /// Gives each player the best node there is, counting those before it as on their way; without
    /// any node a player stays where it is.
    mutating func move(_ guilds: [GuildID], now: Instant) {
        guard !guilds.isEmpty else { return }
        var candidates = counted(at: now)
        for guild in guilds {
            guard let player = players[guild],
                let target = choose(among: candidates, for: player), target != player.home
            else { continue }
            rehome(guild, from: player.home, to: target, now: now)
            guard let place = candidates.firstIndex(where: { $0.name == target }) else { continue }
            candidates[place].reserved += 1
        }
    }

    private mutating func rehome(
        _ guild: GuildID,
        from: NodeName?,
        to target: NodeName,
        now: Instant
    ) {
        players[guild]?.home = target
        players[guild]?.isLive = false
        counts?.reserved[target, default: 0] += 1
        players[guild]?.place.freeze(now: now)
        touch(guild)
        if from != nil {
            publish(.playerMove(from: from, to: target), node: target, guild: guild)
            if let index = index(of: target) { nodes[index].restoring.insert(guild) }
        }
        want(.whole, of: guild, now: now)
    }

    private func choose(
        among candidates: [Placement.Candidate],
        for player: Player
    ) -> NodeName? {
        let entry = player.current?.entry ?? player.queue.first?.resolved
        let source = entry?.track.info.sourceName
        return choose(among: candidates, source: source)
    }

    /// A source that no node names may still be playable: better tried than refused.
    private func choose(among candidates: [Placement.Candidate], source: String?) -> NodeName? {
        Placement.choose(among: candidates, source: source)
            ?? Placement.choose(among: candidates)
    }

    mutating func choose(source: String?, now: Instant) -> NodeName? {
        choose(among: counted(at: now), source: source)
    }

    /// What is known of every node, for a choice.
    package func candidates(at now: Instant) -> [Placement.Candidate] {
        candidates(with: count(at: now), at: now)
    }

    /// The same, with counts that may be a moment old: choices are many, and players too.
    private mutating func counted(at now: Instant) -> [Placement.Candidate] {
        if let counts, counts.at.duration(to: now) < limits.countsLast {
            return candidates(with: counts, at: now)
        }
        let counts = count(at: now)
        self.counts = counts
        return candidates(with: counts, at: now)
    }

    private func count(at now: Instant) -> NodeCounts {
        var counts = NodeCounts(at: now)
        for player in players.values {
            guard let home = player.home else { continue }
            if player.isRunning {
                counts.playing[home, default: 0] += 1
            } else if player.current != nil, !player.isLive {
                counts.reserved[home, default: 0] += 1
            }
        }
        return counts
    }

    private func candidates(
        with counts: NodeCounts,
        at now: Instant
    ) -> [Placement.Candidate] {
        nodes.map { node in
            var candidate = Placement.Candidate(name: node.name)
            candidate.isReady = node.isSettled && node.wish == .active
            candidate.breakerIsClosed = node.breaker.isClosed && !node.rests(at: now)
            candidate.sources = node.info.map { Set($0.sourceManagers) }
            candidate.stats = node.stats
            candidate.statsAge = node.statsAt.map { $0.duration(to: now) }
            candidate.playing = counts.playing[node.name] ?? 0
            candidate.reserved = counts.reserved[node.name] ?? 0
            candidate.failures = node.failures.failures(at: now)
            candidate.region = node.settings.region
            return candidate
        }
    }
}

/// How many players there were on the nodes at a moment, and those placed since.
struct NodeCounts: Sendable {
    let at: Instant
    var playing: [NodeName: Int] = [:]
    var reserved: [NodeName: Int] = [:]

    init(at: Instant) { self.at = at }
}
