/// How a track plays once a node has taken it.
package enum TrackBehaviour: Sendable, Hashable {
    case plays
    /// It breaks before the first frame.
    case failsToLoad(cause: String)
    /// The same, but its end is told first, and as `finished` (§4.5).
    case failsAfterItsEnd(cause: String)
    /// The source ends at this position of the music, in milliseconds; what is buffered plays on.
    case breaks(at: Int64, cause: String)
    /// No frames come from this position on; after `wait` milliseconds without any the source gives
    /// up.
    case stalls(at: Int64, wait: Int64, cause: String)
    /// No frames come from this position on, ever.
    case sticks(at: Int64)
    /// Frames come at this share of real time.
    case slow(rate: Double)

    /// What an identifier says about itself.
    ///
    /// The last part of its path counts: `fail-30s`, `late-30s` (fails after its end),
    /// `break-30s-at-5s`, `stall-30s-at-5s`, `stick-30s-at-5s`, `slow-30s`; anything else plays.
    package init(named identifier: String) {
        let name = identifier.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".").first?.split(separator: "-") ?? []
        guard parts.count > 1, Self.milliseconds(parts[1]) != nil else {
            self = .plays
            return
        }
        let position = parts.last.flatMap(Self.milliseconds) ?? 0
        switch parts.first {
        case "fail": self = .failsToLoad(cause: "java.io.FileNotFoundException: \(identifier)")
        case "late": self = .failsAfterItsEnd(cause: "java.io.IOException: \(identifier)")
        case "break":
            self = .breaks(at: position, cause: "java.net.SocketException: Connection reset")
        case "stall":
            self = .stalls(
                at: position,
                wait: 1_000,
                cause: "java.net.SocketTimeoutException: Read timed out"
            )
        case "stick": self = .sticks(at: position)
        case "slow": self = .slow(rate: 0.32)
        default: self = .plays
        }
    }

    /// Reads `3s`, `500ms`, `2m`; nil also for what is beyond `Int64`.
    static func milliseconds(_ text: some StringProtocol) -> Int64? {
        if text.hasSuffix("ms") { return Int64(text.dropLast(2)) }
        let units: [(suffix: String, milliseconds: Int64)] = [("s", 1_000), ("m", 60_000)]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let count = Int64(text.dropLast()) else { return nil }
            let (time, isTooLong) = count.multipliedReportingOverflow(by: unit.milliseconds)
            return isTooLong ? nil : time
        }
        return nil
    }

    /// The position behind which no frames come, unless the track is past it already.
    func stop(after position: Double) -> Int64? {
        switch self {
        case .breaks(let at, _), .stalls(let at, _, _), .sticks(let at):
            position > Double(at) ? nil : at
        case .plays, .failsToLoad, .failsAfterItsEnd, .slow: nil
        }
    }

    /// What went wrong before the first frame.
    var failureToLoad: String? {
        switch self {
        case .failsToLoad(let cause), .failsAfterItsEnd(let cause): cause
        default: nil
        }
    }

    var endsBeforeItsException: Bool {
        if case .failsAfterItsEnd = self { true } else { false }
    }

    /// Share of real time at which frames come.
    var rate: Double {
        if case .slow(let rate) = self { rate } else { 1 }
    }
}
