import Control
import Foundation
import Lavalink
import Support
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
            "PATCH \(session)/\(guild) " + String(decoding: patch.body, as: UTF8.self)
        default: "\(method.rawValue) \(target)"
        }
    }
}

extension Fleet.NodeAnswer {
    var short: String {
        switch self {
        case .response(let status, let body, _):
            "\(status) " + String(decoding: body.prefix(700), as: UTF8.self)
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
            "\(event.type) of \(guild) \(event.track.flatMap { PlayMark(of: $0) }?.short ?? "")"
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

extension Fleet.Answer {
    var short: String { "\(number): " + (error.map { "\($0)" } ?? "done") }
}

extension Fleet.Command {
    var short: String {
        switch self {
        case .queue(let guild, .add(let entries, let index), _):
            "enqueue \(guild) \(entries.map(\.track.encoded)) at \(index.map(String.init) ?? "end")"
        case .player(let guild, .play(let request), _):
            switch request.source {
            case .track(let track): "play \(guild) \(track.encoded)"
            case .identifier(let name): "play \(guild) identifier \(name)"
            }
        case .player(let guild, .update(let update), _):
            "update \(guild) "
                + [
                    update.paused.map { "paused \($0)" }, update.volume.map { "volume \($0)" },
                    update.position.map { "position \($0)" }, update.loop.map { "loop \($0)" },
                    update.filters.map { "filters \($0.raw)" },
                ].compactMap(\.self).joined(separator: ", ")
        default: "\(self)"
        }
    }
}
