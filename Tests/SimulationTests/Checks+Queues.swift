import Control
import Lavalink
import Support
import Wire

// The queue of every player, beside the reference model.
extension Checks {
    /// What may have become of a queue.
    struct Possibility {
        var book: Book?
        /// Whether something begins to play, or nothing does any more.
        var begins = false
        /// Whether what plays is sent again, and from where.
        var isSentAgain = false
        var replay: Replay?
    }

    mutating func checkQueues(_ step: Step, _ before: Before, _ fleet: Fleet) {
        noteLoads(step)
        for guild in guildsToCheck(step) {
            let possible = possibilities(for: guild, step, before, fleet)
            guard let (chosen, book) = match(possible, fleet.look(at: guild), before) else {
                let look = fleet.look(at: guild)
                return fail(
                    "\(guild) is \(look?.short ?? "no more"), not "
                        + possible.map { $0.book?.short ?? "no more" }.joined(separator: " or ")
                )
            }
            if chosen.begins { accounts.began(guild) }
            if let replay = chosen.replay { replays[guild] = replay }
            books[guild] = book
            if let play = fleet.currentPlay(of: guild) { accounts.made(play, of: guild) }
        }
        for case (_, _, .updatePlayer(_, let guild, let patch, _)) in step.requests {
            if let play = patch.mark?.play { accounts.made(play, of: guild) }
        }
        follow(step)
    }

    private func match(
        _ possible: [Possibility],
        _ look: PlayerLook?,
        _ before: Before
    ) -> (Possibility, Book?)? {
        for possibility in possible {
            guard let book = possibility.book else {
                if look == nil { return (possibility, nil) }
                continue
            }
            guard let look, let matched = book.matched(to: look) else { continue }
            if possibility.isSentAgain, look.play == before.look?.play { continue }
            return (possibility, matched)
        }
        return nil
    }

    // MARK: What may be

    private mutating func possibilities(
        for guild: GuildID,
        _ step: Step,
        _ before: Before,
        _ fleet: Fleet
    ) -> [Possibility] {
        let book = books[guild]
        let same = Possibility(book: book)
        switch step.event {
        case .command: return [afterDeed(step, guild, before, fleet)]
        case .answer(let id, let answer):
            if let load = loads[id], load.guild == guild {
                return [afterLoad(load, answer, step)]
            }
            return afterAnswer(answer, step.request, guild, book, step.now).map { [same, $0] }
                ?? [same]
        case .socket(_, _, .message(.event(guild, let said))) where before.isHeard:
            return heard(said, guild, before, step.now) ?? [same]
        case .tick:
            guard let moment = leavesAt[guild], step.now >= moment else { return [same] }
            return [same, Possibility(book: nil)]
        case .start, .socket: return [same]
        }
    }

    private func afterAnswer(
        _ answer: Fleet.NodeAnswer,
        _ request: NodeRequest?,
        _ guild: GuildID,
        _ book: Book?,
        _ now: Instant
    ) -> Possibility? {
        guard case .response(let status, _, _) = answer, var book, book.current != nil else {
            return nil
        }
        switch request {
        // The end was not heard, and the node has nothing more to play.
        case .players where accounts.isOver(guild):
            book.advance(.ended)
            return Possibility(book: book, begins: true)
        // The node would not play it.
        case .updatePlayer(_, guild, let patch, _)
        where (status == 400 || status == 500) && patch.mark != nil:
            book.fail(at: now)
            return Possibility(book: book, begins: true)
        default: return nil
        }
    }

    /// What a node says of what plays is followed at once and to the letter.
    private mutating func heard(
        _ event: NodeEvent,
        _ guild: GuildID,
        _ before: Before,
        _ now: Instant
    ) -> [Possibility]? {
        guard var book = books[guild], let look = before.look, let track = event.track,
            let play = track.userData.mark?.play, play == look.play
        else { return nil }
        switch event {
        case .trackException:
            book.broke(play)
            return [Possibility(book: book)]
        case .trackStuck:
            book.gotStuck()
            guard book.stuck > Book.steps || look.isStream else { return [Possibility(book: book)] }
            book.fail(at: now)
            return [Possibility(book: book, begins: true)]
        case .trackEnd(_, .finished):
            return finished(book, guild, look, at: track.info.position, now)
        case .trackEnd(_, .loadFailed):
            book.fail(at: now)
            return [Possibility(book: book, begins: true)]
        case .trackEnd, .trackStart, .webSocketClosed, .unknown: return nil
        }
    }

