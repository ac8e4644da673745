import Control
import Lavalink
import Wire

/// How a track of the model plays; its `encoded` says it, as in `break:60000:7`.
enum ModelKind: String, CaseIterable, Sendable {
    case ok, fail, `break`, stick, bad

    static func track(_ kind: ModelKind, length: Int64, number: Int) -> Track {
        let name = "\(kind.rawValue):\(length):\(number)"
        return Track(
            encoded: name,
            info: TrackInfo(
                identifier: name,
                author: "Nobody",
                length: length,
                title: name,
                sourceName: "local"
            )
        )
    }

    static func read(_ encoded: String) -> (kind: ModelKind, length: Int64)? {
        let parts = encoded.split(separator: ":")
        guard parts.count == 3, let kind = ModelKind(rawValue: String(parts[0])),
            let length = Int64(parts[1])
        else { return nil }
        return (kind, length)
    }
}

/// A track in a player of the model, and where it is.
struct ModelTrack: Sendable {
    enum Step: Sendable { case fail, breaks, stuck, end }

    let track: Track
    let mark: PlayMark?
    let kind: ModelKind
    let length: Int64
    /// Milliseconds of music, and of audio since the last start or seek (`lavalink-v4.md` §19).
    private(set) var place: Double
    private(set) var reported: Double
    private var since: Instant
    private(set) var isRunning = false
    private var rate: Double
    var endTime: Int64?
    private var isBroken = false
    private var stuckIsReported = false
    /// When a track that waits for something does it.
    private var waitsUntil: Instant?

    init?(encoded: String, userData: RawJSON?, position: Int64, rate: Double, now: Instant) {
        guard let (kind, length) = ModelKind.read(encoded), kind != .bad else { return nil }
        self.kind = kind
        self.length = length
        var track = ModelKind.track(kind, length: length, number: 0)
        track.encoded = encoded
        track.userData = userData ?? .emptyObject
        self.track = track
        mark = PlayMark(of: track)
        place = Double(max(position, 0))
        reported = place
        since = now
        self.rate = rate
        if kind == .fail { waitsUntil = now.advanced(by: .milliseconds(5)) }
    }

    /// Where the music stops by itself.
    private var limit: Double {
        let end = Double(min(length, endTime ?? length))
        switch kind {
        case .ok, .fail, .bad: return end
        case .break: return isBroken ? end : min(end, Double(length) / 2)
        case .stick: return place > Double(length) / 2 ? end : min(end, Double(length) / 2)
        }
    }

    mutating func run(until now: Instant) {
        let elapsed = Double(since.duration(to: now).nanoseconds) / 1e6
        since = now
        guard isRunning, waitsUntil == nil else { return }
        let moved = min(place + elapsed * rate, max(limit, place))
        reported += (moved - place) / rate
        place = moved
    }

    mutating func set(running: Bool, rate: Double, now: Instant) {
        run(until: now)
        isRunning = running
        self.rate = rate
    }

    mutating func seek(to position: Int64, now: Instant) {
        run(until: now)
        guard waitsUntil == nil || stuckIsReported || kind == .stick else { return }
        waitsUntil = nil
        stuckIsReported = false
        place = Double(min(max(position, 0), length))
        reported = place
    }

    /// Gives no more frames, which is noticed only later.
    var isStarved: Bool { waitsUntil != nil || stuckIsReported }

    /// When something happens by itself, unless it is told something before.
    var nextStep: Instant? {
        if let waitsUntil { return waitsUntil }
        guard isRunning, !stuckIsReported else { return nil }
        let wait = max(limit - place, 0) / rate
        return since.advanced(by: .nanoseconds(Int64(wait * 1e6) + 1_000_000))
    }

    /// What happens now, its time having come.
    mutating func step(now: Instant) -> Step? {
        run(until: now)
        if kind == .fail { return .fail }
        if waitsUntil != nil {
            waitsUntil = nil
            if isBroken { return .end }
            stuckIsReported = true
            return .stuck
        }
        guard place >= limit else { return nil }
        let atOwnEnd = place >= Double(min(length, endTime ?? length))
        if kind == .break, !isBroken, !atOwnEnd {
            isBroken = true
            waitsUntil = now.advanced(by: .seconds(2))
            return .breaks
        }
        if kind == .stick, !atOwnEnd {
            waitsUntil = now.advanced(by: .seconds(10))
            return nil
        }
        return .end
    }
}
