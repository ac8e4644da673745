import Control
import Lavalink

/// Every play that was made, how it ended on a node, and what of that the store has: a queue may go
/// on only from a play that is over, once.
struct Accounts {
    /// Where in the list of a player's plays the playing of its current entry began.
    struct Mark { var starts: [GuildID: Int] = [:] }

    struct Ends: OptionSet {
        let rawValue: Int
        /// By itself, or it could not be played.
        static let byItself = Ends(rawValue: 1)
        /// Nobody took its audio.
        static let cleanedUp = Ends(rawValue: 2)
        /// At somebody's word.
        static let byCommand = Ends(rawValue: 4)
    }

    private var plays: [GuildID: [PlayID]] = [:]
    private var ends: [PlayID: Ends] = [:]
    private var starts: [GuildID: Int] = [:]
    /// How many plays were made in former lives of the program.
    private var former: [GuildID: Int] = [:]
    private var committed = Mark()

    var mark: Mark { Mark(starts: starts) }

    mutating func committed(_ mark: Mark) { committed = mark }

    // MARK: Plays

    /// An entry begins to play, or nothing does: what was before is over.
    mutating func began(_ guild: GuildID) { starts[guild] = plays[guild]?.count ?? 0 }

    mutating func made(_ play: PlayID, of guild: GuildID) {
        guard plays[guild]?.last != play else { return }
        plays[guild, default: []].append(play)
    }

    mutating func ended(_ play: PlayID, _ how: Ends) { ends[play, default: []].insert(how) }

    /// What was not committed did not happen, but what nodes did because of it did: whoever plays
    /// now may have been replaced by what nobody remembers.
    mutating func programDied() {
        starts = committed.starts
        for (guild, plays) in plays { former[guild] = plays.count }
    }

    /// A player came back that was saved some time ago.
    mutating func recordSuccess(_ guild: GuildID) { starts[guild] = 0 }

    // MARK: The account

    /// Whether what plays now is over on a node; a reading tells of a clean-up as well, and what a
    /// former life of the program said is not known.
    func isOver(_ guild: GuildID) -> Bool {
        let all = plays[guild] ?? []
        let start = min(starts[guild] ?? 0, all.count)
        return all[start...].enumerated().contains { offset, play in
            guard let how = ends[play] else { return false }
            if start + offset < former[guild] ?? 0 { return true }
            return !how.isDisjoint(with: [.byItself, .cleanedUp])
        }
    }
}
