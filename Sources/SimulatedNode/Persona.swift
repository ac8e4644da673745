import Lavalink
import Wire

/// What a version of the server does differently from 4.2 (`lavalink-v4.md` §1).
struct Persona: Sendable, Hashable {
    private let version: [Int]

    /// Takes `4.0.7`; what is no number counts as 0.
    init(_ version: String) {
        let parts = version.split(separator: ".").map { part in
            Int(part.prefix { $0.isNumber }) ?? 0
        }
        self.version = parts + Array(repeating: 0, count: max(0, 3 - parts.count))
    }

    private func isAtLeast(_ other: Int...) -> Bool { !version.lexicographicallyPrecedes(other) }

    /// `voice.channelId` must be given, and is told.
    var knowsChannel: Bool { isAtLeast(4, 2, 0) }

    /// Exceptions have a stack trace.
    var hasStackTrace: Bool { isAtLeast(4, 1, 0) }

    /// Sockets close with 1001 when the process ends orderly.
    var closesOrderly: Bool { isAtLeast(4, 0, 8) }

    /// Failures to load all say the same, and a PATCH with such an identifier is 400, not 500.
    var wrapsFailures: Bool { isAtLeast(4, 0, 8) }

    /// Seeks count while paused.
    var seeksWhilePaused: Bool { isAtLeast(4, 0, 1) }

    /// Empty `pluginInfo` and `userData` are left out, by this one release.
    var leavesOutEmptyObjects: Bool { version.prefix(3) == [4, 0, 1] }

    /// A track, as this version writes it.
    func write(_ track: Track, into json: inout JSONWriter) {
        guard leavesOutEmptyObjects else { return track.write(into: &json) }
        json.object { json in
            json.member("encoded", track.encoded)
            json.member("info", track.infoRaw)
            if !track.pluginInfo.isEmptyObject { json.member("pluginInfo", track.pluginInfo) }
            if !track.userData.isEmptyObject { json.member("userData", track.userData) }
        }
    }

    /// Codes of a voice server that the node mends by itself, unseen (§11.3).
    var mendedVoiceCodes: Set<Int> {
        isAtLeast(4, 1, 2)
            ? [1001, 1006, 4000, 4001, 4002, 4003, 4005, 4009, 4012, 4015, 4016, 4020]
            : [1001, 1006, 4000, 4015]
    }
}
