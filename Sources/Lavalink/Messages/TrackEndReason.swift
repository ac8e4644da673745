/// Why a track left its player (lavalink-v4.md §4.4).
package enum TrackEndReason: Hashable, Sendable {
    case finished, loadFailed, stopped, replaced, cleanup
    /// A reason of a newer node; empty when the node gave none.
    case unknown(String)

    package init(_ text: String) {
        self =
            switch text {
            case "finished": .finished
            case "loadFailed": .loadFailed
            case "stopped": .stopped
            case "replaced": .replaced
            case "cleanup": .cleanup
            default: .unknown(text)
            }
    }

    package var text: String {
        switch self {
        case .finished: "finished"
        case .loadFailed: "loadFailed"
        case .stopped: "stopped"
        case .replaced: "replaced"
        case .cleanup: "cleanup"
        case .unknown(let text): text
        }
    }

    /// Whether the next track of a queue is due.
    package var mayStartNext: Bool { self == .finished || self == .loadFailed }
}
