import Lavalink
import Wire

/// Compares what two nodes wrote, and says where they differ.
///
/// Ids, times and pings vary between runs, the text of stack traces is Java's; positions may differ
/// by `positionTolerance`, and every `encoded` is read and compared like the rest.
struct ReplayComparison {
    static let positionTolerance: Int64 = 300

    private static let varying: Set<String> = [
        "time", "timestamp", "sessionId", "uptime", "memory", "cpu", "causeStackTrace",
    ]

    /// Positions that may stand for one another: just after a seek or a start the node tells the
    /// target or what was before, as threads happen to run (`lavalink-v4.md` §16 item 30).
    var positionIsOpen = false

    private(set) var differences: [String] = []

    mutating func compare(_ recorded: JSONValue?, _ modelled: JSONValue?, at place: String = "") {
        guard let recorded, let modelled else {
            if recorded != nil || modelled != nil { note(recorded, modelled, place) }
            return
        }
        switch (recorded.kind, modelled.kind) {
        case (.object, .object): compareMembers(recorded, modelled, place)
        case (.array, .array):
            let (left, right) = (inOrder(recorded), inOrder(modelled))
            guard left.count == right.count else { return note(recorded, modelled, place) }
            for (index, pair) in zip(left, right).enumerated() {
                compare(pair.0, pair.1, at: "\(place)/\(index)")
            }
        default: if !recorded.isEquivalent(to: modelled) { note(recorded, modelled, place) }
        }
    }

    /// Players come in the order of a hash table.
    private func inOrder(_ array: JSONValue) -> [JSONValue] {
        array.elements.enumerated().sorted { left, right in
            (left.element["guildId"]?.string ?? "", left.offset)
                < (right.element["guildId"]?.string ?? "", right.offset)
        }.map(\.element)
    }

    private mutating func compareMembers(
        _ recorded: JSONValue,
        _ modelled: JSONValue,
        _ place: String
    ) {
        let names = recorded.members.compactMap(\.key.string)
        let others = modelled.members.compactMap(\.key.string)
        if names.sorted() != others.sorted() { note(recorded, modelled, place + " (members)") }
        let byName = Dictionary(
            modelled.members.map { ($0.key.string ?? "", $0.value) },
            uniquingKeysWith: { $1 }
        )
        for (key, left) in recorded.members {
            let name = key.string ?? ""
            guard let right = byName[name], !Self.varying.contains(name) else { continue }
            compareMember(name, left, right, "\(place)/\(name)")
        }
    }

    private mutating func compareMember(
        _ name: String,
        _ left: JSONValue,
        _ right: JSONValue,
        _ place: String
    ) {
        switch name {
        case "position": comparePositions(left, right, place)
        case "encoded": compareTracks(left, right, place)
        case "ping":
            if (left.int64 ?? 0) < 0 || (right.int64 ?? 0) < 0 { compare(left, right, at: place) }
        case "path":
            if left.string?.hasPrefix("/v4/sessions/") != true { compare(left, right, at: place) }
        default: compare(left, right, at: place)
        }
    }

    private mutating func comparePositions(
        _ left: JSONValue,
        _ right: JSONValue,
        _ place: String
    ) {
        guard let recorded = left.int64, let modelled = right.int64, !positionIsOpen else { return }
        if abs(recorded - modelled) > Self.positionTolerance { note(left, right, place) }
    }

    private mutating func compareTracks(
        _ left: JSONValue,
        _ right: JSONValue,
        _ place: String
    ) {
        // What cannot be read is not equal to anything.
        guard let recorded = try? EncodedTrack(decoding: left.string ?? ""),
            let modelled = try? EncodedTrack(decoding: right.string ?? "")  // the same
        else { return note(left, right, place) }
        if recorded.with(position: 0) != modelled.with(position: 0) { note(left, right, place) }
        let distance = abs(recorded.position - modelled.position)
        if !positionIsOpen, distance > Self.positionTolerance { note(left, right, place) }
    }

    private mutating func note(_ left: JSONValue?, _ right: JSONValue?, _ place: String) {
        let (left, right) = (Self.short(left), Self.short(right))
        differences.append("\(place): recorded \(left), modelled \(right)")
    }

    private static func short(_ value: JSONValue?) -> String {
        String((value?.raw.description ?? "nothing").prefix(200))
    }
}
