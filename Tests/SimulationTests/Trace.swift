import Control
import Foundation
import Lavalink
import Wire

/// The last things that happened, for a run that is told; others do not spend time on it.
struct Trace {
    static let limit =
        ProcessInfo.processInfo.environment["TRACE"].flatMap { Int($0) } ?? 80
    var isOn = false
    private var lines: [String] = []

    mutating func note(_ now: Instant, _ line: @autoclosure () -> String) {
        guard isOn else { return }
        lines.append("\(now.nanoseconds / 1_000_000) ms: \(line())")
        if lines.count > 4 * Self.limit { lines.removeFirst(3 * Self.limit) }
    }

    var text: String { lines.suffix(Self.limit).joined(separator: "\n") }
}

// What a line of the trace says of each thing.

extension NodeRequest {
    var short: String {
        switch self {
        case .updatePlayer(let session, let guild, let patch, _):
            "PATCH \(session)/\(guild) " + String(decoding: patch.body, as: UTF8.self).named
        default: "\(method.rawValue) \(target)"
        }
    }
}

extension Fleet.NodeAnswer {
    var short: String {
        switch self {
        case .response(let status, let body, _):
            "\(status) " + String(String(decoding: body, as: UTF8.self).named.prefix(700))
        case .refused: "refused"
        case .timedOut: "timed out"
        case .lost: "lost"
        }
    }
}

extension Fleet.SocketEvent {
    /// Nil for what only makes noise.
    var short: String? {
        switch self {
        case .opened: "opened"
        case .pong, .message(.playerUpdate), .message(.stats): nil
        case .unreadable: "something unreadable"
        case .ended(let loss): loss.description
        case .message(.ready(let session, let resumed)): "ready \(session), resumed: \(resumed)"
        case .message(.event(let guild, let event)):
            "\(event.type) of \(guild) \(event.track?.userData.mark?.short ?? "")"
                + event.reason
        case .message(.unknown(let op, _)): op
        }
    }
}

extension PlayMark {
    var short: String { "\(entry) play \(play)" }
}

extension NodeEvent {
    fileprivate var reason: String {
        switch self {
        case .trackEnd(_, let reason): " \(reason.text)"
        case .webSocketClosed(let code, _, _): " \(code)"
        case .trackStart, .trackException, .trackStuck, .unknown: ""
        }
    }
}

extension FleetEvent {
    var short: String { "\(name) \(guild.map(\.description) ?? "") \(node?.text ?? "")" }
}

extension Fleet.Command {
    var short: String { "\(Deed(self))".named }
}

extension String {
    /// The same with the names of tracks where their encoded text stands.
    fileprivate var named: String {
        split(separator: "\"", omittingEmptySubsequences: false).map { part in
            // Whatever is no track stays as it is.
            guard part.hasPrefix("QA"), let track = try? EncodedTrack(decoding: String(part)) else {
                return String(part)
            }
            return track.identifier + " at \(track.position)"
        }.joined(separator: "\"")
    }
}
