/// One thing that is measured, by the name that `Benchmarks/run NAME` takes.
struct Row {
    var name: String
    var measure: (Stage) throws -> [Figure]
}

/// One line of the table.
struct Figure {
    var what: String
    var value: String
    var goal: String
    /// Nil for what has no goal, and is there to be compared with.
    var isMet: Bool?
}

/// What several rows use, so that it is made once.
final class Stage {
    private var players: Service?

    /// 10,000 players with 11 tracks each, on two nodes, at rest.
    func tenThousandPlayers() throws -> Service {
        if let players { return players }
        let service = try Service(nodes: 2)
        try service.fill(players: 10_000, tracks: 11)
        players = service
        return service
    }

    /// Ends what is no longer needed.
    func clear() { players = nil }
}

/// How figures are made of numbers.
enum Form {
    static func microseconds(_ seconds: Double) -> String { fixed(seconds * 1e6, 1) + " us" }
    static func milliseconds(_ seconds: Double) -> String { fixed(seconds * 1e3, 1) + " ms" }
    static func seconds(_ seconds: Double) -> String { fixed(seconds, 2) + " s" }
    static func ratio(_ value: Double) -> String { fixed(value, 2) + " x" }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((value * scale).rounded())
        guard digits > 0 else { return "\(whole)" }
        let fraction = String(abs(whole) % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(whole < 0 ? "-" : "")\(abs(whole) / Int(scale)).\(zeros)\(fraction)"
    }
}

extension [Double] {
    /// The middle one, or the mean of the two in the middle.
    var median: Double {
        let ordered = sorted()
        guard let last = ordered.last else { return 0 }
        let middle = ordered.count / 2
        guard ordered.count > 1 else { return last }
        return ordered.count % 2 == 1
            ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
    }
}
