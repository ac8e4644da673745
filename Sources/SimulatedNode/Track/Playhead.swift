/// Where a track is: what the node reports of it, and the position in the music.
///
/// `position` counts the audio that came out since the last start or seek, so under a timescale it
/// is no position in the music; and it moves with frames alone, so a paused player keeps reporting
/// what it said before (`lavalink-v4.md` §8, §16 item 30, §19). All times are milliseconds.
struct Playhead: Sendable {
    /// Audio that a connection takes ahead of real time.
    static let sendBuffer: Int64 = 400
    static let frame: Int64 = 20
    /// Music that the timescale filter keeps to itself, in milliseconds; seen, not documented.
    static let heldByTimescale: Double = 100
    /// How long a seek or a start shows its target before anything was read.
    static let targetIsShown: Int64 = 10
    /// What a client may ask for beyond this is taken as this: what is added later stays a number.
    static let lastPosition: Int64 = 1 << 53

    /// Music per audio that comes out.
    private(set) var speed = 1.0
    /// Share of real time at which the source delivers.
    private let rate: Double
    /// The position in the music of the next frame.
    private(set) var position: Double
    /// Audio out since the last start or seek.
    private(set) var out = 0.0
    /// What `out` counts from.
    private var anchor: Int64
    private var reported: Int64 = 0
    private var target: (position: Int64, until: Int64)?
    /// When frames are there at the earliest.
    private var readyAt: Int64
    /// Up to when the connection has audio to send.
    private(set) var buffered: Int64
    private(set) var isPulled = false
    /// Since when without a break.
    private(set) var pulledSince: Int64?

    init(from start: Int64, at now: Int64, loadTime: Int64, rate: Double, buffered: Int64) {
        let start = min(start, Self.lastPosition)
        position = Double(start)
        anchor = start
        target = (start, now + Self.targetIsShown)
        readyAt = now + loadTime
        self.rate = rate
        self.buffered = buffered
    }

    /// What the node says at `now`; call `pull` first.
    func position(at now: Int64) -> Int64 {
        if let target, now <= target.until { return target.position }
        return reported
    }

    /// Where the next frame's timecode is.
    var timecode: Int64 { anchor + Int64(out) }

    var hasStarted: Bool { out > 0 }

    /// Says from `now` on whether anybody takes frames.
    mutating func setPulled(_ pulled: Bool, at now: Int64) {
        guard pulled != isPulled else { return }
        isPulled = pulled
        pulledSince = pulled ? now : nil
        readyAt = max(readyAt, pulled ? now + Self.frame : now)  // the next frame is asked for then
    }

    /// Changes the speed; what the filter holds back is lost when it goes.
    mutating func setSpeed(_ new: Double) {
        if speed != 1, new != speed { position += Self.heldByTimescale }
        speed = new
    }

    /// Music that never comes out at the end of a track, in milliseconds.
    var held: Double { speed == 1 ? 0 : Self.heldByTimescale }

    /// A new connection has nothing buffered.
    mutating func forgetBuffer() { buffered = 0 }

    /// Takes the frames up to `now`, but none behind the position `stop`.
    mutating func pull(until now: Int64, stop: Double) {
        guard isPulled, now >= readyAt else { return }
        let ahead = now + lead
        let from = max(buffered, readyAt)
        guard ahead > from else { return }
        let taken = min(Double(ahead - from) * rate, max(0, (stop - position) / speed))
        position += taken * speed
        out += taken
        buffered = ahead
        guard taken > 0 else { return }
        target = nil
        let whole = Int64(out) / Self.frame * Self.frame
        reported = anchor + max(0, whole - Self.frame)
    }

    /// When `audio` more milliseconds will have been taken; nil when none is taken.
    func due(after audio: Double) -> Int64? {
        guard isPulled, audio.isFinite else { return nil }
        let from = max(buffered, readyAt)
        let wait = (max(0, audio) / rate).rounded(.up)
        guard wait < Double(Int32.max) else { return nil }
        return max(readyAt, from + Int64(wait) - lead)
    }

    /// Audio until the music reaches `stop`.
    func audio(until stop: Double) -> Double { max(0, (stop - position) / speed) }

    mutating func seek(to position: Int64, at now: Int64) {
        let position = min(position, Self.lastPosition)
        self.position = Double(position)
        anchor = position
        out = 0
        readyAt = max(readyAt, now)
        target = (position, now + Self.targetIsShown)
    }

    private var lead: Int64 { rate < 1 ? 0 : Self.sendBuffer }
}
