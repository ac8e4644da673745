import Wire

/// Lays the messages of a recording and those of the model side by side.
///
/// Messages of one socket about one guild are compared in their order, events and updates each for
/// themselves, since an update may overtake an event; both sides must have said them at about the
/// same time, which ties the two orders together.
struct ReplayMatch {
    /// Milliseconds that one node may be later than the other.
    static let timeTolerance: Int64 = 300
    /// The same for stats, which a JVM that has just started takes long to gather.
    static let statsTolerance: Int64 = 500
    /// Milliseconds around a request that moves the position, in which either may be told.
    static let positionIsOpen: Int64 = 60

    private struct Said {
        /// Of the recording; 0 for the model.
        var line = 0
        var time: Int64
        var message: JSONValue
    }

    private struct Stream: Hashable, Comparable {
        var socket: String
        var about: String
        var op: String

        static func < (left: Stream, right: Stream) -> Bool {
            (left.socket, left.about, left.op) < (right.socket, right.about, right.op)
        }
    }

    private(set) var faults: [String] = []
    private let file: String
    private var moves: [(guild: String, from: Int64, to: Int64)] = []

    init(_ transcript: Transcript, _ modelled: [ReplayRun.Said]) {
        file = transcript.name
        var recorded: [Stream: [Said]] = [:]
        for entry in transcript.entries {
            let time = Int64(entry.time * 1_000)
            switch entry.kind {
            case .message(let socket, let message):
                let said = Said(line: entry.line, time: time, message: message)
                recorded[Self.stream(socket, message), default: []].append(said)
            case .rest(let exchange): noteMove(exchange, time)
            default: break
            }
        }
        var other: [Stream: [Said]] = [:]
        for said in modelled {
            other[Self.stream(said.socket, said.message), default: []]
                .append(Said(time: said.time, message: said.message))
        }
        for stream in Set(recorded.keys).union(other.keys).sorted() {
            let sides = [recorded[stream], other[stream]].map { side in
                (side ?? []).filter { !isInGap($0, stream) }
            }
            match(stream, sides[0], sides[1])
        }
    }

    private static func stream(_ socket: String, _ message: JSONValue) -> Stream {
        Stream(
            socket: socket,
            about: message["guildId"]?.string ?? "",
            op: message["op"]?.string ?? ""
        )
    }

    private mutating func noteMove(_ exchange: Transcript.Exchange, _ time: Int64) {
        guard exchange.movesPosition, let guild = exchange.path.split(separator: "/").last else {
            return
        }
        let name = String(guild.prefix { $0 != "?" })
        moves.append((name, time - Self.positionIsOpen, time + Self.positionIsOpen))
    }

    private mutating func match(_ stream: Stream, _ recorded: [Said], _ modelled: [Said]) {
        var rest = modelled[...]
        let tolerance = stream.op == "stats" ? Self.statsTolerance : Self.timeTolerance
        for said in recorded {
            while let next = rest.first, next.time < said.time - tolerance {
                skip(next)
                rest.removeFirst()
            }
            guard let next = rest.first, next.time <= said.time + tolerance else {
                faults.append("\(file).jsonl:\(said.line): the model did not say \(short(said))")
                continue
            }
            rest.removeFirst()
            compare(said, next, stream)
        }
        for said in rest { skip(said) }
    }

    private func isInGap(_ said: Said, _ stream: Stream) -> Bool {
        ReplayDifferences.gaps.contains { gap in
            gap.covers(file, stream.about, stream.op, at: said.time)
        }
    }

    /// A message of the model that the recording does not have.
    private mutating func skip(_ said: Said) {
        faults.append("\(file): only the model, at \(said.time): \(short(said))")
    }

    private mutating func compare(_ recorded: Said, _ modelled: Said, _ stream: Stream) {
        var comparison = ReplayComparison()
        comparison.positionIsOpen = moves.contains { move in
            move.guild == stream.about && (move.from...move.to).contains(recorded.time)
        }
        if stream.op == "stats" {
            compareStats(recorded, modelled)
        } else {
            comparison.compare(recorded.message, modelled.message)
        }
        for difference in comparison.differences {
            faults.append("\(file).jsonl:\(recorded.line): \(difference)")
        }
    }

    private mutating func compareStats(_ recorded: Said, _ modelled: Said) {
        guard !ReplayDifferences.isExcused(file, recorded.line, .counts) else { return }
        for name in ["players", "playingPlayers", "frameStats"] as [StaticString] {
            let (left, right) = (recorded.message[name], modelled.message[name])
            guard let left, let right, left.isEquivalent(to: right) else {
                faults.append("\(file).jsonl:\(recorded.line): \(name) differs")
                continue
            }
        }
    }

    private func short(_ said: Said) -> String {
        String(said.message.raw.description.prefix(160))
    }
}