    /// One that broke is played again, once, from where it ended; unless that is near its end.
    private func finished(
        _ book: Book,
        _ guild: GuildID,
        _ look: PlayerLook,
        at place: Int64,
        _ now: Instant
    ) -> [Possibility] {
        var over = book
        over.advance(.ended)
        let ended = Possibility(book: over, begins: true)
        guard let broken = book.brokenPlay, let entry = look.entry else { return [ended] }
        var again = book
        var replayed = Possibility(book: nil, isSentAgain: true)
        if book.wasReplayed {
            again.fail(at: now)
            replayed = Possibility(book: again, begins: true)
        } else {
            again.replay()
            replayed.book = again
        }
        // Without a frame there is no place, at another speed the node's count is none, and who
        // sought wants it elsewhere.
        guard place > 0, !sped.contains(guild), !seeking.contains(guild), broken == look.play else {
            return [replayed, ended]
        }
        // One that is repeated begins again with the same entry.
        if !book.wasReplayed, over.current != book.current {
            replayed.replay = Replay(entry: entry, place: place)
        }
        // A stream is never near its end, and never far: nobody knows where that is.
        guard let end = look.end else { return [ended] }
        let left = end - place - limits.farFromEnd.milliseconds
        if abs(left) < Self.placeTolerance { return [replayed, ended] }
        return left > 0 ? [replayed] : [ended]
    }

    /// How well a fleet knows where a track is, in milliseconds.
    static let placeTolerance: Int64 = 3_000

    // MARK: Commands

    private func afterDeed(
        _ step: Step,
        _ guild: GuildID,
        _ before: Before,
        _ fleet: Fleet
    ) -> Possibility {
        let same = Possibility(book: books[guild])
        guard let deed = step.deed else { return same }
        switch deed {
        case .clearedAll where !before.live.contains(guild): return Possibility(book: nil)
        case .restoredAll where books[guild] == nil && fleet.hasPlayer(of: guild):
            return Possibility(book: shelf[guild], begins: true)
        case .clearedAll, .restoredAll, .savedAll, .loaded, .operated: return same
        default: break
        }
        guard deed.guild == guild, step.verdict?.isApplied ?? true else { return same }
        guard var book = books[guild] ?? (deed.makes ? Book() : nil) else { return same }
        let isNew = books[guild] == nil
        switch deed {
        case .updated(_, _, let loop): book.loop = loop ?? book.loop
        case .played(_, let encoded, _): book.play(.new(encoded: encoded))
        case .stopped: book.stop()
        case .skipped: book.skip()
        case .destroyed: return Possibility(book: nil)
        case .enqueued(_, let tracks, let index):
            book.enqueue(tracks.map { .new(encoded: $0) }, at: index)
        case .restored(_, let current, let queue, let loop):
            book.restore(
                current.map { .new(encoded: $0.encoded) },
                isOver: current?.isOver ?? false,
                queue.map { .new(encoded: $0) },
                loop: loop
            )
        default: return Possibility(book: book, begins: isNew)
        }
        return Possibility(book: book, begins: isNew || book.current != books[guild]?.current)
    }

    /// A track is to be played once it is loaded.
    private mutating func noteLoads(_ step: Step) {
        guard case .command(let command) = step.event,
            case .playedByName(let guild, _) = step.deed
        else { return }
        for case (let id, _, .loadTracks) in step.requests {
            loads[id] = Load(guild: guild, ticket: command.number)
        }
    }

