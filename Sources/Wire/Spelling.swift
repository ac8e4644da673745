/// Finds what a misspelt name was meant to be.
package enum Spelling {
    /// Bytes of the longest name that is worth comparing: the work grows with the length.
    static let nameBytes = 128

    /// The known name that is nearest, when it is near enough to be meant: at most a third of its
    /// letters differ.
    package static func nearest(to name: String, among known: [String]) -> String? {
        guard name.utf8.count <= nameBytes else { return nil }
        let candidates = known.map {
            (name: $0, distance: distance(name.lowercased(), $0.lowercased()))
        }
        guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, best.name.count / 3) ? best.name : nil
    }

    /// Edits (insert, delete, replace one letter) that make one text of the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var row = Array(0...right.count)
        for (line, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
