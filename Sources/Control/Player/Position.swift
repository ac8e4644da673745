import Lavalink

/// The position in the music of one player, in milliseconds.
///
/// A node does not report it: its `position` counts the audio that came out since the last start or
/// seek (`lavalink-v4.md` §8 and §19), whatever the speed, and is wrong while paused (§16 item 30).
/// So an anchor ties a count of the node to a position, and is set anew whenever the tie changes.
package struct Position: Sendable, Equatable {
    private var anchorPosition: Int64 = 0
    private var anchorReported: Int64 = 0
    /// Music consumed for each second of audio that comes out.
    private var rate = 1.0
    private var reported: Int64 = 0
    private var reportedAt = Instant.start
    /// Whether audio comes out; a position that does not run is `anchorPosition`.
    package private(set) var runs = false
    /// The end of the music; nil for streams, which have none.
    private var length: Int64?

    package init() {}

    /// A position that stands still, as it was saved, with what the node's count was there.
    package init(standingAt position: Int64, reported: Int64, length: Int64?, rate: Double) {
        anchorPosition = Self.bounded(position)
        anchorReported = Self.bounded(reported)
        self.reported = anchorReported
        self.length = length
        self.rate = rate
    }

    /// Nothing lasts longer than `TrackInfo.longest`: sums of such numbers cannot overflow.
    private static func bounded(_ milliseconds: Int64) -> Int64 {
        min(max(milliseconds, -TrackInfo.longest), TrackInfo.longest)
    }

    private static func bounded(_ milliseconds: Double) -> Int64 {
        guard !milliseconds.isNaN else { return 0 }
        let longest = Double(TrackInfo.longest)
        return Int64(min(max(milliseconds, -longest), longest))
    }

    /// Milliseconds of audio that come out during so much music.
    private func audio(of music: Int64) -> Int64 { Self.bounded(Double(music) / rate) }

    /// Milliseconds of music from the beginning; never past the length.
    package func milliseconds(at now: Instant) -> Int64 {
        guard runs else { return anchorPosition }
        let sinceReport = max(0, reportedAt.duration(to: now).milliseconds)
        let audio = Double(reported - anchorReported + sinceReport)
        let position = anchorPosition + Self.bounded(audio * rate)
        return min(max(position, 0), length ?? TrackInfo.longest)
    }

    /// What the node's count is, or would be, at the present position: saved beside it, so that a
    /// count that is read after an absence tells the position again.
    package func reportedPosition(at now: Instant) -> Int64 {
        anchorReported + audio(of: milliseconds(at: now) - anchorPosition)
    }

    /// A track starts, or the same track goes on elsewhere.
    package mutating func start(
        at position: Int64,
        length: Int64?,
        rate: Double,
        running: Bool,
        now: Instant
    ) {
        self.length = length
        self.rate = rate
        seek(to: position, now: now)
        runs = running
    }

    package mutating func seek(to position: Int64, now: Instant) {
        anchorPosition = min(max(position, 0), length ?? TrackInfo.longest)
        anchorReported = anchorPosition
        reported = anchorPosition
        reportedAt = now
    }

    /// What a node says; it counts only while audio comes out.
    package mutating func report(_ position: Int64, now: Instant) {
        guard runs else { return }
        reported = Self.bounded(position)
        reportedAt = now
    }

    /// Stands still: paused, or the node is away.
    package mutating func freeze(now: Instant) {
        guard runs else { return }
        let position = milliseconds(at: now)
        anchorReported = Self.bounded(anchorReported + audio(of: position - anchorPosition))
        anchorPosition = position
        runs = false
    }

    /// Stands still where it was a while ago.
    package mutating func freeze(at position: Int64, now: Instant) {
        freeze(now: now)
        anchorReported = Self.bounded(anchorReported - audio(of: anchorPosition - position))
        anchorPosition = position
    }

    /// Goes on; the node's count goes on where it stood.
    package mutating func run(now: Instant) {
        guard !runs else { return }
        reported = anchorReported
        reportedAt = now
        runs = true
    }

    /// The node is back and has played on: its count says where.
    ///
    /// A paused node counts wrongly; there the position stays where it stood.
    package mutating func resume(reported position: Int64, running: Bool, now: Instant) {
        guard running else { return freeze(now: now) }
        runs = true
        reported = Self.bounded(position)
        reportedAt = now
    }

    /// The timescale changed; it acts at once (`lavalink-v4.md` §19).
    package mutating func change(rate: Double, now: Instant) {
        guard rate != self.rate else { return }
        if runs {
            let position = milliseconds(at: now)
            let since = max(0, reportedAt.duration(to: now).milliseconds)
            anchorReported = Self.bounded(reported + since)
            anchorPosition = position
            reported = anchorReported
            reportedAt = now
        }
        self.rate = rate
    }
}