    private func afterLoad(
        _ load: Load,
        _ answer: Fleet.NodeAnswer,
        _ step: Step
    ) -> Possibility {
        let same = Possibility(book: books[load.guild])
        let verdict = step.verdicts.first { $0.ticket == load.ticket }?.verdict
        guard case .response(200, let body, _) = answer, var book = books[load.guild],
            verdict?.isApplied ?? true,
            // A node that answers something else was not asked for a track.
            let root = try? JSONDocument(parsing: body).root, root["loadType"]?.string == "track",
            let encoded = root["data"]?["encoded"]?.string
        else { return same }
        book.play(.new(encoded: encoded))
        return Possibility(book: book, begins: true)
    }

    // MARK: What follows

    /// Remembers what a deed means for later steps.
    private mutating func follow(_ step: Step) {
        if case .answer(let id, let answer) = step.event {
            loads[id] = nil
            // A place that was told is where the node is.
            if case .updatePlayer(_, let guild, let patch, _) = step.request,
                patch.position != nil, case .response(200, _, _) = answer
            {
                seeking.remove(guild)
            }
        }
        guard let deed = step.deed else { return }
        if let verdict = step.verdict, let ids = verdict.entries { checkEntries(ids, deed) }
        switch deed {
        case .left(let guild):
            guard books[guild] != nil else { break }
            leavesAt[guild] = step.now.advanced(by: limits.nullChannelGrace)
        case .voice(let guild), .destroyed(let guild): leavesAt[guild] = nil
        case .savedAll where !restores: shelf.merge(books.mapValues(\.kept)) { $1 }
        case .clearedAll: shelf = [:]
        case .restoredAll:
            for guild in guilds where shelf[guild] != nil && shelf[guild] == books[guild] {
                accounts.recordSuccess(guild)
                // What ended since it was saved plays once more.
                toldEnds = toldEnds.filter { $0.guild != guild }
            }
        default: break
        }
        if case .updated(let guild, .some, _) = deed { seeking.insert(guild) }
        guard let guild = deed.guild else { return }
        switch deed {
        case .voice, .voiceServer, .left: break
        default: replays[guild] = nil
        }
    }

    /// The names that an answer gives are those of the entries, in their order.
    private mutating func checkEntries(_ ids: [EntryID], _ deed: Deed) {
        guard case .enqueued(let guild, let tracks, _) = deed, let book = books[guild] else {
            return
        }
        let slots = [book.current].compactMap(\.self) + book.waiting
        let places = ids.compactMap { slots.firstIndex(of: .known($0)) }
        if ids.count != tracks.count || places.count != ids.count || places != places.sorted() {
            fail("\(guild) was given \(ids) for \(tracks.count) tracks")
        }
    }

    /// A track that broke goes on from where its end found it: nothing is heard twice.
    mutating func checkReplays(_ step: Step) {
        for case (_, _, .updatePlayer(_, let guild, let patch, _)) in step.requests {
            guard let mark = patch.mark, let replay = replays.removeValue(forKey: guild),
                replay.entry == mark.entry, !sped.contains(guild), let position = patch.position
            else { continue }
            if abs(position - replay.place) > Self.placeTolerance {
                fail("\(guild) goes on at \(position) with what broke and ended at \(replay.place)")
            }
        }
    }
}

extension Book {
    var short: String {
        let now = current.map { "\($0)" } ?? "nothing"
        return "\(now), then \(waiting), \(loop), suspended \(isSuspended)"
    }
}

extension PlayerLook {
    var short: String {
        "\(entry.map(\.description) ?? "nothing"), then \(queue.map(\.id)), \(loop), "
            + "suspended \(isSuspended)"
    }
}

extension PlayerPatch {
    /// The mark of the track that it starts.
    var mark: PlayMark? {
        guard case .play(_, let userData?) = track else { return nil }
        return userData.mark
    }
}

extension RawJSON {
    /// The mark in the user data of a track, read without the program's own reader.
    var mark: PlayMark? {
        guard let parts = value["lavadeck"]?.string?.split(separator: ":"), parts.count == 2,
            let play = PlayID(String(parts[0])), let entry = EntryID(String(parts[1]))
        else { return nil }
        return PlayMark(play: play, entry: entry)
    }
}
